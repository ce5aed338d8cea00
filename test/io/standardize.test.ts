import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError, IndexError, ShapeError } from "../../src/errors/errors.js";
import { standardize } from "../../src/io/standardize.js";
import { arange, full, tensor, zeros } from "../../src/tensor/creation.js";

test("each feature gets mean 0 and deviation 1, as by its definition", () => {
  const x = tensor([
    [1, 10, 5],
    [3, 30, 5],
  ]);
  const scale = standardize(x);
  expect(scale.mean.toArray()).toEqual([[2, 20, 5]]);
  expect(scale.std.toArray()).toEqual([[1, 10, 1]]);
  expect([scale.mean.dtype, scale.transform(x).dtype]).toEqual(["float64", "float32"]);
  expect(scale.transform(x).toArray()).toEqual([
    [-1, -1, 0],
    [1, 1, 0],
  ]);
});

test("other data are scaled by the training data, and back", () => {
  const scale = standardize(tensor([[0], [2], [4], [6]]));
  const z = scale.transform(tensor([[3], [13]]));
  expect(z.view()[0]).toBe(0);
  expect(z.view()[1]).toBeCloseTo(10 / Math.sqrt(5), 6);
  expect(scale.inverse(z).toArray()).toEqual([[3], [13]]);
});

test("one mean for each channel", () => {
  const images = tensor(
    Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => Math.floor(i / 4) % 3),
    { shape: [2, 3, 2, 2] },
  );
  const scale = standardize(images, { axes: [0, 2, 3] });
  expect(scale.mean.shape).toEqual([1, 3, 1, 1]);
  expect([...scale.mean.view()]).toEqual([0, 1, 2]);
  expect(scale.transform(images).toArray()).toEqual(zeros([2, 3, 2, 2]).toArray());
  const columns = standardize(tensor(arange(12), { shape: [2, 3, 2] }), { axes: [0, 1] });
  expect([...columns.mean.view()]).toEqual([5, 6]);
});

test("a numbers' list is one feature; bytes and float64 keep what they hold", () => {
  expect(
    standardize(tensor([1, 3]))
      .transform(tensor([5]))
      .toArray(),
  ).toEqual([3]);
  const bytes = standardize(tensor([0, 255], { dtype: "uint8" }));
  expect(bytes.transform(tensor([255], { dtype: "uint8" })).toArray()).toEqual([1]);
  expect(bytes.transform(tensor([255], { dtype: "float64" })).dtype).toBe("float64");
});

test("a small spread around a large mean is not lost", () => {
  const scale = standardize(tensor([1e9, 1e9 + 1, 1e9 + 2], { dtype: "float64" }));
  expect(scale.mean.item()).toBe(1e9 + 1);
  expect(scale.std.item()).toBeCloseTo(Math.sqrt(2 / 3), 7);
});

test("what does not vary is only shifted", () => {
  const x = full([1000, 1], 0.1, { dtype: "float64" });
  const scale = standardize(x);
  expect([scale.mean.item(), scale.std.item()]).toEqual([0.1, 1]);
  expect(new Set(scale.transform(x).view())).toEqual(new Set([0]));
});

test("fit takes the figures of other data", () => {
  const scale = standardize(tensor([[1], [3]]));
  expect(scale.fit(tensor([[10], [30], [50]]))).toBe(scale);
  expect(scale.mean.toArray()).toEqual([[30]]);
});

test("any data are standardized, and come back", () => {
  const any = fc
    .integer({ min: 1, max: 6 })
    .chain((n) => fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 3 * n, maxLength: 3 * n }));
  fc.assert(
    fc.property(any, (values) => {
      const x = tensor(values, { dtype: "float64", shape: [values.length / 3, 3] });
      const scale = standardize(x);
      const z = scale.transform(x);
      const again = standardize(z);
      const largest = Math.max(1, ...values.map(Math.abs));
      for (const [i, mean] of again.mean.view().entries())
        expect(Math.abs(mean * scale.std.view()[i])).toBeLessThanOrEqual(1e-14 * largest);
      const back = scale.inverse(z).view();
      for (const [i, value] of values.entries()) expect(Math.abs(back[i] - value)).toBeLessThanOrEqual(1e-14 * largest);
    }),
    { seed: 1 },
  );
});

describe("refused", () => {
  test.each<[string, () => unknown, Error]>([
    [
      "what is missing",
      () =>
        standardize(
          tensor([
            [1, 2],
            [3, Number.NaN],
          ]),
        ),
      new ArgumentError("standardize: x holds NaN at sample 1, element 1; expected finite numbers. Fill or drop what is missing first."),
    ],
    [
      "numbers too large",
      () => standardize(tensor([1e300, -1e300], { dtype: "float64" })),
      new ArgumentError("standardize: x holds numbers too large to square; expected finite numbers. Fill or drop what is missing first."),
    ],
    [
      "axes without the samples",
      () => standardize(zeros([2, 3]), { axes: 1 }),
      new ShapeError("standardize: the axes are [1]; 0, the samples, must be among them."),
    ],
    [
      "an axis that is not there",
      () => standardize(zeros([2, 3]), { axes: [0, 2] }),
      new IndexError("standardize: axis 2 is outside shape [2, 3]; expected a whole number from -2 to 1."),
    ],
    ["no samples", () => standardize(zeros([0, 3])), new ShapeError("standardize: x has shape [0, 3]; expected a sample at least.")],
    [
      "other features",
      () => standardize(full([2, 3], 1)).transform(zeros([2, 4])),
      new ShapeError("standardize.transform: x has shape [2, 4]; expected [n, 3], as of the training data."),
    ],
    [
      "another rank",
      () => standardize(tensor([1, 2])).inverse(zeros([2, 4])),
      new ShapeError("standardize.inverse: x has shape [2, 4]; expected [n], as of the training data."),
    ],
    [
      "what is no tensor",
      () => standardize([1, 2] as never),
      new ArgumentError("standardize: x is an array of length 2; expected a tensor. Wrap it with tensor(…)."),
    ],
  ])("%s", (_, run, error) => {
    expect(run).toThrow(error);
  });
});
