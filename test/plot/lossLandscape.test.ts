import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BatchNorm1d, Dense, Linear, manualSeed, randn, Sequential, tensor } from "../../src/index.js";
import { landscapeFigure } from "../../src/plot/figures/lossLandscape.js";
import { filterNormalised } from "../../src/plot/landscape/directions.js";
import { landscapeFrom, landscapeText } from "../../src/plot/landscape/gridFile.js";
import { heightsOf, lossText, lossTicks } from "../../src/plot/landscape/heights.js";
import { lossLandscape } from "../../src/plot/landscape/lossLandscape.js";
import { belowCeiling, project } from "../../src/plot/landscape/surfacePanel.js";
import { seedOf } from "../../src/tensor/seed.js";
import { folderOf } from "../support/folder.js";
import { read } from "../support/repository.js";
import { blobs, rejection } from "../support/toy.js";

const norm = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));

function network(): Sequential {
  manualSeed(3);
  return new Sequential([new Linear(4, 8), new BatchNorm1d(8, { activation: "relu" }), new Linear(8, 3)]).compile({
    optimizer: "sgd",
    loss: "crossEntropy",
  });
}

const state = (model: Sequential) => [...model.parameters(), ...model.namedBuffers().values()].map(({ data }) => Array.from(data));

describe("filterNormalised", () => {
  test("each filter has the norm of the model's; parameters of one axis have none", () => {
    const [weight, bias, filters] = [randn([5, 7]), randn([5]), randn([4, 3, 2, 2])];
    const [first, none, third] = filterNormalised([weight, bias, filters], seedOf(1));
    expect(none).toBeNull();
    for (const [parameter, direction, length] of [
      [weight, first, 7],
      [filters, third, 12],
    ] as const) {
      for (let i = 0; i < parameter.shape[0]; i++) {
        const part = [i * length, (i + 1) * length] as const;
        expect(norm((direction as Float64Array).slice(...part))).toBeCloseTo(norm(parameter.data.slice(...part)), 6);
      }
    }
  });

  test("a filter of zeros stays", () => {
    const [direction] = filterNormalised([tensor([[0, 0], [3, 4]])], seedOf(1)); // biome-ignore format: rows
    expect([norm(direction?.slice(0, 2) ?? []), norm(direction?.slice(2) ?? [])]).toEqual([0, expect.closeTo(5, 6)]);
  });

  test("two directions of one seed differ, and come again from it", () => {
    const weight = randn([2, 3]);
    const seed = seedOf(5);
    const [first, second] = [filterNormalised([weight], seed), filterNormalised([weight], seed)];
    expect(first).not.toEqual(second);
    expect(filterNormalised([weight], seedOf(5))).toEqual(first);
  });
});

