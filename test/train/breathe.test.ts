import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Dense, Sequential } from "../../src/index.js";
import { blobs, rejection } from "../support/toy.js";

const compiled = (): Sequential => new Sequential([new Dense(3, { inputShape: [4] })]).compile({ optimizer: "sgd", loss: "crossEntropy" });
const data = blobs(60);

/** What lets the 60 batches of a walk over the data take 10 ms each by the clock. */
const WALKS: Record<string, (options: object) => Promise<unknown>> = {
  fit: (options) => compiled().fit(data, { batchSize: 1, verbose: 0, ...options }),
  "the validation of fit": (options) => {
    const one = { x: data.x.slice([[0, 1]]), y: data.y.slice([[0, 1]]) };
    return compiled().fit(one, { validationData: data, batchSize: 1, verbose: 0, ...options });
  },
  evaluate: (options) => compiled().evaluate(data, { batchSize: 1, ...options }),
  predict: (options) => compiled().predict(data.x, { batchSize: 1, ...options }),
};

describe.each(Object.entries(WALKS))("yieldEvery of %s", (name, walk) => {
  let turns = 0;
  beforeEach(() => {
    let now = 0;
    turns = 0;
    vi.spyOn(performance, "now").mockImplementation(() => {
      now += 10;
      return now;
    });
    const { setImmediate } = globalThis;
    vi.stubGlobal("setImmediate", (resolve: () => void) => {
      turns++;
      return setImmediate(resolve);
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  // A fit takes a turn when it ends.
  const turnsOf = async (options: object): Promise<number> => {
    await walk(options);
    return turns - (name.includes("fit") ? 1 : 0);
  };

  test("0: the event loop turns after every batch", async () => {
    expect(await turnsOf({ yieldEvery: 0 })).toBeGreaterThanOrEqual(60);
  });
  test("Infinity: it never does", async () => expect(await turnsOf({ yieldEvery: Number.POSITIVE_INFINITY })).toBe(0));
  test("between them as often as told; by default every 10 ms", async () => {
    const often = await turnsOf({ yieldEvery: 30 });
    expect(often).toBeGreaterThanOrEqual(10);
    expect(often).toBeLessThanOrEqual(31);
    turns = 0;
    expect(await turnsOf({})).toBeGreaterThanOrEqual(60);
  });
  test("other values are refused", async () => {
    expect(await rejection(walk({ yieldEvery: -1 }))).toMatch("yieldEvery is -1; expected a number ≥ 0.");
    expect(await rejection(walk({ yieldEvery: "auto" }))).toMatch('yieldEvery is "auto"; expected a number ≥ 0.');
  });
});
