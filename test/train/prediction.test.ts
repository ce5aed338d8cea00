import { describe, expect, test, vi } from "vitest";
import {
  Activation,
  BatchNorm,
  crossEntropy,
  Dense,
  Dropout,
  Flatten,
  Identity,
  input,
  Lambda,
  LambdaCallback,
  Linear,
  Model,
  type Module,
  manualSeed,
  memory,
  noGrad,
  randint,
  randn,
  Sequential,
  type Tensor,
} from "../../src/index.js";
import { useKernels } from "../../src/kernels/load.js";
import { finalizers } from "../support/growth.js";
import { replaysDuring } from "../support/replays.js";

const x = randn([5, 6]);

function classifier(last: "softmax" | "linear" = "softmax"): Sequential {
  return new Sequential([new Dense(16, { activation: "relu" }), new BatchNorm(), new Dropout(0.5), new Dense(3, { activation: last })]);
}

/** What a forward in evaluation gives now, and nothing captured. */
function eager(model: Model, ...inputs: Tensor[]): number[][] {
  model.eval();
  const found: unknown = noGrad(() => model.forward(...inputs) as never);
  model.train();
  return ([found].flat() as Tensor[]).map(({ data }) => Array.from(data));
}

async function predicted(model: Model, ...inputs: Tensor[]): Promise<number[][]> {
  const found = await model.predict(inputs.length === 1 ? inputs[0] : inputs);
  return [found].flat().map(({ data }) => Array.from(data));
}

/** So many predictions, all of them the bits of a forward. */
async function expectForward(model: Model, times: number, ...inputs: Tensor[]): Promise<void> {
  const right = eager(model, ...inputs);
  for (let i = 0; i < times; i++) expect(await predicted(model, ...inputs)).toEqual(right);
}

