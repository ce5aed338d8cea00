/** What `fit` does about a loss or a gradient that is not finite: networks that are broken on purpose. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { forgetNotes } from "../../src/errors/note.js";
import {
  BatchNorm1d,
  type Callback,
  type CompileOptions,
  Dense,
  Dropout,
  ExponentialMovingAverage,
  FiniteGuard,
  type FitOptions,
  type History,
  type Incident,
  input,
  LambdaCallback,
  l2,
  Model,
  manualSeed,
  randint,
  randn,
  Sequential,
  setThreads,
  type Tensor,
  type TrainingData,
  tensor,
} from "../../src/index.js";
import type { SavedState } from "../../src/tensor/savedState.js";
import { bits, rejection } from "../support/toy.js";

interface Samples {
  x: Tensor;
  y: Tensor;
  weight?: Tensor;
}

beforeEach(() => {
  forgetNotes();
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => void vi.restoreAllMocks());

/** Batches of 8 samples; those of the numbers in `bad` have a NaN in them, and are missing where `without` says so. */
function batchesOf(count: number, bad: readonly number[], without = false): Samples[] {
  manualSeed(7);
  const all = Array.from({ length: count }, (_, i) => {
    const x = randn([8, 4]).data as Float32Array;
    if (bad.includes(i)) x[5] = Number.NaN;
    return { x: tensor(x, { shape: [8, 4] }), y: randint(0, 3, [8]) };
  });
  return without ? all.filter((_, i) => !bad.includes(i)) : all;
}

const normalized = (): Sequential => new Sequential([new Dense(8), new BatchNorm1d(null), new Dense(3)]);

async function train(data: Samples[] | Samples, options: FitOptions, compile: Partial<CompileOptions> = {}, net = normalized) {
  manualSeed(3);
  const model = net().compile({ optimizer: { name: "adam", learningRate: 0.05 }, loss: "crossEntropy", ...compile });
  const history = await model.fit(data, { verbose: 0, shuffle: false, epochs: 3, ...options });
  return { model, history, state: { ...bits(model), step: [model.optimizer.stepCount] } };
}

const places = ({ incidents }: History): string[] => incidents.map(({ epoch, batch }) => `${epoch}/${batch}`);

describe('"skip" is training without the batch, to the bit:', () => {
  const cases: [string, FitOptions, Partial<CompileOptions>][] = [
    ["batch normalization", {}, {}],
    ["metrics and class weights", { classWeight: [1, 2, 0.5] }, { metrics: ["accuracy"] }],
    ["clipping", {}, { optimizer: { name: "sgd", learningRate: 0.1, momentum: 0.9, globalClipNorm: 0.5 } }],
    ["SAM", {}, { optimizer: { name: "sam", optimizer: "sgd", rho: 0.05 } }],
    ["LBFGS", {}, { optimizer: { name: "lbfgs", maxIter: 3 } }],
    ["Lookahead", {}, { optimizer: { name: "lookahead", optimizer: "adam", k: 2 } }],
  ];
  for (const [name, options, compile] of cases) {
    for (const capture of [true, false]) {
      test(`${name}, ${capture ? "captured" : "not captured"}`, async () => {
        const all = { ...options, capture, epochs: 3 };
        const skipped = await train(batchesOf(7, [0, 3, 6]), { ...all, onNonFinite: "skip" }, compile);
        const expected = await train(batchesOf(7, [0, 3, 6], true), all, compile);
        expect(skipped.state).toEqual(expected.state);
        expect((skipped.model.captureStatus?.replays ?? 0) > 0).toBe(capture);
        expect(skipped.history.history).toEqual(expected.history.history);
        expect(places(skipped.history)).toEqual(["0/0", "0/3", "0/6", "1/0", "1/3", "1/6", "2/0", "2/3", "2/6"]);
        expect(skipped.history.steps.loss.filter((loss) => !Number.isNaN(loss))).toEqual(expected.history.steps.loss);
      });
    }
  }

  test("by threads", async () => {
    const run = () => train(batchesOf(6, [2, 4]), { onNonFinite: "skip" });
    const one = await run();
    await setThreads(2);
    try {
      expect((await run()).state).toEqual(one.state);
    } finally {
      await setThreads(1);
    }
  });

  test("a batch of several that make a step", async () => {
    for (const capture of [true, false]) {
      const options = { accumulate: 3, capture };
      const skipped = await train(batchesOf(8, [1, 4]), { ...options, onNonFinite: "skip" });
      const expected = await train(batchesOf(8, [1, 4], true), options);
      expect(skipped.state).toEqual(expected.state);
      expect(skipped.history.history).toEqual(expected.history.history);
    }
  });

  test("without an incident nothing differs from stop, nor does a lazy model that is built first", async () => {
    const stop = await train(batchesOf(5, []), {});
    for (const onNonFinite of ["skip", "rollback"] as const)
      expect((await train(batchesOf(5, []), { onNonFinite })).state).toEqual(stop.state);
  });
});

