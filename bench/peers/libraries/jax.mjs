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

  adam:
    ({ numpy: np, tree }, { learningRate }) =>
    (parameters, gradients, state) => {
      const m = tree.map((m, g) => m.mul(0.9).add(g.mul(0.1)), state.m, tree.ref(gradients));
      const v = tree.map((v, g) => v.mul(0.999).add(np.square(g).mul(0.001)), state.v, gradients);
      // Products β₁ᵗ and β₂ᵗ.
      const betas = [state.betas[0].mul(0.9), state.betas[1].mul(0.999)];
      const [c1, c2] = betas.map((beta) => np.array(1).sub(beta.ref));
      const moved = tree.map(
        (p, m, v) =>
          p.sub(
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

/** Running statistics are not kept, which is less work than other libraries do. */
function forward({ nn, numpy: np }, layers, parameters, x) {
  let at = 0;
  return layers.reduce((y, { type }) => {
    if (type === "linear") return np.matmul(y, parameters[at++]).add(parameters[at++]);
    if (type === "tanh") return np.tanh(y);
    if (type !== "batchNorm") return nn[type](y);
    const centred = y.ref.sub(np.mean(y, 0));
    const variance = np.mean(np.square(centred.ref), 0);
    const [scale, shift] = [parameters[at++], parameters[at++]];
    return centred
      .div(np.sqrt(variance.add(1e-5)))
      .mul(scale)
      .add(shift);
  }, x);
}

function arrayOf(np, { values, shape }) {
  return np.array(values).reshape(shape);
}
