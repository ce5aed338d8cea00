import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  add,
  type Binary,
  clamp,
  type DType,
  div,
  grad,
  maximum,
  minimum,
  mul,
  pow,
  type Shape,
  sub,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { checkOp, expectClose } from "../support/checkOp.js";
import { failure } from "../support/errors.js";
import { builds, random, withBuild } from "../support/kernels.js";
import { broadcastingShapes, naiveBroadcast, naiveShape } from "../support/naive.js";

const [INF, NAN] = [Number.POSITIVE_INFINITY, Number.NaN];

/** Positive, so that quotients and powers are smooth. */
const operations: Record<string, { op: Binary; f: (a: number, b: number) => number; range: readonly [number, number] }> = {
  add: { op: add, f: (a, b) => a + b, range: [-2, 2] },
  sub: { op: sub, f: (a, b) => a - b, range: [-2, 2] },
  mul: { op: mul, f: (a, b) => a * b, range: [-2, 2] },
  div: { op: div, f: (a, b) => a / b, range: [0.5, 2] },
  pow: { op: pow, f: (a, b) => a ** b, range: [0.5, 2] },
  maximum: { op: maximum, f: Math.max, range: [-2, 2] },
  minimum: { op: minimum, f: Math.min, range: [-2, 2] },
};

/** Shapes of two operands and of the result: what the flat, the row, the column and the block paths take. */
const SHAPES: [Shape, Shape, Shape][] = [
  ...[1, 3, 4, 5, 17, 64].map((n): [Shape, Shape, Shape] => [[n], [n], [n]]),
  [
    [3, 5],
    [3, 5],
    [3, 5],
  ],
  [[3, 5], [5], [3, 5]],
  [[5], [3, 5], [3, 5]],
  [
    [3, 5],
    [3, 1],
    [3, 5],
  ],
  [
    [3, 1],
    [1, 5],
    [3, 5],
  ],
  [[3, 5], [], [3, 5]],
  [[], [3, 5], [3, 5]],
  [[1, 1, 1], [3], [1, 1, 3]],
  [[], [], []],
  [
    [2, 3, 4],
    [3, 1],
    [2, 3, 4],
  ],
  [
    [2, 1, 3, 1],
    [4, 1, 5],
    [2, 4, 3, 5],
  ],
  [
    [2, 1, 2, 1, 2],
    [1, 3, 1, 2, 1],
    [2, 3, 2, 2, 2],
  ],
  [
    [1, 2, 1, 3, 1, 2],
    [2, 1, 2, 1, 2, 1],
    [2, 2, 2, 3, 2, 2],
  ],
  [
    [2, 1, 2, 1, 2, 1, 2],
    [2, 1, 2, 1, 2, 1],
    [2, 2, 2, 2, 2, 2, 2],
  ],
  [
    [2, 1, 2, 1, 2, 1, 2, 1],
    [1, 2, 1, 2, 1, 2, 1, 3],
    [2, 2, 2, 2, 2, 2, 2, 3],
  ],
  [[0], [0], [0]],
  [[0], [1], [0]],
  [
    [2, 0],
    [2, 1],
    [2, 0],
  ],
  [[0, 3], [3], [0, 3]],
  [
    [1, 3],
    [0, 1],
    [0, 3],
  ],
  [[0], [], [0]],
];

const of = (values: number[], dtype: DType = "float32", requiresGrad = false): Tensor => tensor(values, { dtype, requiresGrad });
const list = (x: Tensor): number[] => Array.from(x.data);

