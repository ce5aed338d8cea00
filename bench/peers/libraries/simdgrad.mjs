/**
 * simdgrad: the working tree, bundled from src/; for the time from start to first step, the built package. Its kernels are narrow in
 * the first two rows, and of 256 bits where those are to be had in the third, whose networks are captured, too.
 */
const NARROW = { SIMDGRAD_WIDE: "0" };
const WIDE = { SIMDGRAD_WIDE: "auto" };
export const rows = [
  { name: "simdgrad", mode: "eager", threads: Infinity, env: NARROW },
  { name: "captured", mode: "captured", threads: Infinity, env: NARROW },
  { name: "wide", mode: "wide", threads: Infinity, env: WIDE },
];

const ACTIVATIONS = new Set(["relu", "tanh", "sigmoid", "softmax"]);
/** Layers that take an activation as an option. */
const ACTIVATED = new Set(["linear", "batchNorm", "conv"]);

export async function build({ workload, data, mode, threads, entry }) {
  const simdgrad = await import(entry);
  const network = workload.kind === "train" || workload.kind === "inference";
  if (mode === "captured" && !network) return "networks alone are captured here";
  if (mode === "wide" && !(await simdgrad.init()).wide) return "narrow here";
  if (threads !== undefined) await simdgrad.setThreads(workload.kind === "limit" ? 1 : threads);
  return kinds[workload.kind](simdgrad, { workload, data, captured: mode !== "eager" && network });
}

const kinds = {
  train(simdgrad, { workload, data, captured }) {
    const { capture, crossEntropy, mse, tensor } = simdgrad;
    const model = network(simdgrad, workload, data.parameters);
    const optimizer = optimizerOf(simdgrad, workload.optimizer, model.parameters());
    const labels = workload.loss === "crossEntropy";
    const lossOf = labels ? crossEntropy : mse;
    const x = tensor(data.x.values).reshape(data.x.shape);
    const y = labels ? tensor(Int32Array.from(data.y.values)) : tensor(data.y.values).reshape(data.y.shape);
    const once = (x, y) => {
      const loss = lossOf(model.forward(x), y);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    };
    const step = captured ? capture(once) : once;
    return { step: () => step(x, y).item() };
  },

  inference(simdgrad, { workload, data, captured }) {
    const { capture, noGrad, tensor } = simdgrad;
    const model = network(simdgrad, workload, data.parameters).eval();
    const { values, shape } = data.x;
    const once = (x) => noGrad(() => model.forward(x));
    const forward = captured ? capture(once) : once;
    const read = () => forward(tensor(values).reshape(shape)).data;
    return { step: () => read()[0], read };
  },

  elementwise(simdgrad, { workload, data }) {
    const name = workload.op === "gelu" ? "geluTanh" : workload.op;
    return operation(simdgrad, [data.x], (x) => simdgrad[name](x));
  },

  gemm(simdgrad, { workload: { form }, data }) {
    return operation(simdgrad, [data.x, data.y], (a, b) => (form === "TN" ? a.transpose() : a).matmul(form === "NT" ? b.transpose() : b));
  },

  limit({ limits }, { workload }) {
    return { step: limits[workload.limit].setup() };
  },
};

/** An operation on tensors that stay in linear memory, as results within a network do. Of data only parameters stay there. */
function operation({ noGrad, Parameter, tensor }, inputs, run) {
  const tensors = inputs.map(({ values, shape }) => new Parameter(tensor(values).reshape(shape)));
  const step = () =>
    noGrad(() => {
      run(...tensors);
    });
  return { step, read: () => noGrad(() => run(...tensors)).data };
}

/** (simdgrad, layer, options that an activation behind it adds) → the layer. */
const LAYERS = {
  linear: ({ Dense }, layer, options) => new Dense(layer.out, { ...options, inputShape: [layer.in] }),
  batchNorm: ({ BatchNorm }, _, options) => new BatchNorm(options),
  conv: ({ Conv2d }, { in: inputs, out, kernel, padding }, options) => new Conv2d(inputs, out, kernel, { ...options, padding }),
  avgPool: ({ AvgPool2d }, { size }) => new AvgPool2d(size),
  maxPool: ({ MaxPool2d }, { size }) => new MaxPool2d(size),
  flatten: ({ Flatten }) => new Flatten(),
  lstm: ({ LSTM }, { in: inputs, hidden }) => new LSTM(inputs, hidden),
  transformerBlock: ({ TransformerEncoderLayer }, { dim, heads, feedForward }) =>
    new TransformerEncoderLayer(dim, heads, { feedForward, dropout: 0, activation: "gelu", normFirst: true }),
  sequenceMean: ({ Lambda }) => new Lambda((x) => x.mean(1)),
};

/** Layers as a user writes them: an activation is an option of the layer before, where that has one. */
function network(simdgrad, { layers, x }, values) {
  const { Activation, Sequential, noGrad, tensor, zeros } = simdgrad;
  const made = layers.map((layer, i) => {
    const [before, next] = [layers[i - 1]?.type, layers[i + 1]?.type];
    if (ACTIVATIONS.has(layer.type)) return ACTIVATED.has(before) ? null : new Activation(layer.type);
    const options = ACTIVATED.has(layer.type) && ACTIVATIONS.has(next) ? { activation: next } : {};
    return LAYERS[layer.type](simdgrad, layer, options);
  });
  const model = new Sequential(made.filter((layer) => layer !== null));
  // Builds lazy layers.
  noGrad(() => {
    model.forward(zeros(x.shape));
  });
  for (const { layer, name, shape, values: numbers } of values) {
    made[layer].loadStateDict({ [name]: tensor(numbers).reshape(shape) }, { strict: false });
  }
  return model;
}

function optimizerOf({ Adam, AdamW, SGD }, { name, ...options }, parameters) {
  return new { adam: Adam, adamW: AdamW, sgd: SGD }[name](parameters, options);
}
