import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Binary, type DType, eq, ge, grad, gt, le, lt, ne, type Shape, type Tensor, tensor, where } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { failure } from "../support/errors.js";
import { builds, random, withBuild } from "../support/kernels.js";
import { broadcastingShapes, naiveBroadcast, naiveShape } from "../support/naive.js";

const [INF, NAN] = [Number.POSITIVE_INFINITY, Number.NaN];

const comparisons: Record<string, { op: Binary; f: (a: number, b: number) => boolean }> = {
  eq: { op: eq, f: (a, b) => a === b },
  ne: { op: ne, f: (a, b) => a !== b },
  lt: { op: lt, f: (a, b) => a < b },
  le: { op: le, f: (a, b) => a <= b },
  gt: { op: gt, f: (a, b) => a > b },
  ge: { op: ge, f: (a, b) => a >= b },
};

const of = (values: number[], dtype: DType = "float32", requiresGrad = false): Tensor => tensor(values, { dtype, requiresGrad });
const list = (x: Tensor): number[] => Array.from(x.data);

/** Small whole numbers, so that many are equal. */
function operands(shapes: readonly Shape[], seed: number): { shape: Shape; data: Float32Array }[] {
  const next = random(seed);
  return shapes.map((shape) => {
    const length = shape.reduce((product, extent) => product * extent, 1);
    return { shape, data: Float32Array.from({ length }, () => Math.floor(next() * 4)) };
  });
}