describe("captured or not, skip and rollback give the same bits", () => {
  const twoOutputs = (): Model => {
    const x = input([4]);
    const hidden = new Dense(8, { activation: "tanh" }).forward(x);
    return new Model({ inputs: x, outputs: { kind: new Dense(3).forward(hidden), size: new Dense(1).forward(hidden) } });
  };
  const dropping = (): Sequential => new Sequential([new Dense(8, { activation: "relu" }), new Dropout(0.5), new Dense(3)]);
  const outputs = { loss: ["crossEntropy", "mse"], lossWeights: [1, 0.5], penalty: l2(1e-3) } as unknown as Partial<CompileOptions>;
  const cases: [string, () => Model, Partial<CompileOptions>, (samples: Samples[]) => TrainingData][] = [
    ["dropout", dropping, {}, (samples) => samples],
    [
      "two outputs and a penalty",
      twoOutputs,
      outputs,
      (samples) => samples.map(({ x, y }) => ({ x, y: [y, x.slice([null, 0]).unsqueeze(1)] })),
    ],
    [
      "a stream",
      normalized,
      {},
      (samples) => ({
        async *[Symbol.asyncIterator]() {
          yield* samples;
        },
      }),
    ],
  ];
  for (const [name, net, compile, made] of cases) {
    for (const action of ["skip", "rollback"] as const) {
      test(`${name}: ${action}`, async () => {
        const data = made(batchesOf(8, [3]));
        const spoil = (model: Model): Callback =>
          Object.assign(new LambdaCallback({}), {
            onBatchEnd(batch: number) {
              if (batch === 5 && action === "rollback") model.parameters()[0].storage.write([Number.POSITIVE_INFINITY], "test");
            },
          });
        const run = async (capture: boolean) => {
          manualSeed(3);
          const model = net().compile({ optimizer: { name: "adam", learningRate: 0.05 }, loss: "crossEntropy", ...compile });
          const onNonFinite = action === "skip" ? action : { action, every: 2 };
          const options = { verbose: 0, shuffle: false, epochs: 3, capture, onNonFinite, callbacks: [spoil(model)] } as const;
          const { incidents, history } = await model.fit(data, options);
          return { incidents, history, state: bits(model), steps: model.optimizer.stepCount };
        };
        const captured = await run(true);
        expect(captured).toEqual(await run(false));
        expect(captured.incidents).toHaveLength(action === "skip" ? 3 : 6);
        expect(Object.values(captured.state).flat().every(Number.isFinite)).toBe(true);
      });
    }
  }
});

