import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataStream } from "../../src/data.js";
import {
  batches,
  type Callback,
  Checkpoint,
  Conv2d,
  crossEntropy,
  Dense,
  Dropout,
  EarlyStopping,
  Flatten,
  LSTM,
  loadModel,
  loadWeights,
  type Model,
  manualSeed,
  ones,
  parseSafetensors,
  ReduceLROnPlateau,
  randint,
  randn,
  Sequential,
  saveWeights,
  type Tensor,
} from "../../src/index.js";
import { VERSION } from "../../src/model/version.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "simdgrad-checkpoint-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const at = (name = "run.safetensors"): string => join(folder, name);

class Killed extends Error {}

function fail(): never {
  throw new Killed();
}

/** Ends a training as a kill does: after that many batches, and without a last checkpoint. */
function killAfter(batchesLeft: number): { onBatchEnd(): void } {
  return {
    onBatchEnd: () => {
      if (batchesLeft-- === 0) throw new Killed();
    },
  };
}

function data(): { x: Tensor; y: Tensor } {
  manualSeed(3);
  return { x: randn([90, 1, 6, 6]), y: randint(0, 3, [90]) };
}

const NETWORKS = {
  mlp: () => new Sequential([new Flatten(), new Dense(16, { activation: "relu" }), new Dropout(0.3), new Dense(3)]),
  convolution: () => new Sequential([new Conv2d(1, 4, 3, { activation: "relu" }), new Flatten(), new Dropout(0.2), new Dense(3)]),
};

type Options = Parameters<Model["fit"]>[1];

function compiled(build: () => Model, optimizer: string): Model {
  const model = build();
  model.compile({ optimizer: optimizer as "adam", loss: "crossEntropy", metrics: ["accuracy"] });
  return model;
}

const SETTINGS: Options = { epochs: 5, batchSize: 16, validationSplit: 0.2, verbose: 0 };

function weights(model: Model): number[][] {
  return [...model.stateDict().values()].map((value) => [...value.data]);
}

/** The run that was never killed. */
async function whole(build: () => Model, options: Options, optimizer = "adam") {
  const samples = data();
  manualSeed(7);
  const model = compiled(build, optimizer);
  const history = await model.fit(samples, { ...SETTINGS, ...options });
  return { weights: weights(model), history: history.history, steps: [...history.steps.loss] };
}

/** The run that is killed after these numbers of batches, each time resumed by a new model under another seed. */
async function killed(build: () => Model, kills: readonly number[], options: () => Options, optimizer = "adam") {
  const samples = data();
  manualSeed(7);
  for (const [i, kill] of [...kills, null].entries()) {
    const model = compiled(build, optimizer);
    const { callbacks = [], checkpoint = { path: at(), every: "3 steps" }, ...rest } = options() ?? {};
    const fit = model.fit(samples, {
      ...SETTINGS,
      ...rest,
      ...{ checkpoint, resume: true, callbacks: [...callbacks, ...(kill === null ? [] : [killAfter(kill)])] },
    });
    if (kill !== null) await expect(fit).rejects.toThrow(Killed);
    else {
      const history = await fit;
      return { weights: weights(model), history: history.history, steps: [...history.steps.loss] };
    }
    // Once there is a checkpoint, the seed of the program does not matter any more.
    manualSeed(existsSync(at()) ? 1000 + i : 7);
  }
  throw new Error("not reached");
}

describe("a run that is killed and resumed ends with the bits of one that was not", () => {
  for (const [name, build] of Object.entries(NETWORKS)) {
    for (const capture of [true, false]) {
      test(`${name}, ${capture ? "captured" : "not captured"}`, async () => {
        const expected = await whole(build, { capture });
        expect(await killed(build, [2, 4, 9, 3], () => ({ capture }))).toEqual(expected);
      });
    }
  }
});

