import { expect, test } from "vitest";
import { type DType, type NestedNumbers, Parameter, tensor } from "../../src/index.js";

/** Two graphs that are small enough to go through by hand. */

test("f = σ(w₀x₀ + w₁x₁ + w₂): the gradients of a neuron", () => {
  const w = [2, -3, -3].map((value) => new Parameter(tensor(value)));
  const x = [-1, -2].map((value) => tensor(value, { requiresGrad: true }));
  const f = w[0].mul(x[0]).add(w[1].mul(x[1])).add(w[2]).sigmoid();
  expect(f.item()).toBeCloseTo(0.7311, 4);
  f.backward();
  const twoDigits = [...w, ...x].map(({ grad }) => grad?.item().toFixed(2));
  expect(twoDigits).toEqual(["-0.20", "-0.39", "0.20", "0.39", "-0.59"]);
  // σ′(1) = σ(1)(1 − σ(1)), times the other factor.
  const slope = 0.19661193324148185;
  [-slope, -2 * slope, slope, 2 * slope, -3 * slope].forEach((exact, i) => {
    expect([...w, ...x][i].grad?.item()).toBeCloseTo(exact, 6);
  });
});

for (const dtype of ["float32", "float64"] as DType[]) {
  test(`two layers, ReLU, squared error, one step of gradient descent (${dtype})`, () => {
    const parameter = (values: number | number[] | number[][]): Parameter => new Parameter(tensor(values, { dtype }));
    const x = tensor([-5, 2], { dtype });
    const W1 = parameter([
      [1, 4],
      [2, 1],
    ]);
    const [b1, w2, b2] = [parameter([3, -2]), parameter([2, 3]), parameter(-2)];
    // Weights are stored [out, in]: h = ReLU(W₁x + b₁).
    const h = W1.matmul(x).add(b1).relu();
    const prediction = h.dot(w2).add(b2);
    const loss = prediction.sub(8).square();
    expect(h.toArray()).toEqual([6, 0]);
    expect(prediction.item()).toBe(10);
    expect(loss.item()).toBe(4);

    loss.backward();
    const gradients = (): NestedNumbers[] => [W1, b1, w2, b2].map(({ grad }) => grad?.toArray() as NestedNumbers);
    // Neuron by neuron: −40, 16, bias 8; 0, 0, bias 0; the output 24, 0, bias 4.
    expect(gradients()).toEqual([
      [
        [-40, 16],
        [0, 0],
      ],
      [8, 0],
      [24, 0],
      4,
    ]);

    for (const each of [W1, b1, w2, b2]) each.addScaled(each.grad as NonNullable<typeof each.grad>, -0.002);
    const digits = dtype === "float32" ? 6 : 14;
    const expected = [1.08, 3.968, 2, 1, 2.984, -2, 1.952, 3, -2.008];
    const found = [W1, b1, w2, b2].flatMap((each) => Array.from(each.data));
    expected.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, digits);
    });
    // What had no gradient is untouched to the bit.
    expect([found[2], found[3], found[5], found[7]]).toEqual([2, 1, -2, 3]);
  });
}
