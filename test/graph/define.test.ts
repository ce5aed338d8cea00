import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  DTypeError,
  defineOp,
  GraphError,
  grad,
  gradcheck,
  gradgradcheck,
  memory,
  noGrad,
  Parameter,
  ShapeError,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { cube } from "../support/cube.js";
import { failure } from "../support/failure.js";
import { figures } from "../support/growth.js";

const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true });

describe("an operation made by a user", () => {
  test("computes on data, in a graph, under noGrad", () => {
    const x = leaf(1, 2, 3);
    expect(cube(tensor([1, 2, 3])).toArray()).toEqual([1, 8, 27]);
    expect(noGrad(() => cube(x)).toArray()).toEqual([1, 8, 27]);
    const y = cube(x);
    expect(y.toArray()).toEqual([1, 8, 27]);
    y.sum().backward();
    expect(x.grad?.toArray()).toEqual([3, 12, 27]);
    const [first] = grad(cube(x).sum(), x, { createGraph: true });
    expect(grad(first.sum(), x)[0].toArray()).toEqual([6, 12, 18]);
    const x64 = tensor([0.3, -0.7], { dtype: "float64", requiresGrad: true });
    expect([gradcheck(cube, [x64]), gradgradcheck(cube, [x64])]).toEqual([true, true]);
  });

  /** out = a · scale + b, b may be absent; the workspace remembers the sum of a. */
  const scaled: (a: Tensor, b: Tensor | null, attributes: { scale: number }) => Tensor = defineOp({
    name: "scaled",
    inputs: ["a", "b?"],
    shape: ({ a }) => a.shape,
    workspace: () => 1,
    forward: ({ a, b, out, workspace }, { scale }: { scale: number }) => {
      const [x, y, result] = [a.view(), b?.view(), out.view()];
      let sum = 0;
      for (let i = 0; i < result.length; i++) {
        result[i] = x[i] * scale + (y?.[i] ?? 0);
        sum += x[i];
      }
      workspace.storage.readable()[0] = sum;
    },
    backward: (pass, { workspace, a, b }, { scale }) => {
      const g = pass.g.view();
      const sum = workspace.storage.readable()[0];
      expect(Number.isFinite(sum)).toBe(true);
      for (const [name, factor] of [
        ["a", scale],
        ["b", 1],
      ] as const) {
        if ((name === "b" && b === null) || !pass.wanted(name)) continue;
        const { at } = pass.whole(name);
        new Float32Array(pass.g.view().buffer, at, a.size).set(g.map((v) => v * factor));
      }
    },
  });

  test("takes attributes, an operand that may be absent, a workspace and a fused backward", () => {
    const [a, b] = [leaf(1, 2), leaf(10, 20)];
    const y = scaled(a, b, { scale: 3 });
    expect(y.toArray()).toEqual([13, 26]);
    y.sum().backward();
    expect([a.grad?.toArray(), b.grad?.toArray()]).toEqual([
      [3, 3],
      [1, 1],
    ]);
    for (const none of [null, undefined as unknown as null]) {
      a.grad = null;
      scaled(a, none, { scale: 2 }).sum().backward();
      expect(a.grad).not.toBe(null);
      expect((a.grad as unknown as Tensor).toArray()).toEqual([2, 2]);
    }
    const before = figures();
    for (let i = 0; i < 30; i++) {
      noGrad(() => scaled(a, b, { scale: 3 }));
      scaled(tensor([1, 2]), null, { scale: 1 });
    }
    expect(figures().liveBlocks).toBe(before.liveBlocks);
  });

  test("differentiated twice with only a fused backward is an error", () => {
    const a = leaf(1, 2);
    const { liveBlocks } = memory();
    const y = scaled(a, null, { scale: 3 }).sum();
    expect(failure(() => y.backward(null, { createGraph: true }))).toBe(
      'backward: "scaled" has only a fused backward and cannot be differentiated a second time. ' +
        "Leave createGraph away, or write it as a composition of differentiable operations.",
    );
    expect(() => y.backward(null, { createGraph: true })).toThrow(GraphError);
    y.backward();
    expect(a.grad?.toArray()).toEqual([3, 3]);
    expect(memory().liveBlocks - liveBlocks).toBeLessThan(10);
  });

  test("may have no gradient at all: its result is a constant", () => {
    const sign = defineOp({
      name: "sign",
      inputs: ["x"],
      shape: ({ x }) => x.shape,
      forward: ({ x, out }) => out.view().set(x.view().map(Math.sign)),
    });
    const p = new Parameter(tensor([-2, 3]));
    const y = sign(p);
    expect([y.requiresGrad, y.toArray()]).toEqual([false, [-1, 1]]);
    p.mul(sign(p.mul(2)))
      .sum()
      .backward();
    expect(p.grad?.toArray()).toEqual([-1, 1]);
  });

  test("may have integer results, and an alias shares its operand's elements", () => {
    const rounded = defineOp({
      name: "rounded",
      inputs: ["x"],
      dtype: "int32",
      shape: ({ x }) => x.shape,
      forward: ({ x, out }) => out.view().set(x.view().map(Math.round)),
      grad: { x: (g) => g },
    });
    const y = rounded(leaf(0.6, 2.2));
    expect([y.dtype, y.requiresGrad, y.toArray()]).toEqual(["int32", false, [1, 2]]);
    const column = defineOp({
      name: "column",
      inputs: ["x"],
      alias: true,
      shape: ({ x }) => [x.size, 1],
      grad: { x: (g, { x }) => g.reshape(x.shape) },
    });
    const x = leaf(1, 2);
    const z = column(x);
    expect([z.storage === x.storage, z.toArray()]).toEqual([true, [[1], [2]]]);
    z.mul(3).sum().backward();
    expect(x.grad?.toArray()).toEqual([3, 3]);
  });
});