describe("where a training is resumed", () => {
  const build = NETWORKS.mlp;

  test.each(["sgd", "rmsprop", "lbfgs", "lion"])("with %s", async (optimizer) => {
    const options = { epochs: 3 };
    const expected = await whole(build, options, optimizer);
    expect(await killed(build, [5, 6], () => options, optimizer)).toEqual(expected);
  });

  test.each<[string, () => Options]>([
    ["accumulated batches", () => ({ accumulate: 2 })],
    ["epochs of other lengths than a pass", () => ({ stepsPerEpoch: 7 })],
    ["samples drawn with replacement", () => ({ replacement: true })],
    ["the order as it stands", () => ({ shuffle: false, dropLast: true })],
    ["batches that grow", () => ({ batchSize: (epoch: number) => 8 * (epoch + 1) })],
    ["no validation", () => ({ validationSplit: 0 })],
  ])("%s", async (_, options) => {
    const expected = await whole(build, options());
    expect(await killed(build, [4, 5, 8], options)).toEqual(expected);
  });

  test("a pass that spans epochs, from a checkpoint after the last step of one, and from the next one at its end", async () => {
    // Evaluation draws, too.
    const validationData = () => DataStream.from([0, 1, 2, 3]).map((i) => ({ x: randn([1, 6, 6]).mul(i), y: i % 3 })).shuffle(4).batch(2); // biome-ignore format: a chain
    const options = { stepsPerEpoch: 4, validationSplit: 0, epochs: 6 };
    const expected = await whole(build, { ...options, validationData: validationData() });
    const ends = [
      { every: 1, callbacks: [{ onEpochEnd: fail }] },
      { every: "1 epoch", callbacks: [killAfter(0)] },
      { every: "1h", callbacks: [] },
    ];
    const samples = data();
    manualSeed(7);
    for (const [i, { every, callbacks }] of ends.entries()) {
      const model = compiled(build, "adam");
      const checkpoint = { path: at(), every };
      const fit = model.fit(samples, {
        ...SETTINGS,
        ...options,
        validationData: validationData(),
        checkpoint,
        resume: true,
        callbacks: callbacks as Callback[],
      });
      if (i < ends.length - 1) await expect(fit).rejects.toThrow(Killed);
      else {
        const history = await fit;
        expect({ weights: weights(model), history: history.history, steps: [...history.steps.loss] }).toEqual(expected);
      }
      manualSeed(1000 + i);
    }
  });

  test("a pass over a stream, all of whose batches are taken", async () => {
    // Evaluation counts passes, too.
    const stream = (rows: number) => DataStream.from(Array.from({ length: rows }, (_, i) => i)).shuffle(9).map((i) => ({ x: randn([1, 6, 6]).add(i / 9), y: i % 3 })).batch(2); // biome-ignore format: a chain
    const run = async (more: Options) => {
      const model = compiled(build, "adam");
      await model.fit(stream(12), { epochs: 7, stepsPerEpoch: 3, validationData: stream(4), verbose: 0, ...more });
      return weights(model);
    };
    manualSeed(7);
    const expected = await run({});
    manualSeed(7);
    let epochs = 0;
    const callback = { onEpochEnd: () => void (++epochs === 4 && fail()) } as Callback;
    await expect(run({ checkpoint: { path: at(), every: 1 }, callbacks: [callback] })).rejects.toThrow(Killed);
    manualSeed(9);
    expect(await run({ checkpoint: at(), resume: true })).toEqual(expected);
  });

  test.each(["1 epoch", "2 epochs", 1, "5 steps", "0.001s"])("every %s", async (every) => {
    const expected = await whole(build, {});
    expect(await killed(build, [6, 9], () => ({ checkpoint: { path: at(), every } }))).toEqual(expected);
  });

  test("callbacks that stop and lower the rate go on", async () => {
    const callbacks = () => [new ReduceLROnPlateau({ patience: 0, factor: 0.3, monitor: "loss" }), new EarlyStopping({ patience: 2 })];
    const expected = await whole(build, { callbacks: callbacks(), epochs: 9 });
    expect(await killed(build, [6, 7, 9], () => ({ callbacks: callbacks(), epochs: 9 }))).toEqual(expected);
  });

  test("an iterable that starts afresh is walked up to the place", async () => {
    const samples = data();
    const walked = {
      *[Symbol.iterator]() {
        // An order that is drawn when a pass begins.
        yield* batches(samples, 16, { shuffle: true });
      },
    };
    const run = async (kills: readonly number[], options: Options = {}) => {
      manualSeed(5);
      for (const kill of [...kills, null]) {
        const model = compiled(build, "adam");
        const fit = model.fit(walked, { epochs: 3, verbose: 0, ...options, callbacks: kill === null ? [] : [killAfter(kill)] });
        if (kill === null) await fit;
        else await expect(fit).rejects.toThrow(Killed);
        if (kill === null) return weights(model);
      }
      return [];
    };
    const expected = await run([]);
    expect(await run([4, 7], { checkpoint: { path: at(), every: 1 }, resume: true })).toEqual(expected);
  });

  test("an iterator that can be walked once is refused", async () => {
    const samples = data();
    const checkpoint = new Checkpoint({ path: at(), every: 1 });
    const model = compiled(build, "adam");
    await model.fit(samples, { ...SETTINGS, epochs: 1, checkpoint });
    const once = batches(samples, 16);
    await expect(compiled(build, "adam").fit(once, { verbose: 0, epochs: 2, checkpoint, resume: true })).rejects.toThrow(
      "fit: a training on these data cannot be resumed: an iterator goes on where it stands, and cannot begin anew. Give an iterable that starts afresh: an array, an object with [Symbol.asyncIterator], or DataStream.from(() => …).",
    );
  });

  test("within an epoch the walk must be the same", async () => {
    const model = compiled(build, "adam");
    const checkpoint = { path: at(), every: 2 };
    await expect(model.fit(data(), { ...SETTINGS, checkpoint, callbacks: [killAfter(3)] })).rejects.toThrow(Killed);
    const other = compiled(build, "adam").fit(data(), { ...SETTINGS, batchSize: 8, checkpoint, resume: true });
    await expect(other).rejects.toThrow(
      `fit: the checkpoint ${at()} does not fit: it was written within an epoch of another walk: batchSize was 16 and is 8. Resume with the model, the optimizer and the data of the training, or give another path.`,
    );
  });

  test("a model that is not the training's is told with the file", async () => {
    const checkpoint = { path: at(), every: 2 };
    await compiled(build, "adam").fit(data(), { ...SETTINGS, epochs: 1, checkpoint });
    const other = compiled(() => new Sequential([new Flatten(), new Dense(5), new Dropout(0.3), new Dense(3)]), "adam");
    await expect(other.fit(data(), { ...SETTINGS, checkpoint, resume: true })).rejects.toThrow(
      `fit: the checkpoint ${at()} does not fit: 1.weight is [16, 36], expected [5, 36]`,
    );
  });

  test("a training that is done is not trained further, and has its history", async () => {
    const expected = await whole(build, { checkpoint: at() });
    const again = compiled(build, "adam");
    const history = await again.fit(data(), { ...SETTINGS, checkpoint: at(), resume: true });
    expect(weights(again)).toEqual(expected.weights);
    expect(history.history).toEqual(expected.history);
    const more = compiled(build, "adam");
    await more.fit(data(), { ...SETTINGS, epochs: 7, checkpoint: at(), resume: true });
    expect(weights(more)).toEqual((await whole(build, { epochs: 7 })).weights);
  });

  test.each(["onBatchEnd", "onValidationBegin"] as const)("an abort in %s leaves a checkpoint of the last step", async (hook) => {
    // Evaluation draws, and gathers in the same metrics.
    const validationData = () => DataStream.from([0, 1, 2, 3]).map((i) => ({ x: randn([1, 6, 6]).mul(i), y: i % 3 })).shuffle(4).batch(2); // biome-ignore format: a chain
    const options = () => ({ stepsPerEpoch: 4, validationSplit: 0, epochs: 6, validationData: validationData() });
    const expected = await whole(build, options());
    const samples = data();
    manualSeed(7);
    for (const left of [hook === "onBatchEnd" ? 6 : 1, null]) {
      const controller = new AbortController();
      let calls = 0;
      const abort = { [hook]: () => void (calls++ === left && controller.abort(new Killed())) };
      const { signal } = controller;
      const model = compiled(build, "adam");
      const fit = model.fit(samples, { ...SETTINGS, ...options(), checkpoint: { path: at(), every: "1h" }, resume: true, signal, callbacks: [abort as never] }); // biome-ignore format: a line
      if (left === null) {
        const history = await fit;
        expect({ weights: weights(model), history: history.history, steps: [...history.steps.loss] }).toEqual(expected);
      } else await expect(fit).rejects.toThrow(Killed);
      manualSeed(99);
    }
  });
});

