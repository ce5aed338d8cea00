import { describe, expect, test } from "vitest";
import { type Batch, Dense, findBatchSize, Linear, Model, memory, randn, Sequential, type Tensor } from "../../src/index.js";
import { kernelBuild, useKernels } from "../../src/kernels/load.js";
import { footprintOf } from "../../src/model/footprint.js";
import { rejection } from "../support/toy.js";

const network = (): Sequential => new Sequential([new Dense(64, { activation: "relu" }), new Dense(10)]);
const x = randn([4, 32]);
/** Parameters, five times: 32 · 64 + 64 + 64 · 10 + 10 numbers. */
const FIXED = 5 * 4 * (32 * 64 + 64 + 64 * 10 + 10);

describe("findBatchSize", () => {
  test.each([true, false])("is the greatest whose footprint fits, powers of two: %s", async (powersOfTwo) => {
    const model = network();
    const bytes = 300_000;
    const n = await findBatchSize(model, { x }, { memory: bytes, powersOfTwo });
    const taken = (samples: number): number =>
      FIXED + (footprintOf(model, [{ shape: [samples, 32], dtype: "float32" }])?.training ?? Infinity);
    expect(taken(n)).toBeLessThanOrEqual(bytes);
    expect(taken(powersOfTwo ? 2 * n : n + 1)).toBeGreaterThan(bytes);
    expect(Number.isInteger(Math.log2(n))).toBe(powersOfTwo);
    expect(n).toBeGreaterThan(100);
  });

  test("keeps to the maximum, and takes no memory", async () => {
    const model = network();
    const live: number[] = [];
    for (let i = 0; i < 4; i++) {
      expect(await findBatchSize(model, { x }, { maximum: 8 })).toBe(8);
      expect(await findBatchSize(model, { x }, { maximum: 11 })).toBe(8);
      expect(await findBatchSize(model, { x }, { maximum: 11, powersOfTwo: false })).toBe(11);
      live.push(memory().liveBytes);
    }
    expect(new Set(live).size).toBe(1);
  });

  test("refuses what is wrong", async () => {
    const of = (model: Model, options: object, data: Batch = { x }) => rejection(findBatchSize(model, data, options));
    expect(await of(network(), { memory: 0 })).toBe("ARGUMENT findBatchSize: memory is 0; expected a number > 0.");
    expect(await of(network(), { memory: 1000 })).toMatch(/^ARGUMENT findBatchSize: memory is 1000 bytes, and a batch of one sample takes/);
    expect(await of(network(), {}, [{ x }] as never)).toBe("ARGUMENT findBatchSize: the data are batches already. Give samples: { x }.");
    class Own extends Model {
      layer = new Linear(32, 4);
      override forward(input: Tensor): Tensor {
        return this.layer.forward(input);
      }
    }
    expect(await of(new Own(), {})).toContain("findBatchSize: the memory of a step is not known: Own is a class of your own");
    const build = kernelBuild();
    useKernels("js");
    try {
      expect(await of(network(), {})).toContain("the kernels in plain JavaScript plan no memory");
    } finally {
      useKernels(build);
    }
  });
});