describe("mistakes in a definition", () => {
  const shape = ({ x }: { x: Tensor }) => x.shape;
  const forward = () => {};

  test("names that are no operand's, and nothing to do", () => {
    // @ts-expect-error "y" is no operand
    expect(failure(() => defineOp({ name: "bad", inputs: ["x"], save: ["y"], shape, forward }))).toBe(
      'defineOp: "bad" saves or differentiates "y"; its operands are x.',
    );
    // @ts-expect-error "z" is no operand
    expect(failure(() => defineOp({ name: "bad", inputs: ["x"], shape, forward, grad: { z: (g: Tensor) => g } }))).toBe(
      'defineOp: "bad" saves or differentiates "z"; its operands are x.',
    );
    expect(failure(() => defineOp({ name: "bad", inputs: ["x"], shape }))).toBe('defineOp: "bad" has neither forward nor alias.');
    // @ts-expect-error "w" is no operand
    expect(() => defineOp({ name: "bad", inputs: ["x", "y?"], save: ["w"], shape, forward })).toThrow(ArgumentError);
  });

  const wrong = (value: (g: Tensor) => Tensor): ((x: Tensor) => Tensor) =>
    defineOp({
      name: "wrong",
      inputs: ["x"],
      shape: ({ x }) => x.shape,
      forward: ({ x, out }) => out.view().set(x.view()),
      grad: { x: value },
    });

  test("a gradient of another shape or type, or none, is an error whichever way it is asked for", () => {
    const cases: [(g: Tensor) => Tensor, string, new (text: string) => Error][] = [
      [(g) => g.sum(), 'backward: the gradient formula of "wrong" for "x" gives shape []; expected the operand\'s [2].', ShapeError],
      [
        (g) => g.cast("float64"),
        'backward: the gradient formula of "wrong" for "x" gives dtype float64; expected the operand\'s float32.',
        DTypeError,
      ],
      [
        () => undefined as unknown as Tensor,
        'backward: the gradient formula of "wrong" for "x" gives undefined; expected a tensor.',
        ArgumentError,
      ],
      [() => 3 as unknown as Tensor, 'backward: the gradient formula of "wrong" for "x" gives 3; expected a tensor.', ArgumentError],
    ];
    for (const [value, text, kind] of cases) {
      const op = wrong(value);
      for (const createGraph of [false, true]) {
        const x = leaf(1, 2);
        expect(failure(() => grad(op(x).sum(), x, { createGraph }))).toBe(text);
        expect(() => op(x.mul(2)).sum().backward(null, { createGraph })).toThrow(kind);
        expect(x.grad).toBe(null);
      }
    }
  });

  test("an operand that is no tensor", () => {
    expect(failure(() => cube(3 as unknown as Tensor))).toBe("cube: x is 3; expected a tensor. Wrap it with tensor(…).");
    expect(failure(() => cube(null as unknown as Tensor))).toBe("cube: x is null; expected a tensor. Wrap it with tensor(…).");
  });

  test("a forward that throws leaves nothing behind", () => {
    const op = defineOp({
      name: "throwing",
      inputs: ["a", "b"],
      shape: ({ a }) => a.shape,
      workspace: () => 100,
      forward: () => {
        throw new Error("in forward");
      },
      grad: { a: (g) => g },
    });
    const p = new Parameter(tensor([1, 2]));
    const h = p.mul(2);
    const data = tensor([1, 2]);
    op.length;
    const before = figures();
    for (let i = 0; i < 20; i++) {
      for (const [a, b] of [
        [p, data],
        [h, data],
        [data, data],
        [h, p],
      ]) {
        expect(failure(() => op(a, b))).toBe("in forward");
        expect(failure(() => noGrad(() => op(a, b)))).toBe("in forward");
      }
      expect({ ...figures(), reservedBytes: 0 }).toEqual({ ...before, reservedBytes: 0 });
    }
    h.sum().backward();
    expect(p.grad?.toArray()).toEqual([2, 2]);
  });
});
