import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { argmax, argmin, grad, max, min, type Tensor, tensor, zeros } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { counting, DTYPES, expectSame, flat, naive, positions, put, remove, shapes } from "../support/elements.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";

const cases = shapes({ maxRank: 5, min: 1, max: 4 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    axes: fc.option(fc.subarray([...shape.keys()], { minLength: Math.min(1, shape.length) }), { nil: undefined }),
    keepDims: fc.boolean(),
    /** Few values, so that many are equal. */
    values: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: positions(shape).length, maxLength: positions(shape).length }),
  }),
);

for (const [name, extreme, position, pick] of [
  ["max", max, argmax, Math.max],
  ["min", min, argmin, Math.min],
] as const) {
  describe(name, () => {
    test("any shape, axes and type", () => {
      fc.assert(
        fc.property(cases, fc.constantFrom(...DTYPES), ({ shape, axes, keepDims, values }, dtype) => {
          const x = tensor(values, { shape, dtype });
          const reduced = axes ?? [...shape.keys()];
          const kept = shape.map((extent, axis) => (reduced.includes(axis) ? 1 : extent));
          const inner = positions(shape.filter((_, axis) => reduced.includes(axis)));
          const element = (at: number[]): number =>
            pick(
              ...inner.map(
                (part) =>
                  x.data[
                    flat(
                      shape,
                      at.map((i, axis) => (reduced.includes(axis) ? part[reduced.indexOf(axis)] : i)),
                    )
                  ],
              ),
            );
          const result = keepDims ? kept : shape.filter((_, axis) => !reduced.includes(axis));
          expectSame(() => extreme(x, axes, { keepDims }), tensor(naive(kept, element, dtype).data, { shape: result, dtype }));
        }),
        { numRuns: 60, seed: 8 },
      );
    });
    for (const n of [1, 3, 4, 5, 17, 64]) {
      test(`rows and columns of ${n}, with gradients`, () => {
        checkOp({ op: (x) => extreme(x, 1), shapes: [[2, n]], result: [2] });
        checkOp({ op: (x) => extreme(x, 0, { keepDims: true }), shapes: [[n, 3]], result: [1, 3] });
      });
    }
    test("gradient over axes that are no neighbours", () => checkOp({ op: (x) => extreme(x, [0, 2]), shapes: [[3, 2, 4]], result: [2] }));
    test("equals share the gradient", () => {
      const x = tensor(
        [
          [1, 1, 1, 1],
          [0, 2, 0, 2],
        ],
        { requiresGrad: true },
      );
      expect(
        grad(
          extreme(x, 1)
            .mul(tensor([4, 2]))
            .sum(),
          x,
        )[0].toArray(),
      ).toEqual([[1, 1, 1, 1], name === "max" ? [0, 1, 0, 1] : [1, 0, 1, 0]]);
    });
    test("NaN wins, infinities count", () => {
      for (const build of builds) {
        withBuild(build, () => {
          for (const n of [2, 5, 17]) {
            const row = new Array<number>(n).fill(1);
            expect(extreme(tensor(put(row, n - 1, Number.NaN)), 0).item()).toBeNaN();
            expect(extreme(tensor(new Array<number>(n).fill(-Infinity)), 0).item()).toBe(-Infinity);
            expect(extreme(tensor(new Array<number>(n).fill(Infinity)), 0).item()).toBe(Infinity);
          }
        });
      }
    });
    test("errors", () => {
      const text = `SHAPE ${name}: nothing to choose from: a reduced axis of shape [2, 0] has extent 0; expected 1 or more.`;
      expect(failure(() => extreme(zeros([2, 0]), 1))).toBe(text);
      expect(failure(() => extreme(zeros([2, 0])))).toBe(text);
      expect(extreme(zeros([0, 2]), 1).shape).toEqual([0]);
      expect(failure(() => extreme(zeros([2]), 1))).toBe(
        `INDEX ${name}: axis 1 is outside shape [2]; expected a whole number from -1 to 0.`,
      );
      expect(failure(() => extreme(1 as never))).toBe(`ARGUMENT ${name}: x is 1; expected a tensor. Wrap it with tensor(…).`);
    });
  });

  describe(position.name, () => {
    test("the first of equals, any shape and type", () => {
      fc.assert(
        fc.property(cases, fc.constantFrom(...DTYPES), fc.nat(), ({ shape, keepDims, values }, dtype, which) => {
          const x = tensor(values, { shape, dtype });
          const axis = shape.length === 0 ? undefined : which % shape.length;
          const lane = (at: number[]): number[] =>
            Array.from(
              { length: axis === undefined ? 1 : shape[axis] },
              (_, i) => x.data[flat(shape, axis === undefined ? at : put(at, axis, i))],
            );
          const kept = axis === undefined ? [] : put(shape, axis, 1);
          const expected = naive(
            kept,
            (at) => {
              const list = lane(at);
              return list.indexOf(pick(...list));
            },
            "int32",
          );
          const result = keepDims || axis === undefined ? kept : remove(shape, axis);
          expectSame(() => position(x, axis, { keepDims }), tensor(expected.data, { shape: result, dtype: "int32" }));
        }),
        { numRuns: 60, seed: 9 },
      );
    });
    test("of the flattened tensor", () => {
      const x = tensor([
        [3, 1],
        [7, 1],
      ]);
      expect(position(x).item()).toBe(name === "max" ? 2 : 1);
      expect(position(x, undefined, { keepDims: true }).shape).toEqual([1, 1]);
      expect(position(x, -2).toArray()).toEqual(name === "max" ? [1, 0] : [0, 0]);
    });
    test("a NaN before all, in rows and columns", () => {
      for (const build of builds) {
        withBuild(build, () => {
          for (const n of [2, 5, 17]) {
            const row: number[] = counting([n]).toArray() as number[];
            const x = tensor(put(row, n - 1, Number.NaN));
            expect(position(x, 0).item()).toBe(n - 1);
            expect(position(x.unsqueeze(1).expand([n, 3]), 0).toArray()).toEqual([n - 1, n - 1, n - 1]);
          }
        });
      }
    });
    test("no gradient", () => expect(position(tensor([1, 2], { requiresGrad: true })).requiresGrad).toBe(false));
    test("errors", () => {
      expect(failure(() => position(zeros([0])))).toBe(
        `SHAPE ${position.name}: nothing to choose from: a reduced axis of shape [0] has extent 0; expected 1 or more.`,
      );
      expect(failure(() => position(null as unknown as Tensor))).toBe(
        `ARGUMENT ${position.name}: x is null; expected a tensor. Wrap it with tensor(…).`,
      );
    });
  });
}
