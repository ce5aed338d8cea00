import { describe, expect, test } from "vitest";
import { grad, maskedFill, maskedSelect, nonzero, repeatInterleave, tensor, zeros } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { failure } from "../support/errors.js";

const MASK = tensor([
  [true, false, false],
  [false, true, true],
]);

describe("maskedFill", () => {
  test("numbers, and tensors that broadcast", () => {
    checkOp({ op: (x) => maskedFill(x, MASK, 7), shapes: [[2, 3]], result: [2, 3] });
    checkOp({ op: (x) => maskedFill(x, MASK, -3), shapes: [[3]], result: [2, 3] });
    checkOp({ op: (x, value) => maskedFill(x, MASK, value), shapes: [[2, 3], []], result: [2, 3] });
    expect([...maskedFill(tensor([1, NaN]), tensor([0, 1]), Infinity).data]).toEqual([1, Infinity]);
    expect([...maskedFill(tensor([1, 2], { dtype: "int32" }), tensor([0, 1]), 5).data]).toEqual([1, 5]);
  });
  test("errors", () => {
    expect(failure(() => maskedFill(zeros([2]), true as never, 0))).toBe(
      "ARGUMENT maskedFill: mask is true; expected a tensor. Wrap it with tensor(…).",
    );
  });
});

describe("maskedSelect", () => {
  test("in order, broadcast, of every type, with gradients", () => {
    checkOp({ op: (x) => maskedSelect(x, MASK), shapes: [[2, 3]], result: [3] });
    checkOp({ op: (x) => maskedSelect(x, MASK), shapes: [[3]], result: [3] });
    expect([...maskedSelect(tensor([1, 2, 3], { dtype: "uint8" }), tensor([NaN, 0, 2])).data]).toEqual([1, 3]);
    expect(maskedSelect(zeros([3]), zeros([3])).shape).toEqual([0]);
    const x = tensor([1, 2, 3], { requiresGrad: true });
    expect([
      ...grad(
        maskedSelect(x, tensor([1, 0, 1]))
          .square()
          .sum(),
        x,
      )[0].data,
    ]).toEqual([2, 0, 6]);
  });
  test("errors", () => {
    expect(failure(() => maskedSelect(zeros([2]), zeros([3])))).toMatch(/^SHAPE maskedSelect/);
  });
});

test("nonzero", () => {
  const x = tensor([
    [
      [0, 1],
      [2, 0],
    ],
    [
      [NaN, 0],
      [0, -3],
    ],
  ]);
  expect(nonzero(x).toArray()).toEqual([
    [0, 0, 1],
    [0, 1, 0],
    [1, 0, 0],
    [1, 1, 1],
  ]);
  expect(nonzero(x).dtype).toBe("int32");
  expect(nonzero(tensor(3)).shape).toEqual([1, 0]);
  expect(nonzero(zeros([0, 3])).shape).toEqual([0, 2]);
});

describe("repeatInterleave", () => {
  test.each([1, 3, 4, 5, 17])("rows and columns of %i", (n) => {
    checkOp({ op: (x) => repeatInterleave(x, 3, 1), shapes: [[2, n]], result: [2, 3 * n] });
    checkOp({ op: (x) => repeatInterleave(x, 2, 0), shapes: [[n, 3]], result: [2 * n, 3] });
    checkOp({ op: (x) => repeatInterleave(x, 2), shapes: [[2, n]], result: [4 * n] });
  });
  test("a count for each entry", () => {
    const counts = tensor([2, 0, 1], { dtype: "int32" });
    checkOp({ op: (x) => repeatInterleave(x, counts, -1), shapes: [[2, 3]], result: [2, 3] });
    expect([...repeatInterleave(tensor([7, 8, 9]), counts).data]).toEqual([7, 7, 9]);
    expect([...repeatInterleave(tensor([7, 8]), tensor([2], { dtype: "int32" }), 0).data]).toEqual([7, 7, 8, 8]);
    expect(repeatInterleave(zeros([2, 3]), 0, 0).shape).toEqual([0, 3]);
  });
  test("errors", () => {
    expect(failure(() => repeatInterleave(zeros([2]), -1))).toBe("ARGUMENT repeatInterleave: repeats is -1; expected a whole number ≥ 0.");
    expect(failure(() => repeatInterleave(zeros([2]), tensor([1, -1], { dtype: "int32" })))).toBe(
      "ARGUMENT repeatInterleave: repeats[1] is -1; expected a whole number ≥ 0.",
    );
    expect(failure(() => repeatInterleave(zeros([2]), tensor([1, 2, 3], { dtype: "int32" })))).toBe(
      "SHAPE repeatInterleave: repeats have shape [3]; expected [2], one an entry.",
    );
    expect(failure(() => repeatInterleave(zeros([2]), 2, 1))).toMatch(/^INDEX repeatInterleave/);
  });
});