test("an abort between batches that make a step together comes after the step, which the checkpoint has", async () => {
  const options = { accumulate: 3 };
  const expected = await whole(NETWORKS.mlp, options);
  const samples = data();
  manualSeed(7);
  const controller = new AbortController();
  let left = 3;
  const abort = { onBatchEnd: () => void (left-- === 0 && controller.abort(new Killed())) };
  const first = { ...SETTINGS, ...options, checkpoint: { path: at(), every: "1h" }, callbacks: [abort], signal: controller.signal };
  await expect(compiled(NETWORKS.mlp, "adam").fit(samples, first)).rejects.toThrow(Killed);
  const again = compiled(NETWORKS.mlp, "adam");
  const history = await again.fit(samples, { ...SETTINGS, ...options, checkpoint: at(), resume: true });
  expect({ weights: weights(again), history: history.history, steps: [...history.steps.loss] }).toEqual(expected);
  expect(left).toBeLessThan(-1);
});

describe("the files", () => {
  const build = NETWORKS.mlp;
  const train = (options: Options) => compiled(build, "adam").fit(data(), { ...SETTINGS, ...options });

  test("the last ones stay, and the best", async () => {
    await train({ checkpoint: { path: at(), every: "1 epoch", keep: 3, best: "valLoss" } });
    expect(readdirSync(folder).sort()).toEqual(["run.1.safetensors", "run.2.safetensors", "run.best.safetensors", "run.safetensors"]);
    for (const name of readdirSync(folder)) await loadModel(at(name));
  });

  test("one may be enough", async () => {
    await train({ checkpoint: { path: at("one"), every: 1, keep: 1 } });
    expect(readdirSync(folder)).toEqual(["one"]);
  });

  test("the weights are read as any file's", async () => {
    const model = compiled(build, "adam");
    await model.fit(data(), { ...SETTINGS, checkpoint: at() });
    expect([...(await loadWeights(at())).keys()].sort()).toEqual([...model.stateDict().keys()].sort());
    const { x } = data();
    const loaded = await loadModel(at());
    expect((await loaded.predict(x)).toArray()).toEqual((await model.predict(x)).toArray());
    expect(loaded.metadata).toEqual({});
    const { tensors } = parseSafetensors(readFileSync(at()));
    expect([...tensors.keys()].some((name) => name.startsWith("checkpoint/training.optimizer."))).toBe(true);
  });

  test("one that is damaged is told, and the one before it is used", async () => {
    const told: string[] = [];
    const warn = console.warn;
    console.warn = (text: string) => void told.push(text);
    try {
      await train({ checkpoint: { path: at(), every: "1 epoch" } });
      const bytes = readFileSync(at());
      bytes[bytes.length - 3] ^= 4;
      writeFileSync(at(), bytes);
      const again = compiled(build, "adam");
      await again.fit(data(), { ...SETTINGS, checkpoint: at(), resume: true });
      expect(told).toEqual([
        `simdgrad: fit: ${at()} is damaged: the SHA-256 of its bytes is not the one that was written. The checkpoint before it, ${at("run.1.safetensors")}, is used.`,
      ]);
    } finally {
      console.warn = warn;
    }
  });

  test("one that is damaged takes the place of none that is whole", async () => {
    const warn = console.warn;
    console.warn = () => {};
    try {
      await train({ checkpoint: { path: at(), every: "1 epoch" } });
      const older = readFileSync(at("run.1.safetensors"));
      writeFileSync(at(), readFileSync(at()).subarray(0, 100));
      const checkpoint = { path: at(), every: "1 epoch" };
      await compiled(build, "adam").fit(data(), { ...SETTINGS, checkpoint, resume: true });
      expect(readFileSync(at("run.1.safetensors"))).toEqual(older);
      await expect(new Checkpoint({ path: at() }).restore({})).rejects.toThrow("fit wrote it");
    } finally {
      console.warn = warn;
    }
  });

  test("of two trainings at once are refused", async () => {
    const checkpoint = new Checkpoint({ path: at(), every: 1 });
    const first = train({ checkpoint });
    await expect(train({ checkpoint })).rejects.toThrow(
      "Checkpoint: another training writes it. Give each training a Checkpoint with a path of its own.",
    );
    await first;
    await train({ checkpoint, epochs: 6, resume: true });
    expect(readdirSync(folder).sort()).toEqual(["run.1.safetensors", "run.safetensors"]);
  });

  test("of a training that did not begin stay as they were", async () => {
    const checkpoint = new Checkpoint({ path: at(), every: 5 });
    await expect(train({ checkpoint, callbacks: [killAfter(7)] })).rejects.toThrow(Killed);
    const before = readFileSync(at());
    await expect(train({ checkpoint, resume: true, callbacks: [{ onTrainBegin: fail }] as Callback[] })).rejects.toThrow(Killed);
    expect(readFileSync(at())).toEqual(before);
  });

  test("every flipped bit and every cut is noticed", async () => {
    await train({ epochs: 1, checkpoint: { path: at(), keep: 1 } });
    const bytes = readFileSync(at());
    const checkpoint = new Checkpoint({ path: at("cut.safetensors") });
    const header = 8 + Number(bytes.readBigUInt64LE(0));
    const places = [0, 1, 7, 8, 9, header - 1, header, bytes.length - 1, bytes.indexOf("sha256"), bytes.indexOf("sha256") + 20];
    for (let i = 0; i < 60; i++) places.push(Math.floor((i * bytes.length) / 60));
    for (const place of places) {
      for (const changed of [Buffer.from(bytes), bytes.subarray(0, place)]) {
        if (changed.length === bytes.length) changed[place] ^= 1 << (place % 8);
        writeFileSync(at("cut.safetensors"), changed);
        await expect(checkpoint.restore({}), `byte ${place}`).rejects.toMatchObject({ code: "FILE" });
      }
    }
  });

  test("what stood at the path is kept", async () => {
    await saveWeights(at(), { weight: randn([3]) });
    const before = readFileSync(at());
    await train({ epochs: 1, checkpoint: at() });
    expect(readFileSync(at("run.previous.safetensors"))).toEqual(before);
    copyFileSync(at("run.previous.safetensors"), at("weights.safetensors"));
    await expect(train({ checkpoint: at("weights.safetensors"), resume: true })).rejects.toThrow(
      "weights.safetensors holds no checkpoint, or is damaged: it has no sum of its bytes",
    );
  });

  test("nothing of earlier trainings is lost, nor a file that only looks like an older one", async () => {
    await saveWeights(at("run.2024.safetensors"), { weight: randn([3]) });
    for (let i = 0; i < 3; i++) await train({ epochs: 3, checkpoint: { path: at(), every: "1 epoch", keep: 2 } });
    const family = (name: string) => [`${name}.1.safetensors`, `${name}.safetensors`];
    const expected = [...family("run"), ...family("run.previous"), ...family("run.previous-2"), "run.2024.safetensors"];
    expect(readdirSync(folder).sort()).toEqual(expected.sort());
  });

  test("a folder that is missing is an error before training", async () => {
    await expect(train({ checkpoint: at("none/run.safetensors") })).rejects.toThrow(
      `Checkpoint: cannot write into the folder ${at("none")}: no such file or folder. Make it, or choose another path.`,
    );
  });

  test("a folder in the file's place is an error before training, and stays", async () => {
    await expect(train({ checkpoint: folder })).rejects.toThrow(
      `Checkpoint: ${folder} is a folder; expected the path of a file. Name one in it, such as run.safetensors.`,
    );
    expect(existsSync(folder)).toBe(true);
    expect(existsSync(`${folder}.previous`)).toBe(false);
  });

  test("options that make no sense", async () => {
    await expect(train({ resume: true })).rejects.toThrow("fit: resume is true without a checkpoint");
    expect(() => new Checkpoint({ path: at(), every: "sometimes" })).toThrow('every is "sometimes"; expected "60s", "5m"');
    expect(() => new Checkpoint({ path: at(), every: 0 })).toThrow("every is 0");
    await expect(train({ checkpoint: { path: at(), best: "valLos" } })).rejects.toThrow('Checkpoint: there is no "valLos"');
  });
});