describe("an incident", () => {
  test("is named in the history, and told once", async () => {
    const { history } = await train(batchesOf(4, [2]), { onNonFinite: "skip", epochs: 12 });
    const expected: Incident = {
      epoch: 0,
      batch: 2,
      step: 2,
      what: "the loss became NaN; the data have values that are not finite: x",
      did: "left out",
    };
    expect(history.incidents[0]).toEqual(expected);
    expect(history.incidents.map(({ epoch, step }) => [epoch, step])).toEqual(Array.from({ length: 12 }, (_, i) => [i, 2 + 3 * i]));
    expect(vi.mocked(console.warn).mock.calls).toEqual([
      [
        "simdgrad: fit: epoch 1, batch 3: the loss became NaN; the data have values that are not finite: x; left out. history.incidents names all.",
      ],
      [
        "simdgrad: fit: incident number 10, epoch 10, batch 3: the loss became NaN; the data have values that are not finite: x; left out. history.incidents names all.",
      ],
    ]);
  });

  test("of a gradient names the parameter and the operation", async () => {
    const root = (p: Tensor, y: Tensor): Tensor => p.sub(y).square().sum().sqrt();
    Object.assign(root, { capturable: true });
    const line = (): Sequential => new Sequential([new Dense(1, { inputShape: [1], weightInitializer: "zeros" })]);
    const data = [0, 1, 0].map((y) => ({ x: tensor([[1]]), y: tensor([[y]]) }));
    for (const accumulate of [1, 2]) {
      const { history } = await train(data, { onNonFinite: "skip", epochs: 1, accumulate }, { optimizer: "sgd", loss: root }, line);
      expect(history.incidents[0]).toEqual({
        epoch: 0,
        batch: accumulate - 1,
        step: 0,
        what: 'the gradient of 0.weight became NaN, although the loss is finite; "sqrt" has no finite derivative at 0',
        did: "left out",
      });
    }
  });

  test("in every batch ends training, and the error tells it", async () => {
    const bad = batchesOf(3, [0, 1, 2]);
    const refused = (onNonFinite: FitOptions["onNonFinite"]) => rejection(train(bad, { epochs: 9, onNonFinite }));
    expect(await refused("skip")).toBe(
      "DIVERGED fit: 11 batches in a row were left out, and atMost is 10: epoch 1, batch 1: the loss became NaN; the data have values that are not finite: x (left out); epoch 1, batch 2: the loss became NaN; the data have values that are not finite: x (left out); 8 more; epoch 4, batch 2: the loss became NaN; the data have values that are not finite: x (left out). Mend the data.",
    );
    expect(await refused({ action: "rollback", atMost: 1 })).toMatch(/^DIVERGED fit: 2 batches in a row were left out, and atMost is 1: /);
  });

  test("in all batches of an epoch leaves its figures unknown", async () => {
    let pass = 0;
    const data = { [Symbol.iterator]: () => batchesOf(2, pass++ === 1 ? [0, 1] : []).values() };
    manualSeed(3);
    const model = normalized().compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
    const { history } = await model.fit(data, { epochs: 3, verbose: 0, onNonFinite: "skip" });
    expect(history.loss.map(Number.isNaN)).toEqual([false, true, false]);
    expect(history.accuracy.map(Number.isNaN)).toEqual([false, true, false]);
  });

  test("is none where only the validation data are bad: the figure tells it", async () => {
    const [good, bad] = batchesOf(2, [1]);
    const { history, model } = await train([good], { onNonFinite: "rollback", validationData: bad, epochs: 2 });
    expect(history.history.valLoss).toEqual([Number.NaN, Number.NaN]);
    expect(history.incidents).toEqual([]);
    expect(model.optimizer.stepCount).toBe(2);
  });
});

/** A network of one number, which a step of rate 1e30 moves to about 1e30, and whose loss is infinite there. */
const exploding = (): Sequential => new Sequential([new Dense(1, { inputShape: [1], weightInitializer: "ones" })]);
const line = (count: number): Samples[] => Array.from({ length: count }, () => ({ x: tensor([[1]]), y: tensor([[0]]) }));

