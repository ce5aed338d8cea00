import { expect, test } from "vitest";
import { arange, zeros } from "../../src/index.js";
import { rowsOf, widthOf } from "../../src/tensor/rows.js";

test.each([1, 23, 24, 100])("rows of %i elements, some twice, some not at all", (width) => {
  const x = arange(0, 5 * width).reshape([5, width]);
  const taken = rowsOf("test", x, [4, 0, 4]);
  expect(taken.shape).toEqual([3, width]);
  const all = x.toArray() as number[][];
  expect(taken.toArray()).toEqual([all[4], all[0], all[4]]);
});

test("the element type stays, and there may be no rows", () => {
  expect(rowsOf("test", zeros([2, 3], { dtype: "uint8" }), []).toJSON()).toEqual({ dtype: "uint8", shape: [0, 3], data: [] });
  expect(widthOf(zeros([0, 7]))).toBe(0);
});
