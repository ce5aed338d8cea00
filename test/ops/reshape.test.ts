import { describe, expect, test } from "vitest";
import { flatten, reshape, squeeze, type Tensor, tensor, unsqueeze, zeros } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { counting } from "../support/elements.js";
import { failure } from "../support/errors.js";

describe("reshape", () => {
  test("keeps the order of the elements", () => checkOp({ op: (x) => x.reshape([3, 4]), shapes: [[2, 6]], result: [3, 4] }));
  test("copies nothing", () => {
    const x = counting([2, 3]);
    expect(x.reshape([3, 2]).storage).toBe(x.storage);
    expect(x.reshape([2, 3])).toBe(x);
  });
  test("infers one extent", () => {
    expect(zeros([2, 6]).reshape([-1, 4]).shape).toEqual([3, 4]);
    expect(zeros([0]).reshape([-1]).shape).toEqual([0]);
    expect(zeros([0, 3]).reshape([-1, 3]).shape).toEqual([0, 3]);
    expect(tensor(1).reshape([-1, 1]).shape).toEqual([1, 1]);
  });
  test("to and from a scalar and eight axes", () => {
    expect(tensor([7]).reshape([]).item()).toBe(7);
    checkOp({ op: (x) => x.reshape([1, 2, 1, 3, 1, 2, 1, 1]), shapes: [[12]], result: [1, 2, 1, 3, 1, 2, 1, 1] });
  });
  test("errors", () => {
    const x = zeros([2, 3]);
    expect(failure(() => x.reshape([4]))).toBe(
      "SHAPE reshape: shape [2, 3] holds 6 elements, which do not fill [4]. One extent may be −1.",
    );
    expect(failure(() => x.reshape([-1, 4]))).toBe(
      "SHAPE reshape: shape [2, 3] holds 6 elements, which do not fill [-1, 4]. One extent may be −1.",
    );
    expect(failure(() => x.reshape([-1, -1]))).toBe(
      "SHAPE reshape: shape [2, 3] holds 6 elements, which do not fill [-1, -1]. One extent may be −1.",
    );
    expect(failure(() => zeros([0]).reshape([-1, 0]))).toBe(
      "SHAPE reshape: shape [0] holds 0 elements, which do not fill [-1, 0]. One extent may be −1.",
    );
    expect(failure(() => x.reshape([1.5, 4]))).toBe("SHAPE reshape: shape [1.5, 4] holds 1.5; extents are whole numbers ≥ 0.");
    expect(failure(() => x.reshape([-2, -3]))).toBe("SHAPE reshape: shape [-2, -3] holds -2; extents are whole numbers ≥ 0.");
    expect(failure(() => x.reshape(6 as never))).toBe(
      "SHAPE reshape: the shape is 6; expected an array of whole numbers. Write reshape([2, 3]).",
    );
    expect(failure(() => x.reshape([1, 1, 1, 1, 1, 1, 1, 1, 6]))).toBe(
      "SHAPE reshape: shape [1, 1, 1, 1, 1, 1, 1, 1, 6] has 9 axes; at most 8.",
    );
    expect(failure(() => reshape([1] as never, [1]))).toBe(
      "ARGUMENT reshape: x is an array of length 1; expected a tensor. Wrap it with tensor(…).",
    );
  });
});

describe("flatten", () => {
  test("joins a range of axes", () => {
    checkOp({ op: (x) => x.flatten(1, 2), shapes: [[2, 3, 2, 2]], result: [2, 6, 2] });
    expect(zeros([2, 3, 4]).flatten().shape).toEqual([24]);
    expect(zeros([2, 3, 4]).flatten(-2).shape).toEqual([2, 12]);
    expect(zeros([2, 0, 4]).flatten(1).shape).toEqual([2, 0]);
    expect(tensor(1).flatten().shape).toEqual([1]);
  });
  test("errors", () => {
    expect(failure(() => zeros([2, 3]).flatten(1, 0))).toBe("SHAPE flatten: start 1 lies behind end 0 in shape [2, 3].");
    expect(failure(() => zeros([2, 3]).flatten(2))).toBe(
      "INDEX flatten: axis 2 is outside shape [2, 3]; expected a whole number from -2 to 1.",
    );
    expect(failure(() => flatten(1 as never))).toBe("ARGUMENT flatten: x is 1; expected a tensor. Wrap it with tensor(…).");
  });
});

describe("squeeze", () => {
  test("removes axes of extent 1, all or those named", () => {
    checkOp({ op: (x) => x.squeeze(), shapes: [[1, 3, 1, 2]], result: [3, 2] });
    expect(zeros([1, 3, 1]).squeeze(0).shape).toEqual([3, 1]);
    expect(zeros([1, 3, 1]).squeeze([0, -1]).shape).toEqual([3]);
    expect(zeros([1, 3, 1]).squeeze(1).shape).toEqual([1, 3, 1]);
    expect(tensor(1).squeeze().shape).toEqual([]);
  });
  test("errors", () => {
    expect(failure(() => zeros([1, 3]).squeeze([0, -2]))).toBe("SHAPE squeeze: axis 0 is named twice in [0,-2].");
    expect(failure(() => zeros([1, 3]).squeeze({} as never))).toBe(
      "ARGUMENT squeeze: axes is an object; expected an array. Write squeeze(0) or squeeze([0, 1]).",
    );
    expect(failure(() => squeeze(null as unknown as Tensor))).toBe(
      "ARGUMENT squeeze: x is null; expected a tensor. Wrap it with tensor(…).",
    );
  });
});

describe("unsqueeze", () => {
  test("inserts an axis", () => {
    checkOp({ op: (x) => x.unsqueeze(1), shapes: [[3, 2]], result: [3, 1, 2] });
    expect([0, 1, 2, -1, -2, -3].map((axis) => zeros([4, 5]).unsqueeze(axis).shape)).toEqual([
      [1, 4, 5],
      [4, 1, 5],
      [4, 5, 1],
      [4, 5, 1],
      [4, 1, 5],
      [1, 4, 5],
    ]);
    expect(tensor(1).unsqueeze(0).shape).toEqual([1]);
  });
  test("errors", () => {
    expect(failure(() => zeros([2]).unsqueeze(2))).toBe(
      "INDEX unsqueeze: axis 2 is outside shape [2]; expected a whole number from -2 to 1.",
    );
    expect(failure(() => unsqueeze(undefined as unknown as Tensor, 0))).toBe(
      "ARGUMENT unsqueeze: x is undefined; expected a tensor. Wrap it with tensor(…).",
    );
  });
});
