/** jax-js, with the whole step within `jit`. It has threads in browsers only. An array that is used again is passed as `.ref`. */
import { inputsFirst } from "../data.mjs";

export const rows = [{ name: "jax-js" }];

export async function build({ workload, data }) {
  const jax = await import("@jax-js/jax");
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  return kinds[workload.kind]?.(jax, workload, data) ?? "nothing of the sort";
}

const kinds = {
  train(jax, { layers, loss, optimizer }, data) {
    const { jit, numpy: np, tree, valueAndGrad } = jax;
    const lossOf = (parameters, x, y) => losses[loss](jax, forward(jax, layers, parameters, x), y);
    const update = optimizers[optimizer.name](jax, optimizer);
    const once = jit((parameters, state, x, y) => {
      const [value, gradients] = valueAndGrad(lossOf)(tree.ref(parameters), x, y);
      return [value, ...update(parameters, gradients, state)];
    });
    const x = arrayOf(np, data.x);
    const y = loss === "mse" ? arrayOf(np, data.y) : jax.nn.oneHot(np.array(Int32Array.from(data.y.values)), 10);
    let parameters = data.parameters.map((values) => arrayOf(np, inputsFirst(values)));
    const zeros = () => parameters.map(({ shape }) => np.zeros(shape));
    let state = { m: zeros(), v: zeros(), betas: [np.array(1), np.array(1)] };
    const step = () => {
      const [value, ...next] = once(parameters, state, x.ref, y.ref);
      [parameters, state] = next;
      return value.item();
    };
    return { step };
  },

  inference(jax, { layers }, data) {
    const { jit, numpy: np, tree } = jax;
    const run = jit((parameters, x) => forward(jax, layers, parameters, x));
    const parameters = data.parameters.map((values) => arrayOf(np, inputsFirst(values)));
    const read = () => run(tree.ref(parameters), arrayOf(np, data.x)).dataSync();
    return { step: () => read()[0], read };
  },

  elementwise(jax, { op }, data) {
    const { nn, numpy: np } = jax;
    return operation(
      jax,
      [data.x],
      { relu: nn.relu, gelu: nn.gelu, tanh: np.tanh, sigmoid: nn.sigmoid, softmax: nn.softmax, sum: np.sum }[op],
    );
  },

  gemm(jax, { form }, data) {
    const { matmul, matrixTranspose } = jax.numpy;
    return operation(jax, [data.x, data.y], (a, b) =>
      matmul(form === "TN" ? matrixTranspose(a) : a, form === "NT" ? matrixTranspose(b) : b),
    );
  },
};

/** Arrays are lazy: a step waits for its result. */
function operation({ blockUntilReady, jit, numpy: np, tree }, inputs, fn) {
  const run = jit(fn);
  const arrays = inputs.map((values) => arrayOf(np, values));
  const step = async () => {
    const result = run(...tree.ref(arrays));
    await blockUntilReady(result);
    result.dispose();
  };
  return {
    step,
    read: () =>
      run(...tree.ref(arrays))
        .ravel()
        .dataSync(),
  };
}

const losses = {
  mse: ({ numpy: np }, prediction, y) => np.mean(np.square(prediction.sub(y))),
  crossEntropy: ({ nn, numpy: np }, logits, y) => np.mean(np.sum(nn.logSoftmax(logits).mul(y), -1)).mul(-1),
};

/** (parameters, gradients, state) → [parameters, state] */
const optimizers = {
  sgd:
    ({ tree }, { learningRate, momentum = 0 }) =>
    (parameters, gradients, state) => {
      if (momentum === 0) return [tree.map((p, g) => p.sub(g.mul(learningRate)), parameters, gradients), state];
      const m = tree.map((m, g) => m.mul(momentum).add(g), state.m, gradients);
      return [tree.map((p, m) => p.sub(m.mul(learningRate)), parameters, tree.ref(m)), { ...state, m }];
    },

  /** With weightDecay, which is apart from the gradient, AdamW. */
  adam:
    ({ numpy: np, tree }, { learningRate, weightDecay = 0 }) =>
    (parameters, gradients, state) => {
      const m = tree.map((m, g) => m.mul(0.9).add(g.mul(0.1)), state.m, tree.ref(gradients));
      const v = tree.map((v, g) => v.mul(0.999).add(np.square(g).mul(0.001)), state.v, gradients);
      // Products β₁ᵗ and β₂ᵗ.
      const betas = [state.betas[0].mul(0.9), state.betas[1].mul(0.999)];
      const [c1, c2] = betas.map((beta) => np.array(1).sub(beta.ref));
      const moved = tree.map(
        (p, m, v) =>
          (weightDecay === 0 ? p : p.mul(1 - learningRate * weightDecay)).sub(
            m
              .div(c1.ref)
              .mul(learningRate)
              .div(np.sqrt(v.div(c2.ref)).add(1e-8)),
          ),
        parameters,
        tree.ref(m),
        tree.ref(v),
      );
      tree.dispose([c1, c2]);
      return [moved, { m, v, betas }];
    },
};