describe.each(Object.entries(operations))("%s", (name, { op, f, range }) => {
  test.each(SHAPES)("%j and %j", (a, b, result) => {
    checkOp({ op, shapes: [a, b], result, range, seed: a.length * 10 + b.length });
  });

  test("a number on either side", () => {
    for (const number of [0.75, 3]) {
      checkOp({ op: (x) => op(x, number), shapes: [[5]], result: [5], range });
      checkOp({ op: (x) => op(number, x), shapes: [[5]], result: [5], range });
      const x = of([0.5, 1.25, 2]);
      expectClose(
        name,
        op(x, number),
        Array.from([0.5, 1.25, 2], (value) => f(value, number)),
        1e-6,
      );
      expectClose(
        name,
        op(number, x),
        Array.from([0.5, 1.25, 2], (value) => f(number, value)),
        1e-6,
      );
    }
  });

  test("both operands one tensor", () => checkOp({ op: (x) => op(x, x), shapes: [[5]], range, gradient: !name.endsWith("imum") }));

  test("is a method too", () => {
    const [a, b] = [of([0.5, 1]), of([2, 0.25])];
    expect(list((a as unknown as Record<string, (b: Tensor) => Tensor>)[name](b))).toEqual(list(op(a, b)));
  });

  test("broadcasts like index loops, on every build", () => {
    fc.assert(
      fc.property(broadcastingShapes(2), fc.integer({ min: 1, max: 1000 }), (shapes, seed) => {
        const next = random(seed);
        const operands = shapes.map((shape) => {
          const length = shape.reduce((product, extent) => product * extent, 1);
          return { shape, data: Float32Array.from({ length }, () => 0.5 + Math.floor(next() * 12) / 4) };
        });
        const expected = naiveBroadcast((a, b) => f(a, b), ...operands);
        const [a, b] = operands.map(({ shape, data }) => tensor(data, { shape }));
        for (const build of builds) {
          withBuild(build, () => {
            const z = op(a, b);
            expect(z.shape).toEqual(naiveShape(...shapes));
            expectClose(build, z, expected, 2e-6);
          });
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  test("gradients are sums over the broadcast axes", () => {
    fc.assert(
      fc.property(broadcastingShapes(2), (shapes) => {
        const [a, b] = shapes.map((shape) => {
          const length = shape.reduce((product, extent) => product * extent, 1);
          return tensor(new Float32Array(length).fill(1.5), { shape, requiresGrad: true });
        });
        const z = op(a, b);
        const [da, db] = grad(z.sum(), [a, b]);
        expect([da.shape, db.shape]).toEqual(shapes);
        // All elements are equal, so each has an equal part of the whole.
        const one = op(of([1.5], "float32", true), 1.5);
        expect(one.size).toBe(1);
        const x = of([1.5], "float32", true);
        const y = of([1.5], "float32", true);
        const [dx, dy] = grad(op(x, y), [x, y]);
        expectClose("da", da, new Float32Array(a.size).fill((dx.item() * z.size) / a.size), 1e-5);
        expectClose("db", db, new Float32Array(b.size).fill((dy.item() * z.size) / b.size), 1e-5);
      }),
      { numRuns: 30, seed: 8 },
    );
  });

  test("shapes that do not fit", () => {
    expect(failure(() => op(tensor([[1, 2, 3]]), tensor([1, 2])))).toBe(
      `SHAPE ${name}: shapes [1, 3] and [2] do not broadcast: 3 against 2 at axis −1; extents must be equal or 1. Use reshape or unsqueeze to line up the axes.`,
    );
    expect(failure(() => op(tensor([[1], [2]]), tensor([[1], [2], [3]])))).toBe(
      `SHAPE ${name}: shapes [2, 1] and [3, 1] do not broadcast: 2 against 3 at axis −2; extents must be equal or 1. Use reshape or unsqueeze to line up the axes.`,
    );
  });

  test("operands that are neither tensor nor number", () => {
    const x = of([1]);
    const message = (a: string, b: string): string =>
      `ARGUMENT ${name}: the operands are ${a} and ${b}; expected tensors or numbers, at least one a tensor.`;
    expect(failure(() => op(x, "x" as never))).toBe(message("a tensor", '"x"'));
    expect(failure(() => op(x, undefined as never))).toBe(message("a tensor", "undefined"));
    expect(failure(() => op(x, null as never))).toBe(message("a tensor", "null"));
    expect(failure(() => op(x, [1, 2] as never))).toBe(message("a tensor", "an array of length 2"));
    expect(failure(() => op(x, true as never))).toBe(message("a tensor", "true"));
    expect(failure(() => op(x, 1n as never))).toBe(message("a tensor", "the BigInt 1n"));
    expect(failure(() => op(new Float32Array(1) as never, x))).toBe(message("a Float32Array", "a tensor"));
    expect(failure(() => op(2, 3))).toBe(message("2", "3"));
    expect(failure(() => op(3, 2))).toBe(message("3", "2"));
    expect(failure(() => op(undefined as never, undefined as never))).toBe(message("undefined", "undefined"));
  });
});

describe("special values", () => {
  test.each<[string, number[], number[], number[]]>([
    ["add", [INF, INF, NAN, -0, -0], [1, -INF, 1, -0, 0], [INF, NAN, NAN, -0, 0]],
    ["sub", [INF, INF, 0, -0], [1, INF, 0, 0], [INF, NAN, 0, -0]],
    ["mul", [INF, -0, NAN, -2], [0, 3, 0, INF], [NAN, -0, NAN, -INF]],
    ["div", [1, -1, 0, 1, INF, NAN], [0, 0, 0, -0, INF, 1], [INF, -INF, NAN, -INF, NAN, NAN]],
    ["maximum", [NAN, 1, INF, -INF, 1], [1, NAN, 0, 0, 1], [NAN, NAN, INF, 0, 1]],
    ["minimum", [NAN, 1, INF, -INF, 1], [1, NAN, 0, 0, 1], [NAN, NAN, 0, -INF, 1]],
    ["pow", [0, -2, -2, -8, 0, 0, -0, 1, NAN, NAN], [0, 3, 2, 1 / 3, 2, -1, -1, NAN, 0, 1], [1, -8, 4, NAN, 0, INF, -INF, 1, 1, NAN]],
    [
      "pow",
      [2, 0.5, 2, 0.5, -2, -1, 1, INF, INF, -INF],
      [INF, INF, -INF, -INF, INF, INF, -INF, 2, -1, 3],
      [INF, 0, 0, INF, INF, 1, 1, INF, 0, -INF],
    ],
  ])("%s of %j and %j", (name, a, b, z) => {
    for (const build of builds) withBuild(build, () => expect(list(operations[name].op(of(a), of(b))), build).toEqual(z));
  });

  test("short powers are those of C too", () => {
    for (const build of builds) {
      withBuild(build, () => {
        expect(list(of([-3, INF, NAN, 0]).pow(2)), build).toEqual([9, INF, NAN, 0]);
        expect(list(of([4, 2.25, -1, 0]).pow(0.5)), build).toEqual([2, 1.5, NAN, 0]);
        expect(list(of([-3, INF, NAN]).pow(1)), build).toEqual([-3, INF, NAN]);
        expect(list(of([-3, INF, NAN, 0]).pow(0)), build).toEqual([1, 1, 1, 1]);
        expect(list(of([-2, 4, 0]).pow(-1)), build).toEqual([-0.5, 0.25, INF]);
      });
    }
  });
});

/** dz/da and dz/db along g = 1. */
function gradients(op: (a: Tensor, b: Tensor) => Tensor, a: number[], b: number[]): [number[], number[]] {
  const inputs = [of(a, "float32", true), of(b, "float32", true)];
  const [da, db] = grad(op(inputs[0], inputs[1]).sum(), inputs);
  return [list(da).map((x) => x + 0), list(db).map((x) => x + 0)];
}

describe("gradients where PyTorch defines them", () => {
  test("maximum and minimum give half to each of equals, and all to both beside NaN", () => {
    expect(gradients(maximum, [1, 2, 3, NAN], [2, 2, 2, 0])).toEqual([
      [0, 0.5, 1, 1],
      [1, 0.5, 0, 1],
    ]);
    expect(gradients(minimum, [1, 2, 3, NAN], [2, 2, 2, 0])).toEqual([
      [1, 0.5, 0, 1],
      [0, 0.5, 1, 1],
    ]);
    expect(gradients(maximum, [INF], [INF])).toEqual([[0.5], [0.5]]);
    const x = of([-1, 0, 1], "float32", true);
    expect(list(grad(x.maximum(0).sum(), x)[0])).toEqual([0, 0.5, 1]);
  });

  test("an infinite gradient does not become NaN on the side that lost", () => {
    const [a, b] = [of([1], "float32", true), of([2], "float32", true)];
    const found = grad(maximum(a, b), [a, b], { gradOutputs: [of([INF])] });
    expect(found.map(list)).toEqual([[0], [INF]]);
  });

  test("pow", () => {
    // 0⁰, 0¹, 0², (−2)³ and 2^½
    const [da, db] = gradients(pow, [0, 0, 0, -2, 4], [0, 1, 2, 3, 0.5]);
    expect(da).toEqual([0, 1, 0, 12, 0.25]);
    expect(db.slice(0, 3)).toEqual([0, 0, 0]);
    expect(db[3]).toBeNaN();
    expect(db[4]).toBeCloseTo(2 * Math.log(4), 5);
    // b < 0 at a = 0: as PyTorch, −∞ for both
    expect(gradients(pow, [0], [-1])).toEqual([[-INF], [-INF]]);
  });

  test.each([
    [0, [0, 0, 0]],
    [1, [1, 1, 1]],
    [2, [-4, 0, 6]],
    [3, [12, 0, 27]],
    [-1, [-0.25, -INF, -1 / 9]],
  ])("x to the %i", (exponent, expected) => {
    const x = of([-2, 0, 3], "float32", true);
    expectClose(`${exponent}`, grad(x.pow(exponent).sum(), x)[0], expected, 1e-6);
  });

  test("the second derivative of a power at 0 is finite where it exists", () => {
    const x = of([0, -1], "float64", true);
    const [first] = grad(x.pow(3).sum(), x, { createGraph: true });
    expect(list(grad(first.sum(), x)[0]).map((value) => value + 0)).toEqual([0, -6]);
  });

  test("div", () => {
    expect(gradients(div, [1, 6], [2, -3])).toEqual([[0.5, -1 / 3].map(Math.fround), [-0.25, -2 / 3].map(Math.fround)]);
  });
});

describe("clamp", () => {
  test.each([1, 3, 4, 5, 17, 64])("%i elements", (n) => checkOp({ op: (x) => x.clamp(-1, 1), shapes: [[n]], result: [n] }));
  test("one limit, none, and shapes", () => {
    checkOp({ op: (x) => x.clamp(0.5), shapes: [[2, 5]], result: [2, 5] });
    checkOp({ op: (x) => x.clamp(undefined, 0.5), shapes: [[2, 5]], result: [2, 5] });
    checkOp({ op: (x) => x.clamp(), shapes: [[2, 0]], result: [2, 0] });
    checkOp({ op: (x) => clamp(x, -1, -1), shapes: [[]], result: [] });
  });
  test("special values", () => {
    for (const build of builds) {
      withBuild(build, () => {
        expect(list(of([NAN, INF, -INF, 0.5, -2, 2]).clamp(-1, 1)), build).toEqual([NAN, 1, -1, 0.5, -1, 1]);
        expect(list(of([NAN, INF, -INF]).clamp()), build).toEqual([NAN, INF, -INF]);
        expect(list(of([-3, 7]).clamp(5, 5)), build).toEqual([5, 5]);
      });
    }
  });
  test("the gradient passes at the limits", () => {
    const x = of([-2, -1, 0, 1, 2, NAN], "float32", true);
    expect(list(grad(x.clamp(-1, 1).sum(), x)[0])).toEqual([0, 1, 1, 1, 0, 0]);
  });
  test("integers stay integers beside whole limits", () => {
    const bytes = of([0, 7, 255], "uint8");
    expect([bytes.clamp(1, 9).dtype, list(bytes.clamp(1, 9))]).toEqual(["uint8", [1, 7, 9]]);
    expect([bytes.clamp(-5, 300).dtype, list(bytes.clamp(-5, 300))]).toEqual(["uint8", [0, 7, 255]]);
    expect([of([-9, 9], "int32").clamp(-1).dtype, list(of([-9, 9], "int32").clamp(-1))]).toEqual(["int32", [-1, 9]]);
    expect([of([-9, 9], "int32").clamp(-0.5).dtype, list(of([-9, 9], "int32").clamp(-0.5))]).toEqual(["float32", [-0.5, 9]]);
    expect(tensor([true]).clamp(0, 1).dtype).toBe("int32");
    expect(failure(() => bytes.clamp(300, 400))).toBe(
      'DTYPE clamp: no uint8 lies between min 300 and max 400. Convert the tensor with cast("float32").',
    );
    expect(failure(() => bytes.clamp(-9, -1))).toBe(
      'DTYPE clamp: no uint8 lies between min -9 and max -1. Convert the tensor with cast("float32").',
    );
  });
  test("limits the wrong way round give the upper one, as in PyTorch", () => {
    const x = of([1, 3, 7], "float32", true);
    expect(list(x.clamp(5, 2))).toEqual([2, 2, 2]);
    expect(list(of([1, 3, 7], "int32").clamp(5, 2))).toEqual([2, 2, 2]);
    expect(list(of([1, 3, 7], "uint8").clamp(300, 2))).toEqual([2, 2, 2]);
    expect(list(grad(x.clamp(5, 2).sum(), x)[0])).toEqual([0, 0, 0]);
  });

  test("limits that are none", () => {
    const x = of([1]);
    expect(failure(() => x.clamp(NAN, 1))).toBe("ARGUMENT clamp: min is NaN; expected a number.");
    expect(failure(() => x.clamp(null as never, 1))).toBe("ARGUMENT clamp: min is null; expected a number.");
    expect(failure(() => x.clamp(0, "1" as never))).toBe('ARGUMENT clamp: max is "1"; expected a number.');
    expect(failure(() => x.clamp(of([0]) as never))).toBe("ARGUMENT clamp: min is a tensor; expected a number.");
    expect(failure(() => clamp(3 as never, 0, 1))).toBe("ARGUMENT clamp: x is 3; expected a tensor. Wrap it with tensor(…).");
  });
});

describe("integers", () => {
  const LOW = -2147483648;

  test("keep their type", () => {
    const [a, b] = [of([2147483646, LOW, 46340, 123456789], "int32"), of([1, 0, 46340, -98765432], "int32")];
    expect(list(a.add(b))).toEqual([2147483647, LOW, 92680, 24691357]);
    expect(list(a.maximum(b))).toEqual([2147483646, 0, 46340, 123456789]);
    expect(list(a.minimum(b))).toEqual([1, LOW, 46340, -98765432]);
    expect(list(of([255, 3], "uint8").sub(of([255, 1], "uint8")))).toEqual([0, 2]);
    expect(a.mul(0).dtype).toBe("int32");
  });

  test("a quotient or a power never wraps the number beside it", () => {
    const bytes = of([128, 2], "uint8");
    expect(list(bytes.div(256))).toEqual([0.5, 0.0078125]);
    expect(list(bytes.pow(-1))).toEqual([0.0078125, 0.5]);
    expect(list(div(-1, bytes))).toEqual([-0.0078125, -0.5]);
    expect(list(of([3, 1], "int32").div(of([2, 0], "int32")))).toEqual([1.5, INF]);
    expect(list(of([3, 2], "int32").pow(of([2, -1], "int32")))).toEqual([9, 0.5]);
  });

  test("a maximum refuses a number that the type does not hold", () => {
    expect(list(of([1, 200], "uint8").maximum(100))).toEqual([100, 200]);
    expect(failure(() => of([1], "uint8").maximum(300))).toBe(
      `DTYPE maximum: 300 does not fit into the tensor's type uint8. Convert the tensor with cast("int32").`,
    );
    expect(failure(() => minimum(-1, of([1], "uint8")))).toBe(
      `DTYPE minimum: -1 does not fit into the tensor's type uint8. Convert the tensor with cast("int32").`,
    );
    expect(failure(() => of([1], "int32").maximum(2 ** 40))).toBe(
      `DTYPE maximum: 1099511627776 does not fit into the tensor's type int32. Convert the tensor with cast("float32").`,
    );
  });

  test("bools unite, meet, and have no difference", () => {
    const [a, b] = [tensor([true, true, false, false]), tensor([true, false, true, false])];
    const cases: [Tensor, number[]][] = [
      [a.add(b), [1, 1, 1, 0]],
      [a.mul(b), [1, 0, 0, 0]],
      [a.maximum(b), [1, 1, 1, 0]],
      [a.minimum(b), [1, 0, 0, 0]],
    ];
    for (const [z, expected] of cases) expect([z.dtype, list(z)]).toEqual(["bool", expected]);
    expect([a.add(1).dtype, list(a.add(1))]).toEqual(["int32", [2, 2, 1, 1]]);
    expect(list(sub(1, a))).toEqual([0, 0, 1, 1]);
    expect(failure(() => a.sub(b))).toBe('DTYPE sub: two bool tensors have no difference. Use ne(a, b), or cast("int32").');
  });
});

test("gradients go back through a promotion", () => {
  const [a, b] = [of([1, 2], "float32", true), of([3, 4], "float64", true)];
  const z = a.mul(b);
  const [da, db] = grad(z.sum(), [a, b]);
  expect([z.dtype, da.dtype, db.dtype]).toEqual(["float64", "float32", "float64"]);
  expect([list(da), list(db)]).toEqual([
    [3, 4],
    [1, 2],
  ]);
});