describe.each(Object.entries(comparisons))("%s", (name, { op, f }) => {
  test.each([1, 3, 4, 5, 15, 16, 17, 33, 64])("%i elements of every type", (n) => {
    const [a, b] = operands([[n], [n]], n);
    for (const dtype of ["float32", "float64", "int32", "uint8", "bool"] as const) {
      const [x, y] = [a, b].map(({ data }) => tensor(Array.from(data), { dtype }));
      for (const build of builds) {
        withBuild(build, () => {
          const z = op(x, y);
          expect(z.dtype).toBe("bool");
          expect(list(z), `${build} ${dtype}`).toEqual(Array.from(x.data, (value, i) => Number(f(value, y.data[i]))));
        });
      }
    }
  });

  test("broadcasts like index loops, on every build", () => {
    fc.assert(
      fc.property(broadcastingShapes(2), fc.integer({ min: 1, max: 1000 }), (shapes, seed) => {
        const [a, b] = operands(shapes, seed);
        const expected = naiveBroadcast((x, y) => Number(f(x, y)), a, b);
        for (const build of builds) {
          withBuild(build, () => {
            const z = op(tensor(a.data, { shape: a.shape }), tensor(b.data, { shape: b.shape }));
            expect(z.shape).toEqual(naiveShape(...shapes));
            expect(list(z), build).toEqual(expected);
          });
        }
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  test("special values", () => {
    const values = [NAN, INF, -INF, 0, -0, 1];
    const pairs = values.flatMap((a) => values.map((b) => [a, b] as const));
    for (const build of builds) {
      withBuild(build, () => {
        const z = op(of(pairs.map(([a]) => a)), of(pairs.map(([, b]) => b)));
        expect(list(z), build).toEqual(pairs.map(([a, b]) => Number(f(a, b))));
        expect(list(op(of(values), 0)), build).toEqual(values.map((value) => Number(f(value, 0))));
        expect(list(op(0, of(values))), build).toEqual(values.map((value) => Number(f(0, value))));
      });
    }
  });

  test("numbers that an integer type does not hold are compared as they are", () => {
    const bytes = [0, 44, 200, 255];
    for (const number of [-1, 300, 44, 0.5, 2 ** 40, INF, NAN]) {
      expect(list(op(of(bytes, "uint8"), number)), `${number}`).toEqual(bytes.map((value) => Number(f(value, number))));
      expect(list(op(number, of(bytes, "int32"))), `${number}`).toEqual(bytes.map((value) => Number(f(number, value))));
    }
    expect(list(op(tensor([true, false]), 2))).toEqual([Number(f(1, 2)), Number(f(0, 2))]);
  });

  test("has no gradient", () => {
    const x = of([1, 2], "float32", true);
    expect(op(x, 1).requiresGrad).toBe(false);
  });

  test("operands that do not fit", () => {
    expect(failure(() => op(of([1, 2]), of([1, 2, 3])))).toBe(
      `SHAPE ${name}: shapes [2] and [3] do not broadcast: 2 against 3 at axis −1; extents must be equal or 1. Use reshape or unsqueeze to line up the axes.`,
    );
    expect(failure(() => op(of([1]), true as never))).toBe(
      `ARGUMENT ${name}: the operands are a tensor and true; expected tensors or numbers, at least one a tensor.`,
    );
    expect(failure(() => op(1, 2))).toBe(`ARGUMENT ${name}: the operands are 1 and 2; expected tensors or numbers, at least one a tensor.`);
  });
});

describe("where", () => {
  const mask = tensor([true, false, true, false, false]);

  test.each<[Shape, Shape, Shape]>([
    ...[1, 3, 4, 5, 17, 64].map((n): [Shape, Shape, Shape] => [[n], [n], [n]]),
    [[3, 5], [5], [3, 5]],
    [
      [3, 1],
      [1, 5],
      [3, 5],
    ],
    [[], [3], [3]],
    [[], [], []],
    [
      [2, 1, 2, 1, 2],
      [1, 3, 1, 2, 1],
      [2, 3, 2, 2, 2],
    ],
    [
      [2, 1, 2, 1, 2, 1, 2],
      [2, 1, 2, 1, 2, 1],
      [2, 2, 2, 2, 2, 2, 2],
    ],
    [[0, 3], [3], [0, 3]],
    [
      [2, 0],
      [1, 1],
      [2, 0],
    ],
  ])("%j and %j", (a, b, result) => {
    const next = random(5);
    const condition = (shape: Shape): Tensor =>
      tensor(
        Uint8Array.from({ length: shape.reduce((product, extent) => product * extent, 1) }, () => Number(next() < 0.5)),
        {
          shape,
          dtype: "bool",
        },
      );
    const [whole, part] = [condition(result), condition(a)];
    checkOp({ op: (x, y) => where(whole, x, y), shapes: [a, b], result });
    checkOp({ op: (x, y) => where(part, x, y), shapes: [a, b], result });
  });

  test("broadcasts like index loops, on every build", () => {
    fc.assert(
      fc.property(broadcastingShapes(3), fc.integer({ min: 1, max: 1000 }), (shapes, seed) => {
        const [c, a, b] = operands(shapes, seed);
        const expected = naiveBroadcast((condition, x, y) => (condition ? x : y), c, a, b);
        for (const build of builds) {
          withBuild(build, () => {
            const [condition, x, y] = [c, a, b].map(({ shape, data }) => tensor(data, { shape }));
            const z = where(condition, x, y);
            expect(z.shape).toEqual(naiveShape(...shapes));
            expect(list(z), build).toEqual(expected);
          });
        }
      }),
      { numRuns: 60, seed: 4 },
    );
  });

  test("numbers", () => {
    const x = of([1, 2, 3, 4, 5]);
    expect(list(where(mask, x, 0))).toEqual([1, 0, 3, 0, 0]);
    expect(list(where(mask, -1, x))).toEqual([-1, 2, -1, 4, 5]);
    expect(list(mask.where(x, NAN))).toEqual([1, NAN, 3, NAN, NAN]);
    const both = where(mask, 1, 0);
    expect([both.dtype, list(both)]).toEqual(["float32", [1, 0, 1, 0, 0]]);
    checkOp({ op: (t) => where(t.gt(0), t, 0.5), shapes: [[17]] });
    checkOp({ op: (t) => where(t.gt(0), -1, t), shapes: [[17]] });
  });

  test("any type of condition; NaN is true", () => {
    expect(list(where(of([0, -0, NAN, 0.5, -1]), 1, 0))).toEqual([0, 0, 1, 1, 1]);
    expect(list(where(of([0, 2, -1], "int32"), 1, 0))).toEqual([0, 1, 1]);
    expect(list(where(of([0, 2, 255], "uint8"), 1, 0))).toEqual([0, 1, 1]);
  });

  test("promotes its two values only", () => {
    expect(where(of([1], "float64"), of([1], "uint8"), of([2], "int32")).dtype).toBe("int32");
    expect(where(mask, of([1], "int32"), of([2])).dtype).toBe("float32");
    expect(where(mask, of([1], "uint8"), 3).dtype).toBe("uint8");
    expect(where(mask, of([1], "uint8"), 0.5).dtype).toBe("float32");
    expect(where(mask, tensor(true), tensor(false)).dtype).toBe("bool");
    expect(where(tensor([true]), of([9], "float64"), of([2])).item()).toBe(9);
  });

  test("the gradient goes to what was chosen, and NaN elsewhere does no harm", () => {
    const x = of([-1, 0, 4], "float32", true);
    const [dx] = grad(where(x.gt(0), x.sqrt(), 0).sum(), x, { gradOutputs: [tensor(1)] });
    expect(dx.data[2]).toBe(0.25);
    const [a, b] = [of([1, NAN], "float32", true), of([INF, 2], "float32", true)];
    expect(grad(where(tensor([true, false]), a, b).sum(), [a, b]).map(list)).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test("operands that do not fit", () => {
    expect(failure(() => where(mask, of([1, 2]), of([1, 2, 3])))).toBe(
      "SHAPE where: shapes [2] and [3] do not broadcast: 2 against 3 at axis −1; extents must be equal or 1. Use reshape or unsqueeze to line up the axes.",
    );
    expect(failure(() => where(mask, of([1, 2]), 0))).toBe(
      "SHAPE where: shapes [5] and [2] do not broadcast: 5 against 2 at axis −1; extents must be equal or 1. Use reshape or unsqueeze to line up the axes.",
    );
    expect(failure(() => where(true as never, of([1]), 0))).toBe(
      "ARGUMENT where: condition is true; expected a tensor. Wrap it with tensor(…).",
    );
    expect(failure(() => where(mask, "x" as never, 1))).toBe(
      'ARGUMENT where: the operands are "x" and 1; expected tensors or numbers, at least one a tensor.',
    );
    expect(failure(() => where(mask, of([1]), undefined as never))).toBe(
      "ARGUMENT where: the operands are a tensor and undefined; expected tensors or numbers, at least one a tensor.",
    );
    expect(failure(() => where(mask, of([1], "uint8"), 300))).toBe(
      `DTYPE where: 300 does not fit into the tensor's type uint8. Convert the tensor with cast("int32").`,
    );
  });
});
