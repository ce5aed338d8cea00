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

/** Layers as a user writes them: an activation is an option of the layer before. */
function network({ BatchNorm, Dense, Sequential, tensor, ...simdgrad }, { layers, x }, values) {
  const made = [];
  layers.forEach((layer, i) => {
    const next = layers[i + 1]?.type;
    const options = ACTIVATIONS.has(next) ? { activation: next } : {};
    if (layer.type === "linear") made.push(new Dense(layer.out, { ...options, inputShape: [layer.in] }));
    if (layer.type === "batchNorm") made.push(new BatchNorm(options));
  });
  const model = new Sequential(made);
  // Builds lazy layers.
  simdgrad.noGrad(() => {
    model.forward(simdgrad.zeros(x.shape));
  });
  for (const [i, parameter] of model.parameters().entries()) parameter.assign(tensor(values[i].values).reshape(values[i].shape));
  return model;
}

function optimizerOf({ Adam, SGD }, { name, ...options }, parameters) {
  return name === "adam" ? new Adam(parameters, options) : new SGD(parameters, options);
}