optimizers.adamW = optimizers.adam;

/** Layers that are more than an activation of the same name: (jax, y, layer, p) → result, where p() is the next parameter. */
const LAYERS = {
  linear: ({ numpy: np }, y, _, p) => np.matmul(y, p()).add(p()),
  conv: ({ lax }, y, { out, padding }, p) =>
    lax
      .convGeneralDilated(
        y,
        p(),
        [1, 1],
        [
          [padding, padding],
          [padding, padding],
        ],
      )
      .add(p().reshape([1, out, 1, 1])),
  avgPool: ({ numpy: np }, y, { size }) => np.mean(squares(y, size), [3, 5]),
  maxPool: ({ numpy: np }, y, { size }) => np.max(squares(y, size), [3, 5]),
  flatten: (_, y) => y.reshape([y.shape[0], -1]),
  tanh: ({ numpy: np }, y) => np.tanh(y),
  sequenceMean: ({ numpy: np }, y) => np.mean(y, 1),

  /** Running statistics are not kept, which is less work than other libraries do. */
  batchNorm(jax, y, _, p) {
    return normalized(jax, y, 0, p);
  },

  lstm({ nn, numpy: np }, x, { hidden }, p) {
    const [batch, steps] = x.shape;
    const [ofInput, ofState, inputBias, stateBias] = [p(), p(), p(), p()];
    const projected = np.matmul(x, ofInput).add(inputBias.add(stateBias));
    let h = np.zeros([batch, hidden]);
    let c = np.zeros([batch, hidden]);
    for (let t = 0; t < steps; t++) {
      const gates = projected.ref.slice([], t).add(np.matmul(h, ofState.ref));
      const [i, f, g, o] = np.split(gates, 4, -1);
      c = nn
        .sigmoid(f)
        .mul(c)
        .add(nn.sigmoid(i).mul(np.tanh(g)));
      h = nn.sigmoid(o).mul(np.tanh(c.ref));
    }
    for (const array of [projected, ofState, c]) array.dispose();
    return h;
  },

  transformerBlock(jax, x, { heads }, p) {
    const { nn, numpy: np } = jax;
    const [inWeight, inBias, outWeight, outBias, weight1, bias1, weight2, bias2, ...norms] = Array.from({ length: 12 }, p);
    const norm = (y) => normalized(jax, y, -1, () => norms.shift());
    const [batch, length, dim] = x.shape;
    const projected = np.matmul(norm(x.ref), inWeight).add(inBias);
    const [query, key, value] = np.split(projected, 3, -1).map((part) => part.reshape([batch, length, heads, dim / heads]));
    const attended = nn.dotProductAttention(query, key, value).reshape([batch, length, dim]);
    const y = x.add(np.matmul(attended, outWeight).add(outBias));
    const hidden = nn.gelu(np.matmul(norm(y.ref), weight1).add(bias1), { approximate: false });
    return y.add(np.matmul(hidden, weight2).add(bias2));
  },
};

function forward(jax, layers, parameters, x) {
  let at = 0;
  const next = () => parameters[at++];
  return layers.reduce((y, layer) => LAYERS[layer.type]?.(jax, y, layer, next) ?? jax.nn[layer.type](y), x);
}

/** [n, c, h, w] as [n, c, rows, size, columns, size]. */
function squares(y, size) {
  const [n, c, h, w] = y.shape;
  return y.reshape([n, c, h / size, size, w / size, size]);
}

/** (y − mean) / √(variance + ε) · scale + shift, mean and variance over an axis. */
function normalized({ numpy: np }, y, axis, p) {
  const centred = y.ref.sub(np.mean(y, axis, { keepdims: true }));
  const variance = np.mean(np.square(centred.ref), axis, { keepdims: true });
  return centred
    .div(np.sqrt(variance.add(1e-5)))
    .mul(p())
    .add(p());
}

function arrayOf(np, { values, shape }) {
  return np.array(values).reshape(shape);
}
