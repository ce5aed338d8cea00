import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Trainings of random settings that are left again and again, at any hook, by an error or by a signal, and go on in a new model: all in this
 * process, so that many combinations are tried. Each must end as one that was not left.
 * @param count how many combinations
 */
export async function combine(folder, { library, count, random }) {
  const counts = { combinations: 0, resumed: 0, refused: 0, failures: [] };
  const path = join(folder, "run.safetensors");
  const clear = () => {
    for (const name of ["run.safetensors", "run.1.safetensors", "run.previous.safetensors"]) rmSync(join(folder, name), { force: true });
  };
  while (counts.combinations < count) {
    const settings = choose(random);
    const { simdgrad } = library;
    simdgrad.setThreads(settings.threads);
    try {
      simdgrad.manualSeed(SEED);
      const expected = await train(settings, library, join(folder, "whole.csv"), {}).catch((error) => {
        // Some combinations are refused, such as batch norm of a last batch of one sample, or diverge.
        if (!(error instanceof simdgrad.SimdgradError)) throw error;
        counts.refused++;
        return null;
      });
      if (expected === null) continue;
      counts.combinations++;
      let found = null;
      for (let left = random.below(5); found === null; left--) {
        // Once there is a checkpoint, the seed of the program does not matter any more.
        simdgrad.manualSeed(existsSync(path) ? 100 + left : SEED);
        const { callback, signal } = left > 0 ? leaving(random) : { callback: {} };
        const checkpoint = { path, every: settings.every };
        found = await train(settings, library, join(folder, "left.csv"), { checkpoint, resume: true, signal }, callback).catch((error) => {
          if (!(error instanceof Left)) throw error;
          counts.resumed++;
          return null;
        });
      }
      for (const name of Object.keys(expected))
        if (found[name] !== expected[name]) counts.failures.push(`the ${name} are others: ${text(settings)}`);
    } catch (error) {
      counts.failures.push(`${error.stack}: ${text(settings)}`);
    } finally {
      clear();
    }
  }
  return counts;
}

const SEED = 5;
const ROWS = 68;

class Left extends Error {}

const text = (settings) => JSON.stringify(settings);

const OPTIMIZERS =
  "sgd adam adamw rmsprop adagrad adadelta adamax nadam radam rprop asgd lion lars lamb adafactor muon lbfgs conjugateGradient newtonCG sam lookahead";
const CALLBACKS = ["average", "stochasticAverage", "stopping", "plateau", "newBob", "scheduler", "snapshots", "log", "gradients"];

/** Random settings. */
function choose(random) {
  const chance = (share) => random.number() < share;
  const data = random.of(["memory", "memory", "memory", "batches", "stream", "endless"]);
  const task = random.of(["classes", "values"]);
  const some = (list, share) => list.filter(() => chance(share));
  return {
    ...{
      data,
      task,
      network: random.of(["dense", "convolution", "recurrent"]),
      layers: some(LAYERS, 0.3),
      normed: chance(0.3),
      rules: chance(0.3),
    },
    ...{ optimizer: random.of(OPTIMIZERS.split(" ")), rate: random.of(["number", "number", "cosineRestarts", "exponentialWarmup"]) },
    ...{ epochs: 2 + random.below(4), batchSize: random.of([7, 16, 32, "growing"]), capture: chance(0.7), threads: random.of([1, 1, 2]) },
    ...{ accumulate: random.of([1, 1, 2, 3]), stepsPerEpoch: data === "endless" ? 5 : random.of([undefined, undefined, 3, 11]) },
    ...{
      shuffle: chance(0.7),
      replacement: chance(0.2),
      dropLast: chance(0.2),
      validation: random.of(["none", "split", "memory", "stream"]),
    },
    ...{
      onNonFinite: random.of(["stop", "skip", "rollback"]),
      callbacks: some(CALLBACKS, 0.25),
      every: random.of([1, 2, "3 steps", "1 epoch", "0.001s"]),
    },
    metrics: some(task === "classes" ? ["accuracy", "rocAuc", "logLoss", "cohenKappa"] : ["mae", "r2"], 0.4),
  };
}

/** A callback that ends the training, or has it ended by a signal. */
function leaving(random) {
  const hook = random.of(["onBatchEnd", "onBatchEnd", "onEpochEnd", "onEpochBegin", "onValidationBegin"]);
  const controller = random.number() < 0.4 ? new AbortController() : null;
  let calls = hook === "onBatchEnd" ? 1 + random.below(9) : random.below(3);
  const leave = () => {
    if (calls-- > 0) return;
    if (controller === null) throw new Left();
    controller.abort(new Left());
  };
  return { callback: { [hook]: leave }, signal: controller?.signal };
}

const LAYERS = ["BatchNorm", "Dropout", "GaussianNoise", "RReLU", "PReLU"];

/** Trains with settings. @param more options of `fit` @returns texts of what came out */
async function train(settings, library, log, more, callback = {}) {
  const { simdgrad } = library;
  const { data, options } = dataOf(settings, library);
  const model = modelOf(settings, simdgrad);
  const callbacks = [...callbacksOf(settings, simdgrad, log), callback];
  const history = await model.fit(data, { ...options, ...more, callbacks, verbose: 0 });
  const shown = (value) => JSON.stringify(value, (_, one) => (typeof one === "number" && !Number.isFinite(one) ? String(one) : one));
  return {
    weights: shown([...model.stateDict()].map(([name, { data }]) => [name, [...data]])),
    figures: shown(history.history),
    losses: shown(history.steps.loss),
    incidents: shown(history.incidents),
    rates: shown(model.optimizer.stateDict().groups),
    rows: settings.callbacks.includes("log") ? readFileSync(log, "utf8") : "",
  };
}

