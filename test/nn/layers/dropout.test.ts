import { expect, test } from "vitest";
import { manualSeed, ones, type Tensor, tensor } from "../../../src/index.js";
import { Dropout, Linear, Module } from "../../../src/nn/index.js";
import { builds, withBuild } from "../../support/kernels.js";

class Net extends Module {
  drop = new Dropout(0.5);
  other = new Dropout(0.5);
  forward(x: Tensor): [Tensor, Tensor] {
    return [this.drop.forward(x), this.other.forward(x)];
  }
}

const x = ones([64]);
const bits = (t: Tensor): string => [...t.data].map((value) => (value === 0 ? "0" : "1")).join("");

test("drops with probability p and scales the rest", () => {
  manualSeed(1);
  const out = new Dropout(0.25).forward(ones([10000]));
  const kept = out.data.filter((value: number) => value !== 0);
  expect(new Set(kept)).toEqual(new Set([Math.fround(4 / 3)]));
  expect(kept.length / 10000).toBeCloseTo(0.75, 1);
  expect(bits(new Dropout(1).forward(x))).toBe("0".repeat(64));
});

test("is the identity in evaluation, and for p = 0", () => {
  expect(new Dropout().eval().forward(x)).toBe(x);
  expect(new Dropout(0).forward(x)).toBe(x);
});

test("the gradient passes where the value did, in every build, also when another forward came between", () => {
  for (const build of builds) {
    withBuild(build, () => {
      const layer = new Dropout(0.3);
      const leaf = ones([64]).mul(2);
      leaf.requiresGrad = true;
      const out = layer.forward(leaf);
      layer.forward(leaf);
      const expected = [...out.data].map((value) => value / 2);
      out.sum().backward();
      expect([...(leaf.grad as Tensor).data]).toEqual(expected);
    });
  }
});

test("float64 is dropped by the same mask", () => {
  manualSeed(5);
  const single = bits(new Dropout().forward(x));
  manualSeed(5);
  expect(bits(new Dropout().forward(x.cast("float64")))).toBe(single);
});

test("masks differ from call to call, from place to place and from seed to seed", () => {
  manualSeed(1);
  const net = new Net();
  const first = net.forward(x).map(bits);
  const second = net.forward(x).map(bits);
  manualSeed(2);
  const reseeded = net.forward(x).map(bits);
  expect(new Set([...first, ...second, ...reseeded]).size).toBe(6);
});

test("masks are those of the seed, the place and the count of training forwards alone", () => {
  const run = (between: () => void): string[] => {
    manualSeed(1);
    const net = new Net();
    return [0, 1, 2].flatMap(() => {
      between();
      return net.forward(x).map(bits);
    });
  };
  const alone = run(() => {});
  const beside = new Net();
  const dropout = new Dropout();
  expect(
    run(() => {
      beside.forward(x);
      dropout.forward(x);
    }),
  ).toEqual(alone);
  // Evaluation does not count.
  manualSeed(1);
  const net = new Net();
  const seen = net.forward(x).map(bits);
  net.eval().forward(x);
  net.train();
  expect([...seen, ...net.forward(x).map(bits)]).toEqual(alone.slice(0, 4));
});

test("manualSeed starts a model in use over", () => {
  const net = new Net();
  manualSeed(1);
  const first = net.forward(x).map(bits);
  net.forward(x);
  manualSeed(1);
  expect(net.forward(x).map(bits)).toEqual(first);
});

test("layers without a model have masks of their own", () => {
  manualSeed(1);
  expect(bits(new Dropout().forward(x))).not.toBe(bits(new Dropout().forward(x)));
});

test("a graph that stands on parameters", () => {
  manualSeed(1);
  const linear = new Linear(2, 64);
  const out = new Dropout().forward(linear.forward(tensor([[1, 1]])));
  out.sum().backward();
  expect([...((linear.bias as Tensor).grad as Tensor).data].map((g) => g !== 0)).toEqual([...out.data].map((value) => value !== 0));
});

test("p may be set between steps, checked, and is saved", () => {
  const layer = new Dropout(0.5);
  layer.p = 1;
  expect(bits(layer.forward(x))).toBe("0".repeat(64));
  expect(layer.config()).toEqual({ p: 1 });
  expect(() => {
    layer.p = 2;
  }).toThrow("Dropout: p is 2; expected a number from 0 to 1. 2 percent are 0.02.");
  expect(layer.p).toBe(1);
});

test("a saved one is rebuilt", () => expect(Dropout.fromConfig(new Dropout(0.1).config()).p).toBe(0.1));

test("errors", () => {
  expect(() => new Dropout(20)).toThrow("Dropout: p is 20; expected a number from 0 to 1. 20 percent are 0.2.");
  expect(() => new Dropout(5n as never)).toThrow("Dropout: p is the BigInt 5n; expected a number from 0 to 1.");
  expect(() => new Dropout({ p: 0.2 } as never)).toThrow("Dropout: p is an object; expected a number from 0 to 1. Write new Dropout(0.2).");
  expect(() => new Dropout(...([0.5, { inplace: true }] as never as [number]))).toThrow(
    "Dropout: 2 arguments were given; it takes at most 1.",
  );
  expect(() => new Dropout(-0.1)).toThrow("Dropout: p is -0.1; expected a number from 0 to 1.");
  expect(() => new Dropout(Number.NaN)).toThrow("Dropout: p is NaN; expected a number from 0 to 1.");
});
