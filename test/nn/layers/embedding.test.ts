import { expect, test } from "vitest";
import { manualSeed, type Tensor, tensor } from "../../../src/index.js";
import { Embedding } from "../../../src/nn/index.js";

const TABLE = tensor([[-2, 3, 1], [-1, 4, 2], [0, -2, 3], [1, -1, 4]]); // biome-ignore format: a matrix
const indices = tensor([[0, 2], [2, 1]], { dtype: "int32" }); // biome-ignore format: a matrix

test("looks rows up, by indices of any integer kind", () => {
  const layer = new Embedding(3, 2);
  layer.loadStateDict({ weight: tensor([[1, 2], [3, 4], [5, 6]]) }); // biome-ignore format: a matrix
  const expected = [[[1, 2], [5, 6]], [[5, 6], [3, 4]]]; // biome-ignore format: matrices
  for (const dtype of ["int32", "uint8", "float32"] as const) expect(layer.forward(indices.cast(dtype)).toArray()).toEqual(expected);
  expect(layer.forward(tensor(1, { dtype: "int32" })).toArray()).toEqual([3, 4]);
  expect(layer.outputShape([8, 20])).toEqual([8, 20, 2]);
});

test("gradients add up, over calls and over steps", () => {
  const layer = new Embedding(3, 2);
  const step = (): void =>
    layer
      .forward(indices)
      .sum()
      .add(layer.forward(tensor([1], { dtype: "int32" })).sum())
      .backward();
  step();
  expect(layer.weight.grad?.toArray()).toEqual([[1, 1], [2, 2], [2, 2]]); // biome-ignore format: a matrix
  step();
  expect(layer.weight.grad?.toArray()).toEqual([[2, 2], [4, 4], [4, 4]]); // biome-ignore format: a matrix
});

test("the padding row starts at 0 and is not trained", () => {
  const layer = new Embedding(3, 2, { paddingIndex: -1 });
  expect(layer.paddingIndex).toBe(2);
  layer.forward(indices).sum().backward();
  layer.forward(indices).sum().backward();
  expect((layer.weight.toArray() as number[][])[2]).toEqual([0, 0]);
  expect((layer.weight.toArray() as number[][])[1]).not.toEqual([0, 0]);
  expect(layer.weight.grad?.toArray()).toEqual([[2, 2], [2, 2], [0, 0]]); // biome-ignore format: a matrix
});

test("a gradient that already lies on the padding row stays", () => {
  const layer = new Embedding(2, 1, { paddingIndex: 0 });
  layer.weight.sum().backward();
  layer
    .forward(tensor([0, 1], { dtype: "int32" }))
    .sum()
    .backward();
  expect(layer.weight.grad?.toArray()).toEqual([[1], [2]]);
});

test("starts at N(0, 1)", () => {
  manualSeed(2);
  const layer = new Embedding(100, 30);
  const values = layer.weight.data as Float32Array;
  const std = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  expect(std).toBeCloseTo(1, 1);
});

test("a saved one is rebuilt", () => {
  const { config } = new Embedding(3, 2, { paddingIndex: 1 }).describe();
  expect(config).toEqual({ count: 3, size: 2, paddingIndex: 1, maxNorm: null, normType: 2 });
  expect(Embedding.fromConfig(config as never).config()).toEqual(config);
});

// What PyTorch 1.13 has.
test.each([
  [
    2,
    [
      [-2, 3, 1],
      [-0.5455447, 2.182179, 1.091089],
      [0, -2, 3],
      [0.5892557, -0.5892557, 2.357023],
    ],
  ],
  [
    1,
    [
      [-2, 3, 1],
      [-0.3571429, 1.428571, 0.7142857],
      [0, -2, 3],
      [0.4166667, -0.4166667, 1.666667],
    ],
  ],
])("rows that are looked up are scaled down to a norm of order %i, in place", (normType, expected) => {
  // biome-ignore format: matrices
  const layer = new Embedding(4, 3, { maxNorm: 2.5, normType });
  layer.weight.assign(TABLE);
  const y = layer.forward(tensor([1, 3, 1], { dtype: "int32" }));
  y.sum().backward();
  const [rows, result] = [layer.weight.toArray() as number[][], y.toArray() as number[][]];
  for (const [i, row] of expected.entries()) for (const [j, value] of row.entries()) expect(rows[i][j]).toBeCloseTo(value, 5);
  expect(result).toEqual([rows[1], rows[3], rows[1]]);
  expect(layer.weight.grad?.toArray()).toEqual([[0, 0, 0], [2, 2, 2], [0, 0, 0], [1, 1, 1]]); // biome-ignore format: a matrix
});

test("errors", () => {
  expect(() => new Embedding(2 ** 33, 2)).toThrow("Parameter: shape [8589934592, 2] takes 64 GiB; linear memory holds ");
  const layer = new Embedding(3, 2);
  const look = (x: Tensor) => () => layer.forward(x);
  expect(look(tensor([0, 7], { dtype: "int32" }))).toThrow("embedding: index 7 at position 1 is outside 0 … 2, the rows of the table.");
  expect(look(tensor([-1], { dtype: "int32" }))).toThrow("embedding: index -1 at position 0 is outside 0 … 2, the rows of the table.");
  expect(look(tensor([0.5]))).toThrow(
    'Embedding: indices are float32 and element 0 is 0.5; expected whole numbers. Convert them with cast("int32").',
  );
  expect(look(tensor([true]))).toThrow("Embedding: indices have dtype bool; expected int32 or uint8.");
  expect(() => new Embedding(3, 2, { paddingIndex: 3 })).toThrow(
    "Embedding: paddingIndex is 3; expected a whole number from -3 to 2, or null.",
  );
  expect(() => new Embedding(3, 0)).toThrow("Embedding: size is 0; expected a whole number ≥ 1.");
  expect(() => new Embedding(3, 2, { padding: 0 } as never)).toThrow('Embedding: unknown option "padding". Known: paddingIndex');
});