const searches = ({ optimizer }) => ["lbfgs", "conjugateGradient", "newtonCG"].includes(optimizer);

const SHAPES = { dense: [6], convolution: [1, 6, 6], recurrent: [5, 3] };

function modelOf(settings, simdgrad) {
  const { network, task, layers, normed, rules, optimizer, rate, metrics } = settings;
  const { Conv2d, cosineRestarts, Dense, Dropout2d, exponentialWarmup, Flatten, LSTM, MaxPool2d, maxNorm, Sequential, l2, weightNorm } =
    simdgrad;
  const weighed = rules ? { weightPenalty: l2(1e-3), ...(searches(settings) ? {} : { weightConstraint: maxNorm(2) }) } : {};
  const first = {
    dense: () => [],
    convolution: () => [new Conv2d(1, 4, 3, { padding: 1, ...weighed }), new MaxPool2d(2), new Dropout2d(0.2), new Flatten()],
    recurrent: () => [new LSTM(3, 6, { numLayers: 2, dropout: 0.2 })],
  };
  const dense = new Dense(9, { activation: "tanh", ...weighed });
  const args = { Dropout: [0.25], GaussianNoise: [0.1] };
  const middle = layers.map((name) => new simdgrad[name](...(args[name] ?? [])));
  const model = new Sequential([...first[network](), normed ? weightNorm(dense) : dense, ...middle, new Dense(task === "classes" ? 3 : 1)]);
  const greatest = searches(settings) ? 0.5 : 0.01;
  const rates = {
    number: greatest,
    cosineRestarts: cosineRestarts(greatest, { steps: 7 }),
    exponentialWarmup: exponentialWarmup(greatest, { steps: 9 }),
  };
  const learningRate = rates[rate];
  const wraps = ["sam", "lookahead"].includes(optimizer);
  model.compile({
    optimizer: { name: optimizer, ...(wraps ? { optimizer: { name: "adam", learningRate } } : { learningRate }) },
    loss: task === "classes" ? "crossEntropy" : "mse",
    metrics,
  });
  return model;
}

function callbacksOf(settings, simdgrad, log) {
  const monitor = settings.validation === "none" ? "loss" : "valLoss";
  const make = {
    average: () => new simdgrad.ExponentialMovingAverage({ decay: 0.9 }),
    stochasticAverage: () => new simdgrad.StochasticWeightAveraging({ start: 1, learningRate: 0.005, annealEpochs: 2 }),
    stopping: () => new simdgrad.EarlyStopping({ patience: 2, monitor }),
    plateau: () => new simdgrad.ReduceLROnPlateau({ patience: 0, factor: 0.7, monitor }),
    newBob: () => new simdgrad.NewBob({ monitor }),
    scheduler: () => new simdgrad.LearningRateScheduler((_, rate) => 0.9 * rate),
    snapshots: () => new simdgrad.Snapshots({ every: 2 }),
    log: () => new simdgrad.CSVLogger(log),
    gradients: () => ({ onStep() {} }),
  };
  return settings.callbacks.map((name) => make[name]());
}

function dataOf(settings, { simdgrad, data: { DataStream } }) {
  const { data, task, network, epochs, batchSize, capture, accumulate, stepsPerEpoch, validation } = settings;
  const { rand, tensor } = simdgrad;
  const shape = SHAPES[network];
  const width = shape.reduce((a, b) => a * b);
  const inputs = Float32Array.from({ length: ROWS * width }, (_, i) => Math.fround(Math.sin(1.7 * i + (i % 11))));
  const targets = Float32Array.from({ length: ROWS }, (_, i) => Math.fround(Math.sin(2.3 * i)));
  const rows = (from, to) => tensor(inputs.slice(from * width, to * width), { shape: [to - from, ...shape] });
  const label = (i) => (targets[i] > 0.3 ? 2 : targets[i] > -0.3 ? 1 : 0);
  const target = (i) => (task === "classes" ? label(i) : [targets[i]]);
  const numbers = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);
  const samples = (from, to) => ({
    x: rows(from, to),
    y:
      task === "classes"
        ? tensor(numbers(from, to).map(label), { dtype: "int32" })
        : tensor(targets.slice(from, to), { shape: [to - from, 1] }),
  });
  const stream = (from, to) =>
    DataStream.from(numbers(from, to))
      .shuffle(17)
      .map((i) => ({
        x: rows(i, i + 1)
          .reshape(shape)
          .add(rand(shape).mul(0.1)),
        y: target(i),
      }));
  const made = {
    memory: () => samples(0, ROWS),
    batches: () => numbers(0, 7).map((i) => samples(9 * i, 9 * i + 9)),
    stream: () => stream(0, ROWS).batch(8).prefetch(2),
    endless: () => stream(0, ROWS).repeat().batch(8),
  };
  const options = { epochs, capture, accumulate, ...(stepsPerEpoch === undefined ? {} : { stepsPerEpoch }) };
  if (data === "memory") {
    const { shuffle, replacement, dropLast } = settings;
    const size =
      batchSize === "growing" && stepsPerEpoch === undefined ? (epoch) => 8 + 4 * epoch : batchSize === "growing" ? 12 : batchSize;
    Object.assign(options, { batchSize: size, shuffle: shuffle || replacement, replacement, dropLast });
  }
  if (validation === "split" && data === "memory") options.validationSplit = 0.25;
  else if (validation === "stream") options.validationData = stream(20, 40).batch(6);
  else if (validation !== "none") options.validationData = samples(20, 44);
  options.onNonFinite = settings.onNonFinite === "rollback" ? { action: "rollback", every: "4 steps" } : settings.onNonFinite;
  return { data: made[data](), options };
}
