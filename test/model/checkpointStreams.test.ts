import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CharTokenizer, DataStream, randomCrop, tokenCrossEntropy, transformed, windowBatches } from "../../src/data.js";
import { Conv2d, Dense, Dropout, Flatten, type Model, manualSeed, randint, randn, Sequential } from "../../src/index.js";
import { charModel } from "../../src/models.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "simdgrad-checkpoint-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

class Killed extends Error {}

type FitOptions = NonNullable<Parameters<Model["fit"]>[1]>;
type Callbacks = NonNullable<FitOptions["callbacks"]>;

type Case = {
  loss?: typeof tokenCrossEntropy;
  data: () => Parameters<Model["fit"]>[0];
  model: () => Model;
  options?: FitOptions;
};

const images = () => {
  manualSeed(1);
  return { x: randn([70, 1, 6, 6]), y: randint(0, 3, [70]) };
};

const records = () => {
  const { x, y } = images();
  const [pixels, labels] = [x.reshape([70, 36]).toArray() as number[][], y.toArray() as number[]];
  return pixels.map((one, i) => ({ x: one, y: labels[i] }));
};

const network = () => new Sequential([new Flatten(), new Dense(8, { activation: "relu" }), new Dropout(0.2), new Dense(3)]);
const convolution = () => new Sequential([new Conv2d(1, 3, 3, { activation: "relu" }), new Flatten(), new Dense(3)]);
const text = "to be or not to be that is the question ".repeat(4);
const tokens = CharTokenizer.fit(text);

const CASES: Record<string, Case> = {
  "images that are cropped": {
    data: () => transformed(images(), randomCrop({ size: 6, padding: 1 }), { batchSize: 16 }),
    model: convolution,
  },
  "images that are cropped under a seed of their own": {
    data: () => transformed(images(), randomCrop({ size: 6, padding: 1 }), { batchSize: 16, seed: 9 }),
    model: convolution,
  },
  "windows of a text under a seed of their own": {
    data: () => windowBatches(tokens.encode(text), { batchSize: 4, length: 8, steps: 5, seed: 2 }),
    model: () => charModel(tokens.size, { embedding: 4, hidden: 5, dropout: 0.1 }) as unknown as Model,
    loss: tokenCrossEntropy,
  },
  "a stream that is shuffled, mapped and batched": {
    data: () =>
      DataStream.from(records())
        .shuffle(20)
        .map(({ x, y }) => ({ x: x.map((value) => 2 * value), y }))
        .batch(16)
        .prefetch(2),
    model: network,
  },
  "a stream in epochs of other lengths than a pass": {
    data: () => DataStream.from(records()).shuffle(20).batch(16),
    model: network,
    options: { stepsPerEpoch: 7 },
  },
  "a stream without an end": {
    data: () => DataStream.from(records()).shuffle(20).repeat().batch(16),
    model: network,
    options: { stepsPerEpoch: 4 },
  },
};

async function run({ data, model: build, loss = "crossEntropy" as never, options }: Case, kills: readonly number[]): Promise<number[][]> {
  const path = join(folder, "run.safetensors");
  const keeping = kills.length === 0 ? {} : { checkpoint: { path, every: 1 }, resume: true };
  for (const kill of [...kills, null]) {
    manualSeed(5);
    const model = build();
    model.compile({ optimizer: "adam", loss, metrics: loss === tokenCrossEntropy ? [] : ["accuracy"] });
    let left = kill ?? Infinity;
    const killer = {
      onBatchEnd: () => {
        if (left-- === 0) throw new Killed();
      },
    };
    const fit = model.fit(data(), { epochs: 3, verbose: 0, ...options, ...keeping, callbacks: [killer] });
    if (kill !== null) await expect(fit).rejects.toThrow(Killed);
    else await fit;
    if (kill === null) return [...model.stateDict().values()].map((value) => [...value.data]);
  }
  return [];
}

test.each(Object.entries(CASES))("a training on %s is resumed bit for bit", async (_, one) => {
  const expected = await run(one, []);
  expect(await run(one, [2, 6, 3])).toEqual(expected);
});

test("an abort before the first batch of an epoch, in a training that went on behind the last of the one before", async () => {
  const checkpoint = { path: join(folder, "run.safetensors"), every: 3 };
  const stream = () => DataStream.from(records()).shuffle(20);
  const train = async (callbacks: Callbacks, more: FitOptions) => {
    const model = network();
    model.compile({ optimizer: "adam", loss: "crossEntropy" });
    const settings = { epochs: 4, stepsPerEpoch: 3, validationData: stream().take(30).batch(16), verbose: 0 } as const;
    const { history } = await model.fit(stream().batch(16), { ...settings, callbacks, ...more });
    return [history, [...model.stateDict().values()].map((one) => one.toArray())];
  };
  manualSeed(5);
  const expected = await train([], {});
  manualSeed(5);
  const fail = () => {
    throw new Killed();
  };
  await expect(train([{ onValidationBegin: fail }], { checkpoint })).rejects.toThrow(Killed);
  const controller = new AbortController();
  const abort = () => controller.abort(new Killed());
  const again = { checkpoint, resume: true };
  await expect(train([{ onEpochEnd: abort }], { ...again, signal: controller.signal })).rejects.toThrow(Killed);
  expect(await train([], again)).toEqual(expected);
});
