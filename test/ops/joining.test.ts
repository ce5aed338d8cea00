import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, grad, stack, type Tensor, tensor, zeros } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { counting, DTYPES, expectSame, flat, insert, naive, put, remove, shapes } from "../support/elements.js";
import { failure } from "../support/errors.js";

const joints = shapes({ minRank: 1, maxRank: 6, max: 3 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    axis: fc.integer({ min: -shape.length, max: shape.length - 1 }),
    extents: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }),
  }),
);

describe("concat", () => {
  test("places the operands one behind the other, any shape", () => {
    fc.assert(
      fc.property(joints, fc.constantFrom(...DTYPES), ({ shape, axis, extents }, dtype) => {
        const at = axis < 0 ? axis + shape.length : axis;
        const operands = extents.map((extent) => counting(put(shape, at, extent), dtype));
        const total = extents.reduce((sum, extent) => sum + extent, 0);
        const element = (position: number[]): number => {
          let [which, i] = [0, position[at]];
          while (i >= extents[which]) i -= extents[which++];
          return operands[which].data[flat(operands[which].shape, put(position, at, i))];
        };
        expectSame(() => concat(operands, axis), naive(put(shape, at, total), element, dtype));
      }),
      { numRuns: 60, seed: 6 },
    );
  });
  test("gradient", () => {
    checkOp({ op: (a, b) => concat([a, b]), shapes: [[3], [5]], result: [8] });
    checkOp({
      op: (a, b, c) => concat([a, b, c], -2),
      shapes: [
        [2, 1, 3],
        [2, 4, 3],
        [2, 0, 3],
      ],
      result: [2, 5, 3],
    });
    checkOp({ op: (a) => concat([a, a.mul(a), a], 1), shapes: [[2, 2]], result: [2, 6] });
  });
  test("a hundred operands", () => {
    const x = tensor([1], { requiresGrad: true });
    const joined = concat(Array.from({ length: 100 }, () => x));
    expect(joined.shape).toEqual([100]);
    expect(grad(joined.sum(), x)[0].toArray()).toEqual([100]);
  });
  test("promotes the element types", () => {
    const joined = concat([tensor([1], { dtype: "int32" }), tensor([0.5]), tensor([true])]);
    expect([joined.dtype, joined.toArray()]).toEqual(["float32", [1, 0.5, 1]]);
  });
  test("errors", () => {
    expect(failure(() => concat([zeros([2, 3]), zeros([2, 4])]))).toBe("SHAPE concat: shapes [2, 3], [2, 4] differ in more than axis 0.");
    expect(failure(() => concat([zeros([2]), zeros([2, 1])], 0))).toBe("SHAPE concat: shapes [2], [2, 1] differ in more than axis 0.");
    expect(failure(() => concat([]))).toBe("ARGUMENT concat: the list of tensors is empty; expected at least one.");
    expect(failure(() => concat(zeros([2]) as never))).toBe(
      "ARGUMENT concat: tensors is a tensor; expected an array. Write concat([a, b]).",
    );
    expect(failure(() => concat([zeros([2]), [1] as never]))).toBe(
      "ARGUMENT concat: tensor 1 is an array of length 1; expected a tensor. Wrap it with tensor(…).",
    );
    expect(failure(() => concat([zeros([2])], 1))).toBe("INDEX concat: axis 1 is outside shape [2]; expected a whole number from -1 to 0.");
    expect(failure(() => concat([tensor(1), tensor(2)]))).toBe(
      "INDEX concat: axis 0 of a scalar; shape [] has no axes. Give it one with unsqueeze(0).",
    );
  });
});

describe("stack", () => {
  test("along a new axis", () => {
    const operands = [counting([2, 3]), counting([2, 3]).add(10)];
    for (const axis of [0, 1, 2, -1, -3]) {
      const at = axis < 0 ? axis + 3 : axis;
      const shape = insert([2, 3], at, 2);
      expectSame(
        () => stack(operands, axis),
        naive(shape, (position) => operands[position[at]].data[flat([2, 3], remove(position, at))]),
      );
    }
    expect(stack([tensor(1), tensor(2)]).toArray()).toEqual([1, 2]);
  });
  test("gradient", () =>
    checkOp({
      op: (a, b) => stack([a, b, a], 1),
      shapes: [
        [2, 3],
        [2, 3],
      ],
      result: [2, 3, 3],
    }));
  test("errors", () => {
    expect(failure(() => stack([zeros([2]), zeros([3])]))).toBe("SHAPE stack: shapes [2] and [3] differ; expected one shape.");
    expect(failure(() => stack([]))).toBe("ARGUMENT stack: the list of tensors is empty; expected at least one.");
    expect(failure(() => stack([undefined as unknown as Tensor]))).toBe(
      "ARGUMENT stack: tensor 0 is undefined; expected a tensor. Wrap it with tensor(…).",
    );
    expect(failure(() => stack([zeros([2])], 2))).toBe("INDEX stack: axis 2 is outside shape [2]; expected a whole number from -2 to 1.");
  });
});
