import { expect, test } from "vitest";
import { tensor } from "../../src/index.js";
import { wholeNumbers } from "../../src/ops/indices.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";

const labels = (values: number[], dtype: "float32" | "float64" | "bool") => wholeNumbers("loss", "labels", tensor(values, { dtype }));

test.each(builds)("whole floats become integers, %s", (build) => {
  withBuild(build, () => {
    for (const dtype of ["float32", "float64"] as const) {
      const y = labels([3, -0, -7, 2 ** 31 - 128, -(2 ** 31)], dtype);
      expect([y.dtype, y.shape, Array.from(y.data)]).toEqual(["int32", [5], [3, 0, -7, 2 ** 31 - 128, -(2 ** 31)]]);
    }
  });
});

test.each(builds)("the first that is not whole is named, once, %s", (build) => {
  const text = (dtype: string, i: number, value: number) =>
    `DTYPE loss: labels are ${dtype} and element ${i} is ${value}; expected whole numbers. Convert them with cast("int32").`;
  withBuild(build, () => {
    for (const dtype of ["float32", "float64"] as const) {
      expect(failure(() => labels([1, 2.5, 3.5], dtype))).toBe(text(dtype, 1, 2.5));
      expect(failure(() => labels([Number.NaN], dtype))).toBe(text(dtype, 0, Number.NaN));
      expect(failure(() => labels([1, 2, 3, 4, 5, 2 ** 31], dtype))).toBe(text(dtype, 5, 2 ** 31));
      expect(Array.from(labels([1], dtype).data)).toEqual([1]);
    }
  });
});

test("integers are taken as they are, bool is refused", () => {
  for (const dtype of ["int32", "uint8"] as const) {
    const x = tensor([1, 2], { dtype });
    expect(wholeNumbers("loss", "labels", x)).toBe(x);
  }
  expect(failure(() => labels([1], "bool"))).toBe("DTYPE loss: labels have dtype bool; expected int32 or uint8.");
});
