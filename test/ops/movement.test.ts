import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expand, permute, type Tensor, tensor, tile, transpose, zeros } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { counting, DTYPES, expectSame, flat, naive, shapes } from "../support/elements.js";
import { failure } from "../support/errors.js";

const permutations = shapes({ maxRank: 6, max: 4 }).chain((shape) =>
  fc.record({ shape: fc.constant(shape), axes: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }) }),
);

describe("permute", () => {
  test("moves every element, any shape and order", () => {
    fc.assert(
      fc.property(permutations, fc.constantFrom(...DTYPES), ({ shape, axes }, dtype) => {
        const x = counting(shape, dtype);
        const moved = naive(
          axes.map((axis) => shape[axis]),
          (position) =>
            x.data[
              flat(
                shape,
                shape.map((_, axis) => position[axes.indexOf(axis)]),
              )
            ],
          dtype,
        );
        expectSame(() => x.permute(axes), moved);
      }),
      { numRuns: 60, seed: 1 },
    );
  });
  test("eight axes", () => {
    const shape = [2, 1, 2, 3, 2, 1, 2, 2];
    const x = counting(shape);
    expectSame(
      () => x.permute([7, 6, 5, 4, 3, 2, 1, 0]),
      naive([...shape].reverse(), (position) => x.data[flat(shape, [...position].reverse())]),
    );
  });
  test("gradient", () => {
    checkOp({ op: (x) => x.permute([2, 0, 1]), shapes: [[2, 3, 4]], result: [4, 2, 3] });
    checkOp({ op: (x) => x.permute([1, -1, 0]), shapes: [[5, 1, 7]], result: [1, 7, 5] });
  });
  test("errors", () => {
    const x = zeros([2, 3]);
    expect(failure(() => x.permute([0]))).toBe("SHAPE permute: axes [0] do not name every axis of [2, 3] once.");
    expect(failure(() => x.permute([0, -2]))).toBe("SHAPE permute: axes [0, -2] do not name every axis of [2, 3] once.");
    expect(failure(() => x.permute([0, 2]))).toBe("INDEX permute: axis 2 is outside shape [2, 3]; expected a whole number from -2 to 1.");
    expect(failure(() => (x.permute as unknown as (...axes: number[]) => Tensor)(1, 0))).toBe(
      "ARGUMENT permute: axes is 1; expected an array. Write permute([1, 0]).",
    );
    expect(failure(() => permute(1 as never, [0]))).toBe("ARGUMENT permute: x is 1; expected a tensor. Wrap it with tensor(…).");
  });
});

describe("transpose", () => {
  for (const [rows, columns] of [
    [1, 1],
    [3, 4],
    [4, 4],
    [5, 17],
    [33, 8],
  ])
    test(`${rows} × ${columns}`, () => {
      const x = counting([rows, columns]);
      expectSame(
        () => x.transpose(),
        naive([columns, rows], ([i, j]) => x.data[j * columns + i]),
      );
    });
  test("gradient, any two axes", () => {
    checkOp({ op: (x) => x.transpose(), shapes: [[2, 3, 5]], result: [2, 5, 3] });
    checkOp({ op: (x) => x.transpose(0, -1), shapes: [[2, 3, 5]], result: [5, 3, 2] });
  });
  test("a vector and a scalar stay", () => {
    expect(zeros([3]).transpose().shape).toEqual([3]);
    expect(tensor(1).transpose().shape).toEqual([]);
  });
  test("errors", () => {
    expect(failure(() => zeros([2, 3]).transpose(0, 2))).toBe(
      "INDEX transpose: axis 2 is outside shape [2, 3]; expected a whole number from -2 to 1.",
    );
    expect(failure(() => tensor(1).transpose(0, 0))).toBe(
      "INDEX transpose: axis 0 of a scalar; shape [] has no axes. Give it one with unsqueeze(0).",
    );
    expect(failure(() => transpose("x" as never))).toBe('ARGUMENT transpose: x is "x"; expected a tensor. Wrap it with tensor(…).');
  });
});

const expansions = shapes({ maxRank: 6, max: 3 }).chain((target) =>
  fc
    .record({ lead: fc.integer({ min: 0, max: target.length }), ones: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }) })
    .map(({ lead, ones }) => ({ target, shape: target.slice(lead).map((extent, axis) => (ones[axis] ? 1 : extent)) })),
);