describe("predict", () => {
  test("is captured, with the bits of a forward in evaluation; the modes stay as they were", async () => {
    const model = classifier();
    model.forward(randn([8, 6]));
    const replays = await replaysDuring(async () => {
      model.layers[1].eval();
      for (let i = 0; i < 6; i++) await model.predict(x);
      expect(model.layers.map(({ training }) => training)).toEqual([true, false, true, true]);
      await expectForward(model, 6, x);
      await expectForward(model, 6, randn([2, 6]));
    });
    expect(replays).toBeGreaterThanOrEqual(12);
  });

  test("of a lazy model, of batches with a smaller one last", async () => {
    const model = classifier();
    const many = randn([13, 6]);
    const runs: number[][] = [];
    const replays = await replaysDuring(async () => {
      for (let i = 0; i < 7; i++) runs.push(Array.from((await model.predict(many, { batchSize: 5 })).data));
    });
    expect(replays).toBeGreaterThanOrEqual(10);
    for (const run of runs) expect(run).toEqual(runs[0]);
  });

  test("of several inputs and outputs", async () => {
    const [a, b] = [input([6]), input([6])];
    const hidden = new Dense(4, { activation: "tanh" });
    const model = new Model({ inputs: [a, b], outputs: [new Dense(2).forward(hidden.forward(a)), hidden.forward(b)] });
    const replays = await replaysDuring(() => expectForward(model, 8, x, randn([5, 6])));
    expect(replays).toBeGreaterThanOrEqual(5);
  });

  test("answers with the weights of now: trained, loaded, written", async () => {
    const model = classifier();
    const y = randint(0, 3, [5]);
    model.compile({ optimizer: "adam", loss: "crossEntropy" });
    const other = classifier();
    other.forward(x);
    await expectForward(model, 5, x);
    await model.fit({ x, y }, { verbose: 0 });
    await expectForward(model, 5, x);
    model.loadStateDict(other.stateDict());
    await expectForward(model, 5, x);
    model.parameters()[0].fill(0.25);
    const replays = await replaysDuring(() => expectForward(model, 2, x));
    expect(replays).toBe(2);
  });

  test("answers with the layers of now", async () => {
    const model = classifier("linear");
    await expectForward(model, 5, x);
    (model.layers as Module[])[3] = new Dense(4);
    await expectForward(model, 5, x);
    model.add(new Dense(2));
    await expectForward(model, 5, x);
    (model.layers[3] as Dense).weight = new Linear(16, 4).weight;
    await expectForward(model, 5, x);
    const remove = model.layers[0].registerForwardHook((_module, _inputs, output) => (output as Tensor).mul(2));
    await expectForward(model, 5, x);
    remove();
    await expectForward(model, 5, x);
    model.add(new Lambda((z) => z.mul(3)));
    const replays = await replaysDuring(() => expectForward(model, 5, x));
    expect(replays).toBe(0);
  });

  test("between the batches of a fit that is captured too", async () => {
    const run = async (onBatchEnd: (model: Model) => Promise<void>) => {
      manualSeed(3);
      const model = classifier();
      model.compile({ optimizer: "adam", loss: "crossEntropy" });
      const data = { x: randn([40, 6]), y: randint(0, 3, [40]) };
      await model.fit(data, {
        epochs: 3,
        batchSize: 8,
        verbose: 0,
        callbacks: [new LambdaCallback({ onBatchEnd: () => onBatchEnd(model) })],
      });
      return [...model.stateDict()].map(([name, { data }]) => [name, Array.from(data)]);
    };
    expect(await run((model) => expectForward(model, 2, x))).toEqual(await run(async () => {}));
  });

  test.each([5, 2])("probabilities keep their logits for a loss, in batches of %i", async (batchSize) => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const [model, bare] = [classifier(), classifier("linear")];
    model.forward(x);
    bare.forward(x);
    bare.loadStateDict(model.stateDict());
    // Beyond what float32 tells from 1 after a softmax.
    for (const { layers } of [model, bare]) (layers[3] as Dense).weight.assign((layers[3] as Dense).weight.mul(300).detach());
    const y = randint(0, 3, [5]);
    const right = crossEntropy(await bare.predict(x, { batchSize }), y).item();
    for (let i = 0; i < 6; i++) expect(crossEntropy(await model.predict(x, { batchSize }), y).item()).toBe(right);
    vi.restoreAllMocks();
  });

  test.each([
    ["one batch", 5],
    ["several", 2],
  ])("gives data of its own, also where the model gives back its input; %s", async (_, batchSize) => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const y = randint(0, 3, [5]);
    for (const [layer, width] of [
      [new Identity(), 6],
      [new Flatten(), 6],
      [new Activation("softmax"), 3],
    ] as const) {
      const model = new Sequential([layer]);
      for (let i = 0; i < 5; i++) {
        const given = randn([5, width]);
        const found = await model.predict(given, { batchSize });
        const [right, loss] = [found.toArray(), width === 3 ? crossEntropy(found, y).item() : 0];
        given.fill(7);
        expect(found.toArray()).toEqual(right);
        if (width === 3) expect(crossEntropy(found, y).item()).toBe(loss);
      }
    }
    vi.restoreAllMocks();
  });

  test("runs in plain JavaScript as it is", async () => {
    useKernels("js");
    try {
      await expectForward(classifier(), 4, x);
    } finally {
      useKernels("relaxed");
    }
  });
});

describe("the memory of predict", () => {
  test("goes back with the model", async () => {
    await finalizers();
    const before = memory();
    await (async () => {
      for (let i = 0; i < 4; i++) {
        const model = classifier();
        for (let n = 0; n < 5; n++) await model.predict(x);
      }
    })();
    expect(memory().liveBytes).toBeGreaterThan(before.liveBytes);
    for (let i = 0; i < 20 && memory().liveBytes > before.liveBytes; i++) await finalizers();
    const after = memory();
    expect([after.liveBytes, after.liveBlocks, after.parameterBytes]).toEqual([before.liveBytes, before.liveBlocks, before.parameterBytes]);
  });

  test("is bounded, whatever the shapes; large batches take none for good", async () => {
    const model = classifier();
    await model.predict(x);
    const live: number[] = [];
    for (let round = 0; round < 2; round++) {
      for (let n = 1; n <= 30; n++) for (let i = 0; i < 4; i++) await model.predict(randn([n, 6]));
      live.push(memory().liveBytes);
    }
    expect(live[1]).toBe(live[0]);
    const large = randn([50_000, 6]);
    for (let i = 0; i < 4; i++) await model.predict(large, { batchSize: 50_000 });
    expect(memory().liveBytes).toBe(live[1]);
  });
});
