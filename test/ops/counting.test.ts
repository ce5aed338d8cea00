import { describe, expect, test } from "vitest";
import { bincount, histogram, tensor, unique, zeros } from "../../src/index.js";
import { failure } from "../support/errors.js";

const [INF, NAN] = [Number.POSITIVE_INFINITY, Number.NaN];

describe("histogram", () => {
  test("equal bins, of which the last has its upper edge", () => {
    for (const dtype of ["float32", "float64"] as const) {
      const { hist, binEdges } = histogram(tensor([1, 2, 1, 4, 3], { dtype }), 3);
      expect([...hist.data]).toEqual([2, 1, 2]);
      expect([...binEdges.data]).toEqual([1, 2, 3, 4]);
      expect([hist.dtype, binEdges.dtype]).toEqual([dtype, dtype]);
    }
  });
  test("a range, weights, density, edges", () => {
    const x = tensor([
      [-1, 0, 0.5],
      [2, 4, NAN],
    ]);
    expect([...histogram(x, 4, { range: [0, 4] }).hist.data]).toEqual([2, 0, 1, 1]);
    const weight = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect([...histogram(x, 2, { range: [0, 4], weight }).hist.data]).toEqual([5, 9]);
    expect([...histogram(x, 2, { range: [0, 4], density: true }).hist.data]).toEqual([0.25, 0.25]);
    expect([...histogram(x, tensor([-1, 0, 10])).hist.data]).toEqual([1, 4]);
  });
  test("equal elements, and none", () => {
    expect([...histogram(tensor([3, 3]), 2).hist.data]).toEqual([0, 2]);
    expect([...histogram(zeros([0]), 2).binEdges.data]).toEqual([0, 0.5, 1]);
  });
  test("errors", () => {
    expect(failure(() => histogram(tensor([1, INF]), 2))).toBe(
      "ARGUMENT histogram: an element is Infinity; expected finite numbers where no range is given. Tell the range: { range: [0, 1] }.",
    );
    expect(failure(() => histogram(tensor([1]), 0))).toBe("ARGUMENT histogram: bins is 0; expected a whole number ≥ 1.");
    expect(failure(() => histogram(tensor([1]), tensor([2, 1])))).toMatch(/^ARGUMENT histogram: bins/);
    expect(failure(() => histogram(tensor([1]), 2, { range: [1, 0] }))).toMatch(/^ARGUMENT histogram: range/);
    expect(failure(() => histogram(tensor([1]), 2, { weight: tensor([1, 2]) }))).toMatch(/^SHAPE histogram: weight/);
    expect(failure(() => histogram(tensor([1], { dtype: "int32" }), 2))).toMatch(/^DTYPE histogram/);
  });
});

describe("bincount", () => {
  test("counts, weights, a least length", () => {
    const x = tensor([0, 1, 1, 3], { dtype: "int32" });
    expect([...bincount(x).data]).toEqual([1, 2, 0, 1]);
    expect(bincount(x).dtype).toBe("int32");
    expect([...bincount(x, { minLength: 6 }).data]).toEqual([1, 2, 0, 1, 0, 0]);
    const weighted = bincount(x, { weights: tensor([0.5, 1, 2, 4]) });
    expect([weighted.dtype, ...weighted.data]).toEqual(["float32", 0.5, 3, 0, 4]);
    expect(bincount(x, { weights: tensor([1, 1, 1, 1], { dtype: "int32" }) }).dtype).toBe("float64");
    expect(bincount(zeros([0])).shape).toEqual([0]);
  });
  test("errors", () => {
    expect(failure(() => bincount(tensor([-1, 2], { dtype: "int32" })))).toBe(
      "ARGUMENT bincount: an element is -1; expected whole numbers ≥ 0.",
    );
    expect(failure(() => bincount(tensor([0.5])))).toMatch(/^DTYPE bincount/);
    expect(failure(() => bincount(zeros([2, 2])))).toBe("SHAPE bincount: x has shape [2, 2]; expected a vector.");
    expect(failure(() => bincount(zeros([2]), { weights: zeros([3]) }))).toMatch(/^SHAPE bincount: weight/);
  });
});

describe("unique", () => {
  test("elements of every type, NaN each by itself", () => {
    for (const dtype of ["float32", "float64", "int32", "uint8"] as const) {
      const { values, inverse, counts } = unique(
        tensor(
          [
            [3, 1],
            [3, 2],
          ],
          { dtype },
        ),
      );
      expect([values.dtype, ...values.data]).toEqual([dtype, 1, 2, 3]);
      expect(inverse.toArray()).toEqual([
        [2, 0],
        [2, 1],
      ]);
      expect([...counts.data]).toEqual([1, 1, 2]);
    }
    const broken = unique(tensor([NAN, -0, 5, 0, NAN, -INF]));
    expect([...broken.values.data].map((value) => value + 0)).toEqual([-INF, 0, 5, NAN, NAN]);
    expect([...broken.counts.data]).toEqual([1, 2, 1, 1, 1]);
    expect([...broken.inverse.data]).toEqual([3, 1, 2, 1, 4, 0]);
    expect([...unique(tensor([true, false, true])).values.data]).toEqual([0, 1]);
    expect(unique(zeros([0])).values.shape).toEqual([0]);
  });
  test("rows and columns", () => {
    const x = tensor([
      [2, 1, 2],
      [0, 5, 0],
      [2, 1, 2],
    ]);
    const rows = unique(x, 0);
    expect(rows.values.toArray()).toEqual([
      [0, 5, 0],
      [2, 1, 2],
    ]);
    expect([...rows.inverse.data]).toEqual([1, 0, 1]);
    expect([...rows.counts.data]).toEqual([1, 2]);
    const columns = unique(x, -1);
    expect(columns.values.toArray()).toEqual([
      [1, 2],
      [5, 0],
      [1, 2],
    ]);
    expect([...columns.inverse.data]).toEqual([1, 0, 1]);
  });
  test("errors", () => expect(failure(() => unique(zeros([2]), 1))).toMatch(/^INDEX unique: axis 1/));
});
