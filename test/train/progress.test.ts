import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Dense, ProgressBar, Sequential, SGD } from "../../src/index.js";
import { blobs } from "../support/toy.js";

let now = 0;
beforeEach(() => {
  now = 1000;
  // Every look at the clock is 20 ms later.
  vi.spyOn(performance, "now").mockImplementation(() => {
    now += 20;
    return now;
  });
});
afterEach(() => vi.restoreAllMocks());

/** What fit writes, at a learning rate of 0, so that the figures stay. */
async function written(terminal: { isTTY?: boolean; columns?: number }, options: object = {}): Promise<string[]> {
  const texts: string[] = [];
  const out = { ...terminal, write: (text: string) => void texts.push(text) };
  const model = new Sequential([new Dense(3, { inputShape: [4], weightInitializer: "zeros" })]);
  model.compile({ optimizer: new SGD({ learningRate: 0 }), loss: "crossEntropy", metrics: ["accuracy"] });
  await model
    .fit(blobs(30), { epochs: 2, batchSize: 3, callbacks: [new ProgressBar(out)], verbose: 0, ...options })
    .catch((error) => texts.push(String(error)));
  return texts;
}

describe("in a pipe", () => {
  test("one plain line an epoch", async () => {
    const lines = await written({});
    expect(lines).toEqual([
      expect.stringMatching(/^epoch 1\/2 {2}\d+(\.\d)? s {2}loss 1\.099 {2}accuracy 0\.3333\n$/),
      expect.stringMatching(/^epoch 2\/2 {2}\d+(\.\d)? s {2}loss 1\.099 {2}accuracy 0\.3333\n$/),
    ]);
  });
  test("with the figures of the validation", async () => {
    expect((await written({}, { epochs: 1, validationSplit: 0.5 }))[0]).toMatch(
      / {2}loss 1\.099 {2}accuracy 0\.3333 {2}valLoss 1\.099 {2}valAccuracy 0\.3333\n$/,
    );
  });
});

describe("in a terminal", () => {
  const erase = "\r\x1b[2K";

  test("a bar with rate, time left and figures; at an epoch's end a line that stays", async () => {
    const texts = await written({ isTTY: true, columns: 200 });
    const ends = texts.filter((text) => text.endsWith("\n"));
    const bars = texts.filter((text) => !text.endsWith("\n"));
    expect(texts.every((text) => text.startsWith(erase))).toBe(true);
    expect(ends.length).toBe(2);
    // Behind the figures the curve of the loss, once it has two points.
    expect(ends.map((text) => /\d( {2}[▁▂▃▄▅▆▇█]+)?\n$/.exec(text)?.[1])).toEqual([undefined, "  ▁▁"]);
    expect(bars.length).toBeGreaterThan(3);
    expect(bars[1].slice(erase.length)).toMatch(
      /^epoch 1\/2 █+░+ \d+\/10 {2}\d+\/s {2}\d+(\.\d)? s left {2}loss 1\.099 {2}accuracy 0\.\d+$/,
    );
    expect(bars[1]).toHaveLength(bars[1].replace(/[█░]+/, "█".repeat(24)).length);
    // Not more often than every 100 ms.
    expect(bars.length).toBeLessThan(20);
  });

  test("never wider than the terminal", async () => {
    for (const text of await written({ isTTY: true, columns: 40 }))
      expect(text.replace(erase, "").trimEnd().length).toBeLessThanOrEqual(39);
  });

  test("of an iterable nobody knows how much is left", async () => {
    const bars = (await written({ isTTY: true, columns: 200 })).length;
    expect(bars).toBeGreaterThan(0);
    const texts: string[] = [];
    const model = new Sequential([new Dense(3, { inputShape: [4] })]).compile({ optimizer: "sgd", loss: "crossEntropy" });
    const out = { isTTY: true, write: (text: string) => void texts.push(text) };
    await model.fit([blobs(6), blobs(6), blobs(6), blobs(6)], { callbacks: [new ProgressBar(out)], verbose: 0 });
    expect(texts[0].slice(erase.length)).toMatch(/^epoch 1\/1 1 {2}\d+\/s {2}loss \S+$/);
  });

  test("a bar that an abort leaves standing is ended", async () => {
    const controller = new AbortController();
    const onBatchEnd = (batch: number) => {
      if (batch === 4) controller.abort("enough");
    };
    const texts: string[] = [];
    const out = { isTTY: true, write: (text: string) => void texts.push(text) };
    const model = new Sequential([new Dense(3, { inputShape: [4] })]).compile({ optimizer: "sgd", loss: "crossEntropy" });
    const fitted = model.fit(blobs(30), {
      batchSize: 3,
      callbacks: [new ProgressBar(out), { onBatchEnd }],
      verbose: 0,
      signal: controller.signal,
    });
    await expect(fitted).rejects.toBe("enough");
    expect(texts.at(-1)).toBe("\n");
    expect(texts.at(-2)).not.toMatch(/\n$/);
  });
});

describe("fit", () => {
  test("writes to stderr, and nothing for verbose: 0", async () => {
    const write = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
    const model = new Sequential([new Dense(3, { inputShape: [4] })]).compile({ optimizer: "sgd", loss: "crossEntropy" });
    await model.fit(blobs(6), { verbose: 0 });
    expect(write).not.toHaveBeenCalled();
    await model.fit(blobs(6));
    expect(write).toHaveBeenCalled();
  });
});
