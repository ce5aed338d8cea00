import { describe, expect, test } from "vitest";
import { grad, manualSeed, randn, type Tensor, tensor } from "../../src/index.js";
import { type ActivationSpec, Dense } from "../../src/nn/index.js";
import type { Fused } from "../../src/ops/activation.js";
import { affine } from "../../src/ops/affine.js";
import { CASES } from "../support/activations.js";
import { checkOp } from "../support/checkOp.js";
import { builds, withBuild } from "../support/kernels.js";

const SHAPES = [[1, 1, 1], [4, 2, 8], [3, 5, 4], [17, 9, 8], [5, 64, 17], [40, 33, 70], [0, 3, 2]]; // biome-ignore format: a table

/** Every activation that has a form for it. */
const FUSED = CASES.flatMap(({ name, options, apply, fused }) => (fused === null ? [] : [{ name, options, apply, fused }]));

test("fused is what can be told from its result", () => {
  const fused = (wanted: boolean): string[] =>
    CASES.filter((one) => (one.fused !== null) === wanted).map(({ name, options }) => `${name} ${JSON.stringify(options)}`);
  const some = ["relu {}", "tanh {}", "leakyRelu {}", 'leakyRelu {"slope":0}', 'leakyRelu {"slope":1.5}', "elu {}", 'elu {"alpha":0}'];
  expect(fused(true)).toEqual(expect.arrayContaining(some));
  expect(fused(false)).toEqual(expect.arrayContaining(["sigmoid {}", "gelu {}", "silu {}", 'leakyRelu {"slope":-0.5}', "softmax {}"]));
});

describe.each(FUSED)("$name $options", ({ apply, fused }) => {
  test.each(SHAPES.filter(([rows]) => rows < 40))("%i×%i → %i has the values and gradients of its formulas", (rows, inputs, outputs) => {
    checkOp({
      op: (x, w, b) => affine("op", x, w, b, fused),
      shapes: [[rows, inputs], [outputs, inputs], [outputs]],
      result: [rows, outputs],
      seed: 7,
    });
    checkOp({ op: (x, w) => affine("op", x, w, null, fused), shapes: [[2, rows, inputs], [outputs, inputs]], seed: 8 }); // biome-ignore format: one line
  });

  test.each(SHAPES)("%i×%i → %i has the bits of the two operations, forward and backward", (rows, inputs, outputs) => {
    manualSeed(rows + outputs);
    const [x, w, b, g] = [randn([rows, inputs]), randn([outputs, inputs]), randn([outputs]), randn([rows, outputs])];
    const run = (op: (x: Tensor, w: Tensor, b: Tensor) => Tensor) => {
      const leaves = [x, w, b].map((leaf) => tensor(leaf.data, { shape: leaf.shape, requiresGrad: true })) as [Tensor, Tensor, Tensor];
      const y = op(...leaves);
      return [[...y.data], ...grad(y, leaves, { gradOutputs: [g] }).map(({ data }) => [...data])];
    };
    for (const build of builds) {
      withBuild(build, () => expect(run((...operands) => affine("op", ...operands, fused))).toEqual(run((...all) => apply(all[0].linear(all[1], all[2]))))); // biome-ignore format: one line
    }
  });
});

const fusedOf = (wanted: string): Fused => CASES.find(({ name }) => name === wanted)?.fused as Fused;

test("a gradient that something else reads is not overwritten", () => {
  const [w, v] = [tensor([[1, -1], [2, 1]], { requiresGrad: true }), tensor([[1, 1], [1, 1]], { requiresGrad: true })]; // biome-ignore format: one line
  const x = tensor([[1, 2]]);
  // add hands one and the same gradient to both of its operands; here the product reads it last.
  const plain = x.matmul(v);
  plain
    .add(affine("op", x, w, null, fusedOf("relu")))
    .sum()
    .backward();
  expect(w.grad?.toArray()).toEqual([[0, 0], [1, 2]]); // biome-ignore format: one line
  expect(v.grad?.toArray()).toEqual([[1, 1], [2, 2]]); // biome-ignore format: one line
});

test("changing the result in place before backward is an error, since the gradient reads it", () => {
  const w = tensor([[1, 2]], { requiresGrad: true });
  const y = affine("op", tensor([[1, 1]]), w, null, fusedOf("tanh"));
  y.storage.changed("fill");
  expect(() => y.sum().backward()).toThrow('"linear" saved its result [1, 1] for the gradient, but "fill" changed it');
});

describe("Dense", () => {
  const layer = (spec: ActivationSpec): Dense => {
    manualSeed(3);
    return new Dense(5, { activation: spec, inputShape: [3] });
  };

  test.each(CASES)(
    "$name $options: fused where that can be, with the bits of an activation that comes after",
    ({ name, options, apply, fused }) => {
      const x = randn([4, 3]);
      const y = layer({ name, ...options }).forward(x);
      const operation = (y.origin as unknown as { operation: { name: string } }).operation.name;
      expect(operation === "linear").toBe(fused !== null);
      expect(y.data).toEqual(apply(layer("linear").forward(x)).data);
    },
  );

  test("checks parameters when it is made", () =>
    expect(() => new Dense(2, { activation: { name: "elu", alpha: -1 } })).toThrow(
      'Dense: activation "elu": alpha is -1; expected a number ≥ 0.',
    ));
});