describe("lossLandscape", () => {
  test("of a quadratic loss is the paraboloid, point for point", async () => {
    const layer = new Linear(3, 1, { bias: false });
    const model = new Sequential([layer]).compile({ optimizer: "sgd", loss: "mse" });
    const [x, y] = [randn([16, 3]), randn([16, 1])];
    const { alphas, betas, losses, centre } = await lossLandscape(model, { x, y }, { points: 5, span: 2, seed: 7 });
    const seed = seedOf(7);
    const [d1, d2] = [0, 1].map(() => filterNormalised([layer.weight], seed)[0] as Float64Array);
    const [w, rows, targets] = [layer.weight.data, x.data, y.data];
    const lossAt = (alpha: number, beta: number): number => {
      let sum = 0;
      for (let n = 0; n < 16; n++) {
        let error = -targets[n];
        for (let i = 0; i < 3; i++) error += rows[3 * n + i] * (w[i] + alpha * d1[i] + beta * d2[i]);
        sum += error * error;
      }
      return sum / 16;
    };
    for (const [i, alpha] of alphas.entries())
      for (const [j, beta] of betas.entries()) expect(losses[i][j]).toBeCloseTo(lossAt(alpha, beta), 4);
    expect(losses[2][2]).toBe(centre);
  });

  test("has the model's loss in the middle, and leaves the model as it was, to the bit", async () => {
    const model = network();
    const data = blobs(40);
    await model.fit(data, { epochs: 1, verbose: 0 });
    const before = state(model);
    const { loss } = await model.evaluate(data);
    const seen: number[] = [];
    const { losses, alphas, centre } = await lossLandscape(model, data, { points: 3, onProgress: ({ done }) => seen.push(done) });
    expect(alphas).toEqual([-1, 0, 1]);
    expect(losses[1][1]).toBe(loss);
    expect(centre).toBe(loss);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(state(model)).toEqual(before);
    expect(await lossLandscape(model, data, { points: 3 })).toEqual(expect.objectContaining({ losses }));
    expect((await lossLandscape(model, data, { points: 3, seed: 1 })).losses).not.toEqual(losses);
  });

  test("goes on from its file where it was ended, and comes to the same numbers", async () => {
    const model = network();
    const data = blobs(40);
    const file = join(folderOf({}), "losses.json");
    const whole = await lossLandscape(model, data, { points: 4 });
    const before = state(model);
    const ending = new AbortController();
    const onProgress = ({ done }: { done: number }) => done === 6 && ending.abort(new Error("enough"));
    await expect(lossLandscape(model, data, { points: 4, file, onProgress, signal: ending.signal })).rejects.toThrow("enough");
    expect(state(model)).toEqual(before);
    expect(JSON.parse(readFileSync(file, "utf8")).losses).toEqual(whole.losses.flat().slice(0, 6));
    const dones: number[] = [];
    expect(await lossLandscape(model, data, { points: 4, file, onProgress: ({ done }) => dones.push(done) })).toEqual(whole);
    expect(dones[0]).toBe(7);
    expect(existsSync(file)).toBe(true);
    // Another model, other data, another grid.
    expect(await rejection(lossLandscape(model, blobs(41), { points: 4, file }))).toMatch(/losses of another model.*Delete it/);
    expect(await rejection(lossLandscape(model, data, { points: 5, file }))).toMatch(/another grid/);
    expect(await rejection(lossLandscape(model, data, { points: 4, span: 2, file }))).toMatch(/another grid/);
    writeFileSync(file, "{");
    expect(await rejection(lossLandscape(model, data, { points: 4, file }))).toMatch(/holds no losses of a landscape/);
  });

  test("wants a model that is compiled", async () => {
    const data = blobs(10);
    expect(await rejection(lossLandscape({} as never, data))).toMatch(/the model is an object; expected a Model/);
    expect(await rejection(lossLandscape(new Sequential([new Dense(3)]), data))).toMatch(/not compiled/);
  });

  test("as a text keeps losses that are not finite", () => {
    const landscape = { title: "t", alphas: [-1, 1], betas: [-1, 1], losses: [[1, Number.NaN], [Number.POSITIVE_INFINITY, 2.5]], centre: 1 }; // biome-ignore format: rows
    expect(landscapeFrom(landscapeText(landscape))).toEqual(landscape);
  });
});

