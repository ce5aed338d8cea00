import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flip, grad, type Range, roll, slice, split, tensor, zeros } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { counting, DTYPES, expectSame, flat, naive, shapes } from "../support/elements.js";
import { failure } from "../support/errors.js";

/** The positions that Python's x[start:end:step] takes of an axis. */
function taken(extent: number, range: Range | number | null): number[] {
  if (range === null) return [...new Array<number>(extent).keys()];
  if (typeof range === "number") return [range < 0 ? range + extent : range];
  const step = range[2] ?? 1;
  const [first, last] = step > 0 ? [0, extent] : [extent - 1, -1];
  const place = (position: number | null | undefined, whole: number): number => {
    if (position == null) return whole;
    const at = position < 0 ? position + extent : position;
    return step > 0 ? Math.min(Math.max(at, 0), extent) : Math.min(Math.max(at, -1), extent - 1);
  };
  const [start, end] = [place(range[0], first), place(range[1], last)];
  const result: number[] = [];
  for (let i = start; step > 0 ? i < end : i > end; i += step) result.push(i);
  return result;
}

const position = fc.option(fc.integer({ min: -8, max: 8 }));
const range: fc.Arbitrary<Range> = fc.tuple(position, position, fc.constantFrom(null, 1, 2, 3, -1, -2, -3));
const parts = shapes({ maxRank: 5 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    ranges: fc.tuple(
      ...shape.map((extent) => fc.oneof(range, fc.constant(null), ...(extent > 0 ? [fc.integer({ min: -extent, max: extent - 1 })] : []))),
    ),
  }),
);

describe("slice", () => {
  test("takes what Python takes, any shape", () => {
    fc.assert(
      fc.property(parts, fc.constantFrom(...DTYPES), ({ shape, ranges }, dtype) => {
        const x = counting(shape, dtype);
        const each = shape.map((extent, axis) => taken(extent, ranges[axis]));
        const kept = [...shape.keys()].filter((axis) => typeof ranges[axis] !== "number");
        const from = (position: number[]): number[] =>
          each.map((list, axis) => (kept.includes(axis) ? list[position[kept.indexOf(axis)]] : list[0]));
        const expected = naive(
          kept.map((axis) => each[axis].length),
          (position) => x.data[flat(shape, from(position))],
          dtype,
        );
        expectSame(() => x.slice(ranges), expected);
      }),
      { numRuns: 100, seed: 4 },
    );
  });
  test("Python's examples", () => {
    const x = tensor([0, 1, 2, 3, 4, 5]);
    const python: [Range, number[]][] = [
      [[2], [2, 3, 4, 5]],
      [[-2], [4, 5]],
      [
        [null, -2],
        [0, 1, 2, 3],
      ],
      [
        [1, 100, 2],
        [1, 3, 5],
      ],
      [
        [null, null, -1],
        [5, 4, 3, 2, 1, 0],
      ],
      [
        [4, 1, -1],
        [4, 3, 2],
      ],
      [
        [-1, -4, -2],
        [5, 3],
      ],
      [
        [100, -100, -3],
        [5, 2],
      ],
      [[3, 3], []],
      [[4, 2], []],
      [[], [0, 1, 2, 3, 4, 5]],
    ];
    for (const [range, expected] of python) expect(x.slice([range]).toArray()).toEqual(expected);
  });
  test("axes that are not named stay", () => expect(counting([2, 3]).slice([1]).toArray()).toEqual([3, 4, 5]));
  test("eight axes", () => {
    const shape = [2, 3, 1, 2, 3, 2, 1, 3];
    const x = counting(shape);
    expectSame(
      () => x.slice(shape.map(() => [null, null, -1] as const)),
      naive(
        shape,
        (position) =>
          x.data[
            flat(
              shape,
              position.map((i, axis) => shape[axis] - 1 - i),
            )
          ],
      ),
    );
  });
  test("gradient", () => {
    checkOp({ op: (x) => x.slice([[1, 4], null, -1]), shapes: [[5, 3, 2]], result: [3, 3] });
    checkOp({
      op: (x) =>
        x.slice([
          [null, null, -2],
          [1, 17, 3],
        ]),
      shapes: [[5, 17]],
      result: [3, 6],
    });
    checkOp({ op: (x) => x.slice([[2, 2]]), shapes: [[5]], result: [0] });
    checkOp({ op: (x) => x.slice([1, -2]), shapes: [[3, 3]], result: [] });
  });
  test("errors", () => {
    const x = zeros([2, 3]);
    expect(failure(() => x.slice([0, 3]))).toBe("INDEX slice: position 3 is outside axis 1 of [2, 3]; expected -3 … 2.");
    expect(failure(() => x.slice([null, null, null]))).toBe("SHAPE slice: 3 ranges for a tensor of shape [2, 3].");
    expect(failure(() => x.slice([[0, 2, 0]]))).toBe("ARGUMENT slice: the step along axis 0 is 0. Use −1 to walk backwards.");
    expect(failure(() => x.slice([[0, 1.5]]))).toBe(
      "ARGUMENT slice: the range of axis 0 is [0, 1.5]; expected a position, null, or [start, end, step] in whole numbers or null.",
    );
    expect(failure(() => x.slice([null, "0:2" as never]))).toBe(
      'ARGUMENT slice: the range of axis 1 is "0:2"; expected a position, null, or [start, end, step] in whole numbers or null.',
    );
    expect(failure(() => x.slice(0 as never))).toBe("ARGUMENT slice: ranges is 0; expected an array. Write slice([[0, 10], null, 3]).");
    expect(failure(() => slice([1] as never, [0]))).toBe(
      "ARGUMENT slice: x is an array of length 1; expected a tensor. Wrap it with tensor(…).",
    );
  });
});

