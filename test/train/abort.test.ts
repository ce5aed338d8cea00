import { describe, expect, test } from "vitest";
import { batches, Dense, Sequential } from "../../src/index.js";
import { blobs } from "../support/toy.js";

const compiled = (): Sequential => new Sequential([new Dense(3, { inputShape: [4] })]).compile({ optimizer: "sgd", loss: "crossEntropy" });

describe("an abort", () => {
  test("rejects with the signal's reason and keeps the history", async () => {
    const controller = new AbortController();
    const reason = { why: "mine" };
    const model = compiled();
    const onEpochEnd = (epoch: number) => {
      if (epoch === 1) controller.abort(reason);
    };
    let ended = false;
    const onTrainEnd = () => {
      ended = true;
    };
    const fitted = model.fit(blobs(), { epochs: 5, callbacks: [{ onEpochEnd, onTrainEnd }], verbose: 0, signal: controller.signal });
    await expect(fitted).rejects.toBe(reason);
    expect(model.history?.epoch).toEqual([0, 1]);
    expect(model.history?.history.loss.length).toBe(2);
    expect(ended).toBe(true);
    await model.fit(blobs(), { verbose: 0 });
  });

  test("between two batches ends the epoch there", async () => {
    const controller = new AbortController();
    const model = compiled();
    let count = 0;
    const onBatchEnd = () => {
      if (++count === 2) controller.abort();
    };
    const error = await model
      .fit(blobs(), { batchSize: 8, callbacks: [{ onBatchEnd }], verbose: 0, signal: controller.signal })
      .catch((e) => e);
    expect(error.name).toBe("AbortError");
    expect([count, model.optimizer.stepCount, model.history?.epoch]).toEqual([2, 2, []]);
  });

  test("before the start trains nothing", async () => {
    const model = compiled();
    const signal = AbortSignal.abort("no");
    await expect(model.fit(blobs(), { verbose: 0, signal })).rejects.toBe("no");
    await expect(model.evaluate(blobs(), { signal })).rejects.toBe("no");
    await expect(model.predict(blobs().x, { signal })).rejects.toBe("no");
    expect(model.optimizer.stepCount).toBe(0);
  });

  test("in validation too", async () => {
    const controller = new AbortController();
    async function* validation() {
      yield* batches(blobs(8), 4);
      controller.abort("in validation");
      yield* batches(blobs(8), 4);
    }
    const model = compiled();
    await expect(model.fit(blobs(), { validationData: validation(), verbose: 0, signal: controller.signal })).rejects.toBe("in validation");
    expect(model.history?.epoch).toEqual([]);
  });

  test("does not wait for a batch that never comes, and tells its maker", async () => {
    const controller = new AbortController();
    let asked = 0;
    let told = false;
    const forever = {
      [Symbol.asyncIterator]: () => ({
        next: () => (++asked === 1 ? Promise.resolve({ done: false as const, value: blobs(8) }) : new Promise<never>(() => {})),
        return: async () => {
          told = true;
          return { done: true as const, value: undefined };
        },
      }),
    };
    setTimeout(() => controller.abort("tired of waiting"), 20);
    await expect(compiled().fit(forever, { verbose: 0, signal: controller.signal })).rejects.toBe("tired of waiting");
    expect([asked, told]).toEqual([2, true]);
  });

  test("after the end changes nothing", async () => {
    const controller = new AbortController();
    async function* data() {
      yield* batches(blobs(8), 4);
    }
    const history = await compiled().fit(data(), { verbose: 0, signal: controller.signal });
    controller.abort();
    expect(history.epoch).toEqual([0]);
  });
});

test("an error of an iterable comes out as it is", async () => {
  const mine = new Error("mine");
  async function* broken() {
    yield* batches(blobs(8), 4);
    throw mine;
  }
  await expect(compiled().fit(broken(), { verbose: 0 })).rejects.toBe(mine);
  await expect(compiled().fit(broken(), { verbose: 0, signal: new AbortController().signal })).rejects.toBe(mine);
});