describe("weights that an update made infinite", () => {
  const overflowing: Partial<CompileOptions> = { optimizer: { name: "sgd", learningRate: 3e38 }, loss: "mse" };

  test('are nothing that "skip" mends: it says so', async () => {
    for (const capture of [true, false]) {
      expect(await rejection(train(line(4), { onNonFinite: "skip", capture }, overflowing, exploding))).toMatch(
        /^DIVERGED fit: the loss became \S+; first non-finite value in parameter 0.weight at epoch 1, batch 2: parameter 0.weight is not finite, since an earlier update overflowed; no batch that is left out mends it. Write onNonFinite: "rollback"/,
      );
    }
  });

  test("are rolled back, also where a state is to be kept", async () => {
    for (const every of [1, "100 steps"]) {
      const options: FitOptions = { onNonFinite: { action: "rollback", factor: 1e-38, every, atMost: 2 }, epochs: 1 };
      const { history, model } = await train(line(20), options, overflowing, exploding);
      expect(history.incidents).toHaveLength(1);
      expect(history.incidents[0]).toMatchObject({ epoch: 0, batch: 1, did: "rolled back to epoch 1, batch 1; learning rate 3e+38 → 3" });
      expect(model.optimizer.learningRate).toBeCloseTo(3);
    }
  });
});