test("the library's version is that of the package", () => {
  expect(VERSION).toBe(JSON.parse(readFileSync("package.json", "utf8")).version);
});

describe("a checkpoint of an older version goes on", () => {
  const FIXTURES = "test/fixtures/checkpoints";

  test.each(readdirSync(FIXTURES))("%s", async (name) => {
    copyFileSync(join(FIXTURES, name), at());
    const build = () => new Sequential([new Flatten(), new Dense(4, { activation: "relu" }), new Dropout(0.3), new Dense(3)]);
    const model = compiled(build, "adam");
    const history = await model.fit(data(), { ...SETTINGS, epochs: 2, checkpoint: { path: at(), every: 3 }, resume: true });
    expect(history.steps.loss.length).toBe(10);
    // Seven steps were made before it was written, within the second epoch; the others are those of the run that wrote it.
    const losses = [1.342686, 1.045422, 1.31695, 1.348194, 0.930148, 1.190402, 1.107014, 1.406639, 1.910473];
    for (const [i, loss] of losses.entries()) expect(history.steps.loss[i]).toBeCloseTo(loss, 4);
  });
});

describe("in a loop of one's own", () => {
  const samples = data();
  const run = async (killAt: number | null, path: string) => {
    manualSeed(11);
    const model = compiled(NETWORKS.mlp, "adam");
    model.forward(samples.x);
    const { optimizer } = model;
    if (!optimizer.bound) optimizer.bind(model.parameters());
    const checkpoint = new Checkpoint({ path, every: "2 steps" });
    const found = (await checkpoint.restore({ model, optimizer })) ?? { epoch: 0, batch: 0 };
    let steps = 0;
    let skip = found.batch as number;
    for (let epoch = found.epoch as number; epoch < 3; epoch++) {
      let batch = skip;
      for (const { x, y } of batches(samples, 16, { shuffle: true, pass: epoch, skip })) {
        const loss = crossEntropy(model.forward(x), y);
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        batch++;
        if (checkpoint.isDue()) await checkpoint.save({ model, optimizer, epoch, batch });
        if (++steps === killAt) return null;
      }
      skip = 0;
    }
    return weights(model);
  };

  test("save and restore go on bit for bit", async () => {
    const expected = await run(null, at("whole.safetensors"));
    expect(await run(5, at())).toBeNull();
    expect(await run(7, at())).toBeNull();
    expect(await run(null, at())).toEqual(expected);
  });

  test("saves that nobody awaits are written in their order, each of its moment", async () => {
    const model = new Dense(2, { inputShape: [1], bias: false });
    const fill = (value: number) => model.loadStateDict({ weight: ones([2, 1]).mul(value) });
    const checkpoint = new Checkpoint({ path: at(), keep: 4 });
    const saves: Promise<void>[] = [];
    for (let epoch = 0; epoch < 4; epoch++) {
      fill(epoch);
      saves.push(checkpoint.save({ model, epoch }));
    }
    fill(99);
    await Promise.all(saves);
    for (const [i, name] of ["run", "run.1", "run.2", "run.3"].entries()) {
      const found = await new Checkpoint(at(`${name}.safetensors`)).restore({ model });
      expect([found, model.weight.toArray()]).toEqual([{ epoch: 3 - i }, [[3 - i], [3 - i]]]);
    }
    expect(readdirSync(folder).length).toBe(4);
  });

  test("a part that the checkpoint has not is told", async () => {
    const checkpoint = new Checkpoint(at());
    expect(await checkpoint.restore({})).toBeNull();
    await checkpoint.save({ epoch: 3, losses: [1, Number.NaN], seen: new Map([["a", -0]]) });
    expect(await checkpoint.restore({})).toEqual({ epoch: 3, losses: [1, Number.NaN], seen: new Map([["a", -0]]) });
    await expect(checkpoint.restore({ net: new LSTM(2, 3) })).rejects.toThrow(
      'restore: the checkpoint has no part "net"; it has epoch, losses, seen',
    );
    await expect(checkpoint.save({ bad: (() => 1) as never })).rejects.toThrow("save: the state at parts.bad is a function");
  });
});
