import { describe, expect, test } from "vitest";
import { glu, maxout, softmax, softmax2d, softmin, tensor, zeros } from "../../../src/index.js";
import { checkOp } from "../../support/checkOp.js";
import { failure } from "../../support/errors.js";

describe("softmin", () => {
  test.each([0, 1, -1])("axis %i", (axis) => checkOp({ op: (x) => softmin(x, axis), shapes: [[3, 5]], result: [3, 5] }));
  test("is softmax of −x, of integers too", () => {
    expect(softmin(tensor([1, 3, 2])).toArray()).toEqual(softmax(tensor([-1, -3, -2])).toArray());
    expect(softmin(tensor([1, 3], { dtype: "int32" })).dtype).toBe("float32");
    expect(failure(() => softmin(tensor([1]), 1))).toMatch(/^INDEX softmax: axis 1 is outside shape \[1\]/);
  });
});

describe("softmax2d", () => {
  test.each([[[2, 3, 2, 2]], [[3, 2, 2]]])("%j", (shape) => checkOp({ op: softmax2d, shapes: [shape], result: shape }));
  test("sums to 1 over the channels at each place", () => {
    const sums = softmax2d(tensor([[[1, 2]], [[3, -1]], [[0, 0]]])).sum(0);
    for (const sum of sums.data) expect(sum).toBeCloseTo(1, 6);
    expect(failure(() => softmax2d(tensor([[1]])))).toBe(
      "SHAPE softmax2d: x has shape [1, 1]; expected [n, c, h, w] or [c, h, w]. Name the axis: softmax(x, axis).",
    );
  });
});

describe("glu", () => {
  test.each([
    [0, [3, 6]],
    [1, [6, 3]],
    [-1, [6, 3]],
  ])("axis %i", (axis, result) => checkOp({ op: (x) => glu(x, axis), shapes: [[6, 6]], result }));
  test("an odd extent, a scalar, nothing", () => {
    expect(failure(() => glu(zeros([2, 3])))).toBe("SHAPE glu: axis -1 of x [2, 3] has extent 3; expected an even one.");
    expect(failure(() => glu(tensor(1)))).toMatch(/^INDEX glu: axis -1 of a scalar/);
    expect(glu(zeros([0, 4])).shape).toEqual([0, 2]);
  });
});

describe("maxout", () => {
  test.each([
    [2, -1, [4, 3]],
    [3, 1, [4, 2]],
    [4, 0, [1, 6]],
    [1, 0, [4, 6]],
  ])("%i pieces along axis %i", (pieces, axis, result) => checkOp({ op: (x) => maxout(x, { pieces, axis }), shapes: [[4, 6]], result }));
  test("an extent that is no multiple", () => {
    expect(failure(() => maxout(zeros([2, 3])))).toBe("SHAPE maxout: axis -1 of x [2, 3] has extent 3; expected a multiple of pieces, 2.");
    expect(failure(() => maxout(zeros([2]), { pieces: 0 }))).toBe("ARGUMENT maxout: pieces is 0; expected a whole number ≥ 1.");
  });
});
