import { describe, expect, test } from "vitest";
import { jointProbabilities, neighbourProbabilities } from "../../src/classic/affinities.js";
import { readRows } from "../../src/classic/samples.js";
import { divergence, Forces } from "../../src/classic/tsne.js";
import { TSNE } from "../../src/classic.js";
import { manualSeed, randn, type Tensor, tensor } from "../../src/index.js";
import { seedOf, underSeed } from "../../src/tensor/seed.js";

function normal(shape: number[], seed: number): Tensor {
  return underSeed(seedOf(seed), () => randn(shape, { dtype: "float64" }));
}

/** Three clusters of 20 samples in ten dimensions, 12 standard deviations apart; sample i is of cluster i % 3. */
function mixture(): Tensor {
  const x = normal([60, 10], 3).toArray() as number[][];
  return tensor(x.map((row, i) => row.map((value, k) => value + (k === i % 3 ? 12 : 0))));
}

describe("the neighbourhoods of t-SNE", () => {
  const rows = readRows("test", normal([50, 4], 1));

  test.each([2, 5, 30, 48])("have the perplexity %d, each row of them", (perplexity) => {
    const p = neighbourProbabilities(rows, perplexity);
    for (let i = 0; i < 50; i++) {
      const row = p.subarray(i * 50, (i + 1) * 50);
      const entropy = row.reduce((sum, value) => (value > 0 ? sum - value * Math.log(value) : sum), 0);
      expect(Math.exp(entropy) / perplexity).toBeCloseTo(1, 5);
      expect(row[i]).toBe(0);
      expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    }
  });

  test("are Gaussians of the distances", () => {
    const p = neighbourProbabilities(readRows("test", [[0], [1], [3], [7]]), 2);
    // ln p(j|i) falls in proportion to the squared distances, 1, 9 and 49 from the first.
    expect(Math.log(p[1] / p[2]) / Math.log(p[1] / p[3])).toBeCloseTo(8 / 48, 10);
  });

  test("are shared by both of a pair, and sum to 1", () => {
    const p = jointProbabilities(rows, 10);
    expect(p.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    expect(p[3 * 50 + 7]).toBe(p[7 * 50 + 3]);
  });

  test("of samples that are all the same are equal", () => {
    expect([...neighbourProbabilities(readRows("test", [[1], [1], [1], [1]]), 2)].filter((value) => value > 0)).toEqual(
      new Array(12).fill(1 / 3),
    );
  });
});

describe("TSNE", () => {
  test("descends along the gradient of the divergence", () => {
    const n = 12;
    const p = jointProbabilities(readRows("test", normal([n, 3], 2)), 4);
    const y = Float64Array.from(normal([n, 2], 5).view());
    const gradient = new Forces(n).at(p, y, 1);
    for (let i = 0; i < y.length; i++) {
      const moved = (by: number) =>
        divergence(
          p,
          Float64Array.from(y, (value, k) => (k === i ? value + by : value)),
          n,
        );
      expect(gradient[i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 8);
    }
  });

  test("has the divergence Σ p ln(p / q)", () => {
    const p = Float64Array.from([0, 0.2, 0.1, 0.2, 0, 0.2, 0.1, 0.2, 0]);
    const y = Float64Array.from([0, 0, 1, 0, 0, 2]);
    const weights = [1 / 2, 1 / 5, 1 / 6];
    const total = 2 * (weights[0] + weights[1] + weights[2]);
    const wanted = [0.2, 0.1, 0.2].reduce((sum, pair, k) => sum + 2 * pair * Math.log(pair / (weights[k] / total)), 0);
    expect(divergence(p, y, 3)).toBeCloseTo(wanted, 12);
  });

  test("parts the clusters of a mixture, and the divergence falls", async () => {
    const tsne = await new TSNE({ perplexity: 10, iterations: 500, seed: 1 }).fit(mixture());
    const y = tsne.embedding.toArray() as number[][];
    for (let i = 0; i < 60; i++) {
      const others = y.map(([a, b], j) => ({ j, distance: Math.hypot(a - y[i][0], b - y[i][1]) })).filter(({ j }) => j !== i);
      others.sort((one, other) => one.distance - other.distance);
      // The 19 others of the cluster are all nearer than anything else.
      expect(others.slice(0, 19).every(({ j }) => j % 3 === i % 3)).toBe(true);
    }
    const { divergences } = tsne;
    expect(divergences).toHaveLength(11);
    expect(divergences[0]).toBeGreaterThan(1);
    expect(tsne.divergence).toBeLessThan(0.5);
    // Without exaggeration, from step 250 on, it falls at every look.
    for (let k = 6; k < divergences.length; k++) expect(divergences[k]).toBeLessThanOrEqual(divergences[k - 1] + 1e-3);
    expect(Math.abs(tsne.embedding.mean().item())).toBeLessThan(1e-10);
  });

  test("gives the same for the same seed, and other places for another", async () => {
    const options = { perplexity: 5, iterations: 20 };
    const x = normal([20, 3], 4);
    const of = async (seed?: number) => (await new TSNE(seed === undefined ? options : { ...options, seed }).fit(x)).embedding.toArray();
    expect(await of(1)).toEqual(await of(1));
    expect(await of(1)).not.toEqual(await of(2));
    manualSeed(7);
    const [first, second] = [await of(), await of()];
    expect(first).not.toEqual(second);
    manualSeed(7);
    expect(await of()).toEqual(first);
  });

  test("says what is wrong", async () => {
    await expect(new TSNE({ perplexity: 30 }).fit(normal([31, 2], 1))).rejects.toThrow(
      "TSNE.fit: perplexity is 30, x has 31 samples; expected below n − 1 = 30",
    );
    await expect(new TSNE({ perplexity: 1 }).fit([[1], [2]])).rejects.toMatchObject({ code: "SHAPE" });
    expect(() => new TSNE({ perplexity: 0.5 })).toThrow(/perplexity is 0.5/);
    expect(() => new TSNE({ n_iter: 5 } as never)).toThrow(/iterations/);
    expect(() => new TSNE().embedding).toThrow(/not fitted/);
  });
});