describe('"rollback"', () => {
  const steep: Partial<CompileOptions> = { optimizer: { name: "sgd", learningRate: 1e4, momentum: 0.5 }, loss: "mse" };
  const run = (options: FitOptions, compile = steep) => train(line(300), { epochs: 1, ...options }, compile, exploding);

  test("goes back at a lower rate until training converges, with the same bits captured or not", async () => {
    const captured = await run({ onNonFinite: { action: "rollback", factor: 0.1 } });
    const rates = captured.history.incidents.map(({ did }) => did.split("; ")[1]);
    expect(rates.slice(0, 2)).toEqual(["learning rate 10000 → 1000", "learning rate 1000 → 100"]);
    expect(captured.history.steps.loss.at(-1)).toBeLessThan(1e-6);
    expect(captured.model.optimizer.currentLearningRate).toBeLessThan(2);
    const eager = await run({ onNonFinite: { action: "rollback", factor: 0.1 }, capture: false });
    expect(eager.state).toEqual(captured.state);
    expect(eager.history.incidents).toEqual(captured.history.incidents);
  });

  test("gives back parameters, running statistics, moments and the count of steps", async () => {
    const data = batchesOf(5, []);
    manualSeed(3);
    const model = normalized().compile({ optimizer: { name: "adam", learningRate: 0.05 }, loss: "crossEntropy" });
    const everything = () => {
      const { stepCount, groups, parameters } = model.optimizer.stateDict();
      const moments = parameters.map(({ steps, states }) => [steps, ...Object.values(states).map(({ data: elements }) => [...elements])]);
      return { weights: bits(model), stepCount, rate: groups[0].learningRate, moments };
    };
    await model.fit(data.slice(0, 2), { verbose: 0, shuffle: false });
    const before = everything();
    let after: unknown = null;
    const spoil = {
      onBatchEnd(batch: number) {
        const [weight] = model.parameters();
        if (batch === 1) weight.storage.write(new Float32Array(weight.size).fill(Number.NaN), "test");
        if (batch === 2) after = everything();
      },
    };
    await model.fit(data.slice(2), { verbose: 0, shuffle: false, callbacks: [spoil], onNonFinite: "rollback" });
    expect(before.stepCount).toBe(2);
    expect(after).toEqual({ ...before, rate: 0.025 });
  });

  test("a second one in a row goes back to the state before", async () => {
    manualSeed(3);
    const model = exploding().compile({ optimizer: { name: "sgd", learningRate: 1e-3 }, loss: "mse" });
    const poison = {
      onBatchEnd(batch: number) {
        if (batch === 4 || batch === 5) model.parameters()[0].storage.write([Number.NaN], "test");
      },
    };
    const { incidents } = await model.fit(line(9), {
      verbose: 0,
      shuffle: false,
      callbacks: [poison],
      onNonFinite: { action: "rollback", every: 2, factor: 1 },
    });
    expect(incidents.map(({ did }) => did.split(";")[0])).toEqual(["rolled back to epoch 1, batch 5", "rolled back to epoch 1, batch 3"]);
  });

  test("takes averages of the weights along", async () => {
    const average = new ExponentialMovingAverage({ decay: 0.5 });
    const poison = {
      onBatchEnd(batch: number) {
        if (batch === 1) model.parameters()[0].storage.write([Number.NaN], "test");
      },
    };
    const model = exploding().compile({ optimizer: { name: "sgd", learningRate: 1e-3 }, loss: "mse" });
    const { incidents } = await model.fit(line(5), { verbose: 0, callbacks: [poison, average], onNonFinite: "rollback" });
    expect(incidents).toHaveLength(1);
    const { updates, ...weights } = Object.fromEntries(average.stateDict());
    expect(updates.item()).toBeLessThanOrEqual(3);
    expect(
      Object.values(weights)
        .flatMap(({ data }) => [...data])
        .every(Number.isFinite),
    ).toBe(true);
  });

  test("ends after atMost in a row with the last good state", async () => {
    const error = await rejection(run({ onNonFinite: { action: "rollback", factor: 1, atMost: 2 } }));
    expect(error).toMatch(
      /^DIVERGED fit: training was rolled back 3 times in a row, to epoch 1, batch 1 at last, and atMost is 2: epoch 1, batch \d+: .* \(rolled back to epoch 1, batch 1; learning rate 10000 → 10000\); .*\. Lower learningRate \(now 10000\) or set globalClipNorm\.$/,
    );
  });

  test("lowers a schedule, and the rates of groups of their own", async () => {
    const schedule = (step: number): number => 1e4 / (step + 1);
    const { model } = await run(
      { onNonFinite: { action: "rollback", factor: 0.01 } },
      { optimizer: { name: "sgd", learningRate: schedule }, loss: "mse" },
    );
    const { learningRate, stepCount } = model.optimizer;
    expect(typeof learningRate).toBe("function");
    expect(model.optimizer.currentLearningRate).toBeLessThanOrEqual(1e2 / (stepCount + 1));
  });

  test("leaves out a batch whose data are bad: no rate helps", async () => {
    const { history, state } = await train(batchesOf(7, [0, 3, 6]), { onNonFinite: "rollback" });
    expect(new Set(history.incidents.map(({ did }) => did))).toEqual(new Set(["left out"]));
    expect(state).toEqual((await train(batchesOf(7, [0, 3, 6], true), {})).state);
  });

  test("forgets the batches that wait for others", async () => {
    for (const capture of [true, false]) {
      const { history } = await run({ onNonFinite: { action: "rollback", factor: 0.1 }, accumulate: 3, capture });
      expect(history.steps.loss.at(-1)).toBeLessThan(1e-3);
    }
  });
});

