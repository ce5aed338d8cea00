import { describe, expect, test } from "vitest";
import { Perceptron } from "../../src/classic.js";
import { manualSeed, randn, tensor } from "../../src/index.js";

const CORNERS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];

test.each([
  ["and", [0, 0, 0, 1]],
  ["or", [0, 1, 1, 1]],
  ["not and", [1, 1, 1, 0]],
])("it learns %s", async (_name, y) => {
  const unit = await new Perceptron().fit(CORNERS, y);
  expect(unit.converged).toBe(true);
  expect(unit.predict(CORNERS).toArray()).toEqual(y);
  expect(unit.score(CORNERS, y)).toBe(1);
});

test("it never learns XOR", async () => {
  const unit = await new Perceptron({ epochs: 200 }).fit(CORNERS, [0, 1, 1, 0]);
  expect([unit.converged, unit.epochs]).toEqual([false, 200]);
  expect(unit.score(CORNERS, [0, 1, 1, 0])).toBeLessThanOrEqual(0.75);
});

test("by the rule: what is wrongly called 0 is added, what is wrongly called 1 is subtracted", async () => {
  const unit = await new Perceptron({ keepHistory: true }).fit(CORNERS, [0, 0, 0, 1]);
  // w₁, w₂, b by hand. At 0 the unit says 0, so that the first mistake is (1, 1).
  expect((unit.history.toArray() as number[][]).slice(0, 5)).toEqual([
    [0, 0, 0],
    [1, 1, 1],
    [1, 1, 0],
    [1, 0, -1],
    [2, 1, 0],
  ]);
  expect(unit.history.shape).toEqual([unit.mistakes + 1, 3]);
  expect([...(unit.weights.toArray() as number[]), unit.bias.item()]).toEqual((unit.history.toArray() as number[][]).at(-1));
});

test("the rate only scales the weights", async () => {
  const [one, half] = [new Perceptron(), new Perceptron({ learningRate: 0.5 })];
  await Promise.all([one.fit(CORNERS, [0, 0, 0, 1]), half.fit(CORNERS, [0, 0, 0, 1])]);
  expect(half.mistakes).toBe(one.mistakes);
  expect(half.weights.mul(2).toArray()).toEqual(one.weights.toArray());
});

test("with a margin it makes at most (R/γ)² mistakes", async () => {
  manualSeed(1);
  const all = (randn([300, 5]).toArray() as number[][]).map((x) => [...x, 1]);
  const w = [1, -2, 0.5, 0, 1, 0.3];
  const length = Math.sqrt(w.reduce((sum, v) => sum + v * v, 0));
  const heights = all.map((x) => x.reduce((sum, v, j) => sum + v * w[j], 0) / length);
  const kept = all.map((_, i) => i).filter((i) => Math.abs(heights[i]) > 0.2);
  const radius = Math.max(...kept.map((i) => all[i].reduce((sum, v) => sum + v * v, 0)));
  const unit = new Perceptron({ fitIntercept: false, shuffle: true, seed: 4 });
  await unit.fit(
    kept.map((i) => all[i]),
    kept.map((i) => Number(heights[i] > 0)),
  );
  expect(unit.converged).toBe(true);
  expect(unit.mistakes).toBeGreaterThan(0);
  expect(unit.mistakes).toBeLessThanOrEqual(radius / (0.2 * 0.2));
});

test("a unit for each of several classes", async () => {
  const x = tensor([
    [2, 0],
    [3, 1],
    [-1, 2],
    [-2, 3],
    [-1, -2],
    [0, -3],
  ]);
  const units = await new Perceptron().fit(x, [0, 0, 1, 1, 2, 2]);
  expect([units.weights.shape, units.bias.shape]).toEqual([[3, 2], [3]]);
  expect(units.predict(x).toArray()).toEqual([0, 0, 1, 1, 2, 2]);
});

test("orders are the same by seed", async () => {
  const x = tensor([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  const learn = async (seed: number) => (await new Perceptron({ shuffle: true, seed }).fit(x, [0, 0, 0, 1])).weights.toArray();
  expect(await learn(3)).toEqual(await learn(3));
});

describe("wrong calls", () => {
  test("are typed errors", async () => {
    expect(() => new Perceptron({ learningRate: 0 })).toThrow("Perceptron: learningRate is 0; expected a number > 0");
    await expect(new Perceptron().fit(CORNERS, [0, 0, 0, 0])).rejects.toThrow("Perceptron.fit: y holds label 0 alone");
    await expect(new Perceptron().fit(CORNERS, [0, 2, 0, 2])).rejects.toThrow("Perceptron.fit: class 1 of 3 has no samples. Labels are");
    await expect(new Perceptron().fit(CORNERS, [0, 1])).rejects.toMatchObject({ code: "SHAPE" });
    await expect(new Perceptron().fit(CORNERS, [0, 1, 0.5, 1])).rejects.toMatchObject({ code: "DTYPE" });
    await expect(new Perceptron().fit(CORNERS, [0, 1, -1, 1])).rejects.toThrow(/label -1 at sample 2 is outside 0 ….*0 stands for −1/);
    await expect(new Perceptron().fit({ x: CORNERS } as never, [0, 1, 1, 1])).rejects.toThrow(
      "x is an object; expected a tensor or nested",
    );
    const unit = await new Perceptron().fit(CORNERS, [0, 0, 0, 1]);
    expect(() => unit.history).toThrow("Perceptron.history: it was not kept. Make it with { keepHistory: true }.");
    expect(() => new Perceptron().weights).toThrow("Perceptron: it is not fitted");
  });
});