describe("landscapeFigure", () => {
  const landscape = (losses: number[][]) => ({ title: "net", alphas: [-1, 0, 1], betas: [-1, 0, 1], losses, centre: losses[1][1] });
  const bowl = landscape([[100, 10, 100], [10, 1, 10], [100, 10, Number.POSITIVE_INFINITY]]); // biome-ignore format: rows

  test("heights are logarithms of losses, up to the ceiling and beyond", () => {
    const { height, log, ceiling } = heightsOf("test", [bowl], undefined, undefined);
    expect([log, ceiling]).toEqual([true, 100]);
    expect([1, 10, 100, 1000].map(height)).toEqual([0, 0.5, 1, 1.5].map((value) => expect.closeTo(value, 12)));
    expect(height(Number.NaN)).toBeGreaterThan(1);
    const linear = heightsOf("test", [landscape([[0, 1, 2], [0, 1, 2], [0, 1, 4]])], undefined, undefined); // biome-ignore format: rows
    expect([linear.log, linear.height(1)]).toEqual([false, 0.25]);
    expect(lossTicks(linear)).toEqual([0, 1, 2, 3, 4]);
    expect(lossTicks(heightsOf("test", [bowl], true, 60))).toEqual([1, 2, 5, 10, 20, 50]);
    expect([0.30000001, 20, 3e5].map(lossText)).toEqual(["0.3", "20", "3e5"]);
  });

  test("what is above the ceiling is cut off where it is reached", () => {
    expect(belowCeiling([[0, 0, 0], [1, 0, 2], [1, 1, 2], [0, 1, 0]])).toEqual([[0, 0, 0], [0.5, 0, 1], [0.5, 1, 1], [0, 1, 0]]); // biome-ignore format: corners
    expect(belowCeiling([[0, 0, 3], [1, 0, 2], [1, 1, 2]])).toEqual([]); // biome-ignore format: corners
  });

  test("quadrangles are drawn from the farthest to the nearest", () => {
    const corners = [[-1, -1], [1, -1], [-1, 1], [1, 1]].map(([x, y]) => project([x, y, 0])); // biome-ignore format: corners
    // The farther a corner of the floor is, the higher it stands in the picture.
    const byDepth = [...corners].sort((a, b) => b.depth - a.depth);
    expect(byDepth.map(({ at }) => at[1])).toEqual([...byDepth.map(({ at }) => at[1])].sort((a, b) => a - b));
    expect(project([0, 0, 1]).at[1]).toBeLessThan(project([0, 0, 0]).at[1]);
  });

  test("draws one landscape and several, as surfaces and as contours", async () => {
    const both = await landscapeFigure([bowl, { ...bowl, title: "other" }]);
    for (const word of ["net", "other", "loss", "α", "step β along d₂"]) expect(both.svg).toContain(`>${word}<`);
    expect(both.svg).not.toMatch(/NaN|Infinity/);
    const quads = (svg: string) => svg.split('stroke-linejoin="round"').length - 1;
    expect([quads(both.svg), quads((await landscapeFigure(bowl, { view: "surface" })).svg), quads((await landscapeFigure(bowl, { view: "contour" })).svg)]).toEqual([8, 4, 0]); // biome-ignore format: counts
    await expect(landscapeFigure({} as never)).rejects.toThrow(
      "landscapeFigure: the landscape is an object; expected what lossLandscape returned",
    );
    await expect(landscapeFigure(bowl, { ceiling: 0.5 })).rejects.toThrow("ceiling is 0.5; expected more than the least loss, 1");
  });
});

describe("the landscapes of ResNet-56 that the docs show", () => {
  const [plain, skips] = ["resnet56-plain", "resnet56"].map((name) => landscapeFrom(read(`test/fixtures/landscapes/${name}.json`)));

  test("have 21 × 21 points around the network, which is a hole without skips and a bowl with them", () => {
    for (const { losses, centre } of [plain, skips]) {
      expect([losses.length, losses[0].length, losses[10][10]]).toEqual([21, 21, centre]);
      expect(losses.flat().filter((loss) => loss < centre / 1.2)).toEqual([]);
    }
    const median = ({ losses }: typeof plain) =>
      losses
        .flat()
        .filter(Number.isFinite)
        .sort((a, b) => a - b)[220];
    expect(median(plain)).toBeGreaterThan(20 * median(skips));
    expect(plain.losses[0][0]).toBeGreaterThan(1000 * skips.losses[0][0]);
  });

  test("are the picture of the docs", async () => {
    expect(`${(await landscapeFigure([plain, skips])).svg}\n`).toBe(read("docs/figures/loss-landscape.svg"));
  });
});