describe("expand", () => {
  test("repeats, any shape", () => {
    fc.assert(
      fc.property(expansions, fc.constantFrom(...DTYPES), ({ shape, target }, dtype) => {
        const x = counting(shape, dtype);
        const lead = target.length - shape.length;
        const from = (position: number[]): number[] => shape.map((extent, axis) => (extent === 1 ? 0 : position[lead + axis]));
        expectSame(
          () => x.expand(target),
          naive(target, (position) => x.data[flat(shape, from(position))], dtype),
        );
      }),
      { numRuns: 60, seed: 2 },
    );
  });
  test("gradient", () => {
    checkOp({ op: (x) => x.expand([4, 3, 5]), shapes: [[3, 1]], result: [4, 3, 5] });
    checkOp({ op: (x) => x.expand([2, 3]), shapes: [[]], result: [2, 3] });
    checkOp({ op: (x) => x.expand([2, 0, 3]), shapes: [[1, 3]], result: [2, 0, 3] });
  });
  test("−1 keeps an extent", () => expect(zeros([3, 1]).expand([2, -1, 4]).shape).toEqual([2, 3, 4]));
  test("errors", () => {
    expect(failure(() => zeros([2, 3]).expand([4, 3]))).toBe(
      "SHAPE expand: shapes [2, 3] and [4, 3] do not broadcast: 2 against 4 at axis −2; extents must be equal or 1. Use reshape or unsqueeze to line up the axes.",
    );
    expect(failure(() => zeros([2, 3]).expand([1, 3]))).toBe(
      "SHAPE expand: shape [2, 3] does not broadcast to [1, 3]; only extents of 1 can be repeated. Use tile to repeat longer axes.",
    );
    expect(failure(() => zeros([2, 3]).expand([3]))).toBe(
      "SHAPE expand: shape [2, 3] does not broadcast to [3]; only extents of 1 can be repeated. Use tile to repeat longer axes.",
    );
    expect(failure(() => zeros([3]).expand([-1, 3]))).toBe("SHAPE expand: shape [-1, 3] holds -1; extents are whole numbers ≥ 0.");
    expect(failure(() => zeros([3]).expand(3 as never))).toBe("ARGUMENT expand: shape is 3; expected an array. Write expand([3, -1]).");
    expect(failure(() => expand(1 as never, [1]))).toBe("ARGUMENT expand: x is 1; expected a tensor. Wrap it with tensor(…).");
  });
});

const tilings = shapes({ maxRank: 3, max: 3 }).chain((shape) =>
  fc.record({ shape: fc.constant(shape), repeats: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: shape.length, maxLength: 4 }) }),
);

describe("tile", () => {
  test("repeats, any shape", () => {
    fc.assert(
      fc.property(tilings, fc.constantFrom(...DTYPES), ({ shape, repeats }, dtype) => {
        const x = counting(shape, dtype);
        const lead = repeats.length - shape.length;
        const full = [...new Array<number>(lead).fill(1), ...shape];
        const result = full.map((extent, axis) => extent * repeats[axis]);
        const from = (position: number[]): number[] => position.map((i, axis) => i % full[axis]);
        expectSame(
          () => x.tile(repeats),
          naive(result, (position) => x.data[flat(full, from(position))], dtype),
        );
      }),
      { numRuns: 60, seed: 3 },
    );
  });
  test("gradient", () => {
    checkOp({ op: (x) => x.tile([2, 3]), shapes: [[3, 5]], result: [6, 15] });
    checkOp({ op: (x) => x.tile([2, 1, 2]), shapes: [[3]], result: [2, 1, 6] });
    checkOp({ op: (x) => x.tile([0]), shapes: [[3]], result: [0] });
  });
  test("eight axes", () => expect(zeros([1, 2, 1, 2, 1, 2, 1, 2]).tile([2, 2, 1, 1, 3, 1, 1, 2]).shape).toEqual([2, 4, 1, 2, 3, 2, 1, 4]));
  test("errors", () => {
    const text = (repeats: string): string =>
      `SHAPE tile: repeats [${repeats}] for shape [2, 3]; expected a whole number ≥ 0 for each of its 2 axes.`;
    expect(failure(() => zeros([2, 3]).tile([2]))).toBe(text("2"));
    expect(failure(() => zeros([2, 3]).tile([2, -1]))).toBe(text("2, -1"));
    expect(failure(() => zeros([2, 3]).tile([2, 0.5]))).toBe(text("2, 0.5"));
    expect(failure(() => zeros([3]).tile(2 as never))).toBe("ARGUMENT tile: repeats is 2; expected an array. Write tile([2, 1]).");
    expect(failure(() => tile([1] as never, [2]))).toBe(
      "ARGUMENT tile: x is an array of length 1; expected a tensor. Wrap it with tensor(…).",
    );
  });
});