describe("the state of the guard", () => {
  /** A training whose weights are spoiled in its epoch 1, from the beginning or from its epoch 1 on. */
  async function spoiled(from: { model: Sequential; state: SavedState } | null) {
    const guard = new FiniteGuard({ action: "rollback", every: 2 });
    manualSeed(3);
    const model = exploding();
    model.compile({ optimizer: { name: "sgd", learningRate: (step: number) => 0.01 / (step + 1), momentum: 0.5 }, loss: "mse" });
    let epoch = 0;
    let state: SavedState = null;
    const callback = {
      onTrainBegin() {
        if (from === null) return;
        model.optimizer.bind(model.parameters());
        model.loadStateDict(from.model.stateDict());
        model.optimizer.loadStateDict(from.model.optimizer.stateDict());
        guard.loadStateDict(from.state);
      },
      onEpochBegin(number: number) {
        epoch = number;
        state = guard.stateDict();
      },
      onBatchEnd(batch: number) {
        if (batch < epoch) model.parameters()[0].storage.write([Number.NaN], "test");
      },
    };
    const epochs = from === null ? { epochs: 1 } : { epochs: 3, initialEpoch: 1 };
    const history = await model.fit(line(5), { verbose: 0, shuffle: false, callbacks: [callback], onNonFinite: guard, ...epochs });
    return { model, history, guard, state };
  }

  test("belongs to a checkpoint: a training that was killed ends with the bits and the incidents of one that was not", async () => {
    const folder = mkdtempSync(join(tmpdir(), "simdgrad-guard-"));
    try {
      const trained = async (kill: number | null, options: FitOptions) => {
        manualSeed(3);
        const model = exploding().compile({ optimizer: { name: "sgd", learningRate: (step: number) => 1e4 / (step + 1) }, loss: "mse" });
        let left = kill ?? Infinity;
        const killer = {
          onBatchEnd() {
            if (left-- === 0) throw new Error("killed");
          },
        };
        const settings = { verbose: 0, epochs: 2, shuffle: false, callbacks: kill === null ? [] : [killer], ...options } as const;
        const { incidents, steps } = await model.fit(line(60), { ...settings, onNonFinite: { action: "rollback", every: 5, factor: 0.2 } });
        return { incidents, losses: [...steps.loss], state: bits(model), rate: model.optimizer.currentLearningRate };
      };
      const checkpoint = { path: join(folder, "run.safetensors"), every: "3 steps" } as const;
      const expected = await trained(null, {});
      expect(expected.incidents.length).toBeGreaterThan(1);
      for (const kill of [3, 20, 37]) await expect(trained(kill, { checkpoint, resume: true })).rejects.toThrow("killed");
      expect(await trained(null, { checkpoint, resume: true })).toEqual(expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("is taken over by a training that goes on: states, incidents, the scale of a schedule", async () => {
    const first = await spoiled(null);
    const half = await spoiled({ model: first.model, state: first.guard.stateDict() });
    expect(half.history.incidents.map(({ did }) => did)).toEqual([
      "rolled back to epoch 1, batch 5; learning rate 0.001429 → 0.001",
      "rolled back to epoch 3, batch 1; learning rate 0.0005 → 0.0002778",
      "rolled back to epoch 2, batch 4; learning rate 0.0002778 → 0.0001786",
    ]);
    const again = await spoiled({ model: half.model, state: half.guard.stateDict() });
    expect(again.history.incidents.slice(0, 3)).toEqual(half.history.incidents);
    expect(again.history.incidents[3].did).toBe("rolled back to epoch 2, batch 1; learning rate 0.000125 → 0.00006944");
    expect(() => first.guard.loadStateDict({ wrong: 1 })).toThrow(/FiniteGuard: the saved state has a part "wrong"/);
  });
});

describe("the option", () => {
  const refused = (onNonFinite: unknown) => rejection(train(batchesOf(1, []), { onNonFinite } as FitOptions));

  test("refuses what it does not know", async () => {
    expect(await refused("ignore")).toBe(
      'ARGUMENT fit: onNonFinite is "ignore"; expected "stop", "skip", "rollback", { action, … } or a FiniteGuard.',
    );
    expect(await refused({ action: "stop" })).toMatch(/^ARGUMENT FiniteGuard: action is "stop"; expected "skip" or "rollback"/);
    expect(await refused({ action: "skip", factor: 0.1 })).toBe(
      'ARGUMENT FiniteGuard: factor is given beside action "skip". It belongs to action "rollback".',
    );
    expect(await refused({ action: "rollback", every: "60s" })).toMatch(/^ARGUMENT FiniteGuard: every is "60s"; expected "100 steps"/);
    expect(await refused({ action: "rollback", every: "2 epochs" }).catch(() => "fine")).toBe("fine");
  });
});
