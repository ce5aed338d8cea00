import { expect, test } from "vitest";
import { Fold, randn, Unfold } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test("layers do what the operations do", () => {
  const options = { stride: [1, 2], padding: 1, dilation: [2, 1] };
  const x = randn([2, 3, 5, 6]);
  const windows = new Unfold([2, 3], options).forward(x);
  expect(windows.toArray()).toEqual(x.unfold2d([2, 3], options).toArray());
  expect(new Fold([5, 6], [2, 3], options).forward(windows).toArray()).toEqual(windows.fold2d([5, 6], [2, 3], options).toArray());
});

test("errors", () => {
  expect(failure(() => new Unfold(0))).toBe("ARGUMENT Unfold: kernelSize is 0; expected a whole number ≥ 1, or two. Write new Unfold(3).");
  expect(failure(() => new Fold(4, [1] as never))).toContain(
    "kernelSize is [1]; expected a whole number ≥ 1, or two. Write new Fold([28, 28], 3).",
  );
  expect(failure(() => new Fold(4, 2).forward(randn([1, 4, 8])))).toContain("expected [n, c · 4, 9], as the windows fit.");
});
