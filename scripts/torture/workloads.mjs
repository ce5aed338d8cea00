/**
 * The trainings that are killed: small ones, in which as much as possible has a state. Each takes the library and gives a model, its data and
 * the options of `fit`, always the same.
 */

/** Numbers from −1 to 1 that depend on their place alone. */
const wave = (n, seed) => Float32Array.from({ length: n }, (_, i) => Math.fround(Math.sin(0.7 * i * (seed + 1) + 3 * seed + (i % 13))));

/** Dense layers over samples in memory: dropout, batch norm, AdamW, a constraint, early stopping, plateau, a log. */
function mlp({ simdgrad }, log) {
  const { BatchNorm, CSVLogger, Dense, Dropout, EarlyStopping, maxNorm, ReduceLROnPlateau, RocAuc, Sequential, tensor } = simdgrad;
  const x = wave(320 * 12, 1);
  const y = Int32Array.from(
    { length: 320 },
    (_, i) => (x[12 * i] + x[12 * i + 3] * x[12 * i + 5] > 0 ? 1 : 0) + (x[12 * i + 7] > 0.6 ? 1 : 0),
  );
  const layers = [
    new Dense(24, { activation: "relu", weightConstraint: maxNorm(1.5), inputShape: [12] }),
    new BatchNorm(),
    new Dropout(0.3),
    new Dense(3),
  ];
  const model = new Sequential(layers).compile({
    optimizer: { name: "adamw", learningRate: 0.004 },
    loss: "crossEntropy",
    metrics: ["accuracy", new RocAuc()],
  });
  const callbacks = [new ReduceLROnPlateau({ patience: 1, factor: 0.6 }), new EarlyStopping({ patience: 5 }), new CSVLogger(log)];
  const data = { x: tensor(x, { shape: [320, 12] }), y: tensor(y, { dtype: "int32" }) };
  return { model, data, options: { epochs: 16, batchSize: 16, validationSplit: 0.2, callbacks } };
}

/** Convolutions over a stream: a shuffle buffer, augmentation, one cycle of the rate, an average of the weights in their place. */
function convolution({ simdgrad, data: { DataStream } }, log) {
  const {
    BatchNorm2d,
    Conv2d,
    CSVLogger,
    Dense,
    Dropout,
    ExponentialMovingAverage,
    Flatten,
    MaxPool2d,
    oneCycle,
    rand,
    Sequential,
    tensor,
  } = simdgrad;
  const pixels = wave(96 * 64, 2);
  const image = (i) => tensor(pixels.slice(64 * i, 64 * i + 64), { shape: [1, 8, 8] });
  const label = (i) => (pixels[64 * i + 9] > 0 ? 1 : 0) + (pixels[64 * i + 20] > 0.3 ? 1 : 0);
  const numbers = Array.from({ length: 96 }, (_, i) => i);
  const batches = DataStream.from(numbers)
    .shuffle(24)
    .map((i) => ({ x: image(i).add(rand([1, 8, 8]).mul(0.2)), y: label(i) }))
    .batch(8)
    .prefetch(3);
  const layers = [
    new Conv2d(1, 6, 3, { padding: 1, activation: "relu" }),
    new BatchNorm2d(6),
    new MaxPool2d(2),
    new Flatten(),
    new Dropout(0.2),
    new Dense(3),
  ];
  const model = new Sequential(layers).compile({
    optimizer: { name: "sgd", momentum: 0.9, learningRate: oneCycle(0.05, { steps: 240 }) },
    loss: "crossEntropy",
    metrics: ["accuracy"],
  });
  const validationData = { x: tensor(pixels.slice(0, 24 * 64), { shape: [24, 1, 8, 8] }), y: numbers.slice(0, 24).map(label) };
  const callbacks = [new ExponentialMovingAverage({ decay: 0.95 }), new CSVLogger(log)];
  return { model, data: batches, options: { epochs: 20, validationData, callbacks } };
}

/** An LSTM over batches that an iterable makes: two batches a step, warm restarts lowered as a whole, averaged weights, snapshots, a spoiled batch. */
function lstm({ simdgrad }, log) {
  const { CSVLogger, cosineRestarts, Dense, LSTM, NewBob, Sequential, Snapshots, StochasticWeightAveraging, tensor } = simdgrad;
  const values = wave(160 * 10 * 3, 3);
  const batches = {
    *[Symbol.iterator]() {
      for (let i = 0; i < 160; i += 10) {
        const x = values.slice(30 * i, 30 * (i + 10));
        const y = Float32Array.from({ length: 10 }, (_, k) => (i === 70 && k === 3 ? Number.NaN : x[30 * k] * x[30 * k + 29]));
        yield { x: tensor(x, { shape: [10, 10, 3] }), y: tensor(y, { shape: [10, 1] }) };
      }
    },
  };
  const layers = [new LSTM(3, 8, { numLayers: 2, dropout: 0.25 }), new Dense(1)];
  const model = new Sequential(layers).compile({
    optimizer: { name: "rmsprop", momentum: 0.5, learningRate: cosineRestarts(0.01, { steps: 30 }), globalClipNorm: 1 },
    loss: "mse",
    metrics: ["mae"],
  });
  const callbacks = [
    new NewBob({ monitor: "loss", factor: 0.9 }),
    new StochasticWeightAveraging({ start: 6 }),
    new Snapshots({ every: 4 }),
    new CSVLogger(log),
  ];
  return { model, data: batches, options: { epochs: 12, accumulate: 2, onNonFinite: "skip", callbacks } };
}

export const workloads = { mlp, convolution, lstm };
