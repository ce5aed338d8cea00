import { describe, expect, test } from "vitest";
import { manualSeed, tensor } from "../../src/index.js";
import { batches, countBatches } from "../../src/train/batches.js";

const x = tensor([
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 4],
  [5, 5],
]);
const y = tensor([1, 2, 3, 4, 5], { dtype: "int32" });

describe("batches", () => {
  test("in order, the last smaller", () => {
    const all = [...batches({ x, y }, 2)];
    expect(all.map((batch) => batch.x.shape)).toEqual([
      [2, 2],
      [2, 2],
      [1, 2],
    ]);
    expect(all.map((batch) => Array.from(batch.y.data))).toEqual([[1, 2], [3, 4], [5]]);
    expect(all[0].y.dtype).toBe("int32");
    expect([...batches({ x, y }, 2, { dropLast: true })].length).toBe(2);
    expect(countBatches(5, 2)).toBe(3);
    expect(countBatches(5, 2, true)).toBe(2);
  });
  test("shuffled: every sample once, rows together, a new order each time, the same from the same seed", () => {
    const order = (): number[] =>
      [...batches({ x, y }, 2, { shuffle: true })].flatMap((batch) => {
        for (const [i, label] of Array.from(batch.y.data).entries()) expect(batch.x.data[2 * i]).toBe(label);
        return Array.from(batch.y.data);
      });
    manualSeed(3);
    const runs = [order(), order(), order()];
    for (const run of runs) expect([...run].sort()).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(runs.map(String)).size).toBeGreaterThan(1);
    manualSeed(3);
    expect(order()).toEqual(runs[0]);
  });
  test("several inputs; the types say so", () => {
    const [{ x: inputs, y: labels }] = batches({ x: [x, x], y }, 3);
    expect(inputs.map(({ shape }) => shape)).toEqual([
      [3, 2],
      [3, 2],
    ]);
    expect(labels.shape).toEqual([3]);
  });
  test("weights and arrays", () => {
    const [batch] = batches({ x: [[1], [2]], y: [0, 1], weight: [0.5, 2] }, 8);
    expect(batch.weight.toArray()).toEqual([0.5, 2]);
    expect(batch.x.toArray()).toEqual([[1], [2]]);
  });
  test("errors, at the call", () => {
    expect(() => batches({ x, y }, 2, { shufle: true } as never)).toThrow(
      'batches: unknown option "shufle". Known: shuffle, replacement, pass, skip, dropLast. Did you mean "shuffle"?',
    );
    expect(() => batches({ x }, 1.5)).toThrow("batches: batchSize is 1.5; expected a whole number ≥ 1.");
    expect(() => [...batches({ x, y: tensor([1, 2]) }, 2)]).toThrow("batches: x has 5 samples, y has shape [2]; expected [5, …].");
    expect(() => [...batches({ x }, 0)]).toThrow("batches: batchSize is 0; expected a whole number ≥ 1.");
    expect(() => [...batches({ y } as never, 2)]).toThrow(
      "batches: the data have no x. Give { x, y, weight? }, or an iterable of such batches.",
    );
  });
});