describe("flip", () => {
  test("reverses axes", () => {
    const x = counting([2, 3]);
    expectSame(
      () => x.flip(),
      tensor([
        [5, 4, 3],
        [2, 1, 0],
      ]),
    );
    expectSame(
      () => x.flip(-1),
      tensor([
        [2, 1, 0],
        [5, 4, 3],
      ]),
    );
    expectSame(
      () => x.flip([0]),
      tensor([
        [3, 4, 5],
        [0, 1, 2],
      ]),
    );
    expect(tensor(1).flip().item()).toBe(1);
    expect(zeros([0, 3]).flip().shape).toEqual([0, 3]);
  });
  test("gradient", () => checkOp({ op: (x) => x.flip([0, 2]), shapes: [[3, 2, 5]], result: [3, 2, 5] }));
  test("errors", () => {
    expect(failure(() => zeros([2]).flip(1))).toBe("INDEX flip: axis 1 is outside shape [2]; expected a whole number from -1 to 0.");
    expect(failure(() => flip(1 as never))).toBe("ARGUMENT flip: x is 1; expected a tensor. Wrap it with tensor(…).");
  });
});

describe("roll", () => {
  test("moves in a circle", () => {
    for (const shift of [0, 1, 2, 3, 4, -1, -5, 7, -8]) {
      const x = counting([2, 4, 3]);
      expectSame(
        () => x.roll(shift, 1),
        naive([2, 4, 3], ([i, j, k]) => x.data[(i * 4 + ((((j - shift) % 4) + 4) % 4)) * 3 + k]),
      );
    }
    expect(zeros([0]).roll(3, 0).shape).toEqual([0]);
  });
  test("gradient", () => checkOp({ op: (x) => x.roll(-2, -1), shapes: [[2, 5]], result: [2, 5] }));
  test("errors", () => {
    expect(failure(() => zeros([2]).roll(0.5, 0))).toBe("ARGUMENT roll: shift is 0.5; expected a whole number.");
    expect(failure(() => zeros([2]).roll(1, 1))).toBe("INDEX roll: axis 1 is outside shape [2]; expected a whole number from -1 to 0.");
    expect(failure(() => roll(1 as never, 1, 0))).toBe("ARGUMENT roll: x is 1; expected a tensor. Wrap it with tensor(…).");
  });
});

describe("split", () => {
  test("parts of one length, the last shorter", () => {
    const x = counting([2, 5]);
    expect(x.split(2, 1).map((part) => part.toArray())).toEqual([
      [
        [0, 1],
        [5, 6],
      ],
      [
        [2, 3],
        [7, 8],
      ],
      [[4], [9]],
    ]);
    expect(x.split(9, -1).map(({ shape }) => shape)).toEqual([[2, 5]]);
    expect(
      zeros([0, 3])
        .split(2)
        .map(({ shape }) => shape),
    ).toEqual([[0, 3]]);
  });
  test("given lengths, also 0", () => {
    expect(
      counting([4])
        .split([1, 0, 3])
        .map((part) => part.toArray()),
    ).toEqual([[0], [], [1, 2, 3]]);
  });
  test("gradient: parts joined again", () => {
    checkOp({ op: (x) => x.split([1, 3], 1)[1].mul(x.split([1, 3], 1)[0]), shapes: [[3, 4]], result: [3, 3] });
    const x = tensor([1, 2, 3, 4, 5], { requiresGrad: true });
    const [a, , c] = x.split(2);
    expect(grad([a.sum(), c.mul(3).sum()], x)[0].toArray()).toEqual([1, 1, 0, 0, 3]);
  });
  test("errors", () => {
    const x = zeros([2, 5]);
    expect(failure(() => x.split([2, 2], 1))).toBe("SHAPE split: lengths [2, 2] add up to 4; axis 1 of [2, 5] has 5.");
    expect(failure(() => x.split(0))).toBe("ARGUMENT split: the length of a part is 0; expected a whole number ≥ 1.");
    expect(failure(() => x.split([3, -1], 0))).toBe("ARGUMENT split: the lengths are [3, -1]; expected whole numbers ≥ 0.");
    expect(failure(() => x.split("2" as never))).toBe('ARGUMENT split: parts is "2"; expected an array. Write split(2) or split([1, 3]).');
    expect(failure(() => x.split(1, 2))).toBe("INDEX split: axis 2 is outside shape [2, 5]; expected a whole number from -2 to 1.");
    expect(failure(() => split(1 as never, 1))).toBe("ARGUMENT split: x is 1; expected a tensor. Wrap it with tensor(…).");
  });
});
