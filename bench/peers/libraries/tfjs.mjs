/** TensorFlow.js on one thread: it has none to start in Node. */
import { inputsFirst } from "../data.mjs";

export const rows = [
  { name: "tfjs-wasm", mode: "wasm" },
  { name: "tfjs-cpu", mode: "cpu" },
];

const SQRT_2_OVER_PI = 0.7978845608028654;

export async function build({ workload, data, mode }) {
  const { default: tf } = await import("@tensorflow/tfjs");
  if (mode === "wasm") await import("@tensorflow/tfjs-backend-wasm");
  await tf.setBackend(mode);
  return kinds[workload.kind]?.(tf, workload, data) ?? "nothing of the sort";
}

/** Layers that are not written here, and why. */
const LEFT_OUT = {
  conv: "its Wasm backend cannot train a convolution",
  lstm: "not written here",
  transformerBlock: "not written here",
};

const kinds = {
  train(tf, { layers, loss, optimizer: { name, ...options } }, data) {
    const left = layers.find(({ type }) => type in LEFT_OUT);
    if (left !== undefined) return LEFT_OUT[left.type];
    const x = tensorOf(tf, data.x);
    const y = loss === "mse" ? tensorOf(tf, data.y) : tf.oneHot(tf.tensor1d(data.y.values, "int32"), 10);
    const variables = data.parameters.map((values) => tf.variable(tensorOf(tf, inputsFirst(values))));
    const lossOf = loss === "mse" ? tf.losses.meanSquaredError : tf.losses.softmaxCrossEntropy;
    const optimizer =
      name === "adam"
        ? tf.train.adam(options.learningRate, 0.9, 0.999, 1e-8)
        : options.momentum
          ? tf.train.momentum(options.learningRate, options.momentum)
          : tf.train.sgd(options.learningRate);
    const step = () => {
      const value = optimizer.minimize(() => lossOf(y, forward(tf, layers, variables, x)), true, variables);
      const number = value.dataSync()[0];
      value.dispose();
      return number;
    };
    return { step };
  },

  inference(tf, { layers }, data) {
    const parameters = data.parameters.map((values) => tensorOf(tf, inputsFirst(values)));
    const read = () => tf.tidy(() => forward(tf, layers, parameters, tensorOf(tf, data.x)).dataSync());
    return { step: () => read()[0], read };
  },

  elementwise(tf, { op }, data) {
    const x = tensorOf(tf, data.x);
    const run = op === "gelu" ? () => gelu(tf, x) : () => tf[op](x);
    return operation(tf, run);
  },

  gemm(tf, { form }, data) {
    const [a, b] = [tensorOf(tf, data.x), tensorOf(tf, data.y)];
    return operation(tf, () => tf.matMul(a, b, form === "TN", form === "NT"));
  },
};

function operation(tf, run) {
  return { step: () => tf.tidy(() => void run()), read: () => tf.tidy(() => run().dataSync()) };
}

/** gelu by operations, since TensorFlow.js has no gelu. */
function gelu(tf, x) {
  const u = tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), 0.044715), 1)), SQRT_2_OVER_PI);
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(u), 1));
}

/** Layers that are more than an operation of the same name: (tf, y, layer, p) → result, where p() is the next parameter. */
const LAYERS = {
  linear: (tf, y, _, p) => tf.add(tf.matMul(y, p()), p()),
  /** Running statistics are not kept, which is less work than other libraries do. */
  batchNorm(tf, y, _, p) {
    const { mean, variance } = tf.moments(y, 0);
    const [scale, shift] = [p(), p()];
    return tf.batchNorm(y, mean, variance, shift, scale, 1e-5);
  },
  // Images are [n, h, w, c] there, filters [h, w, in, out].
  conv: (tf, y, { padding }, p) => tf.add(tf.conv2d(y, tf.transpose(p(), [2, 3, 1, 0]), 1, padding), p()),
  avgPool: (tf, y, { size }) => tf.avgPool(y, size, size, 0),
  maxPool: (tf, y, { size }) => tf.maxPool(y, size, size, 0),
  flatten: (tf, y) => tf.reshape(tf.transpose(y, [0, 3, 1, 2]), [y.shape[0], -1]),
};

function forward(tf, layers, variables, x) {
  let at = 0;
  const next = () => variables[at++];
  const images = x.rank === 4 ? tf.transpose(x, [0, 2, 3, 1]) : x;
  return layers.reduce((y, layer) => LAYERS[layer.type]?.(tf, y, layer, next) ?? tf[layer.type](y), images);
}

function tensorOf(tf, { values, shape }) {
  return tf.tensor(values, shape);
}
