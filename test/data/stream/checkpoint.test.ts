import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataStream, weightedSamples } from "../../../src/data.js";
import { Dense, Dropout, Lambda, manualSeed, randn, Sequential, type Tensor } from "../../../src/index.js";
import { rejection } from "../../support/errors.js";
import { bits, blobs } from "../../support/toy.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "simdgrad-stream-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

class Killed extends Error {}

type Batches = DataStream<{ x: Tensor; y: Tensor }>;
type Samples = ReturnType<typeof blobs>;

const records = ({ x, y }: Samples): DataStream<{ x: Tensor; y: Tensor }> =>
  DataStream.from(Array.from({ length: x.shape[0] }, (_, i) => i)).map((i) => ({ x: x.slice([i]).add(randn([4])), y: y.slice([i]) }));

/** Streams in which much is random. */
const STREAMS: Record<string, (samples: Samples) => Batches> = {
  "shuffled, augmented, prefetched": (samples) => records(samples).shuffle(20).batch(8).prefetch(3),
  "shuffled batches": (samples) => DataStream.from(samples).batch(8).shuffle(4),
  "repeated and filtered": (samples) =>
    records(samples)
      .filter(() => randn([1]).item() > -1)
      .shuffle(50)
      .repeat(2)
      .batch(8),
  "drawn from several": (samples) =>
    DataStream.sample([records(samples).shuffle(9), DataStream.from(samples)], { weights: [2, 1] }).batch(8),
  "several at once": (samples) =>
    records(samples)
      .map(async (record) => record, { concurrency: 4 })
      .shuffle(10)
      .batch(8),
  balanced: (samples) => weightedSamples(samples, "balanced").batch(8),
  calm: (samples) => DataStream.from(samples).batch(8),
};

describe.each(Object.entries(STREAMS))("a training on a stream, %s,", (_, stream) => {
  test.each([
    ["captured", { capture: true }],
    ["not captured", { capture: false }],
    ["with epochs of five steps", { stepsPerEpoch: 5 }],
  ] as const)("that is killed and resumed ends with the bits of one that was not, %s", async (_, options) => {
    manualSeed(3);
    const samples = blobs(60);
    const path = join(folder, "run.safetensors");
    const train = async (kill: number | null, checkpointed: boolean): Promise<unknown> => {
      const model = new Sequential([
        new Dense(8, { inputShape: [4], activation: "relu" }),
        new Dropout(0.3),
        new Lambda((x) => x.add(randn(x.shape))),
        new Dense(3),
      ]);
      model.compile({ optimizer: "adam", loss: "crossEntropy" });
      const onBatchEnd = (): void => {
        if (kill !== null && kill-- === 0) throw new Killed();
      };
      const { history } = await model.fit(stream(samples), {
        epochs: 3,
        validationData: DataStream.from(samples).batch(16),
        callbacks: [{ onBatchEnd }],
        verbose: 0,
        ...options,
        ...(checkpointed && { checkpoint: { path, every: "3 steps" }, resume: true }),
      });
      return { history, bits: bits(model) };
    };
    manualSeed(7);
    const whole = await train(null, false);
    manualSeed(7);
    for (const [i, kill] of [4, 5, 3].entries()) {
      await expect(train(kill, true)).rejects.toThrow(Killed);
      expect(existsSync(path)).toBe(true);
      manualSeed(1000 + i);
    }
    expect(await train(null, true)).toEqual(whole);
  });
});

describe("a stream that can be walked once", () => {
  test("is refused for resuming, with the reason", async () => {
    const path = join(folder, "run.safetensors");
    const train = async (data: Batches, resume: boolean): Promise<unknown> => {
      const model = new Sequential([new Dense(3, { inputShape: [4] })]).compile({ optimizer: "adam", loss: "crossEntropy" });
      return model.fit(data, { epochs: resume ? 2 : 1, checkpoint: { path }, resume, verbose: 0 });
    };
    const once = (): Batches => DataStream.from(DataStream.from(blobs(20)).batch(5)[Symbol.asyncIterator]()) as Batches;
    await train(once(), false);
    expect(await rejection(() => train(once().prefetch(2), true))).toMatch(
      /^ARGUMENT fit: a training on these data cannot be resumed: the source is an iterator, .* once\. Give an iterable/,
    );
  });
});
