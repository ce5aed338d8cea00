/**
 * `node calls.mjs '{ "library", "calls", "build", "threads", "seed" }'`: random calls of operations and optimizers, narrow and wide, with
 * random shapes, values and offsets, forward and backward, some of them captured. Their results must have the same bits.
 */
const { library, calls, build, threads, seed } = JSON.parse(process.argv[2]);
const lib = await import(library);
const { capture, init, kernels, loadPiece, manualSeed, shareFrom, tensor, useWide, widen } = lib;

let state = seed >>> 0;
/** Mulberry32. */
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const below = (n) => Math.floor(n * random());
const oneOf = (values) => values[below(values.length)];

const SPECIALS = [0, -0, 1, -1, 1e-40, -1e-30, 1e30, -3e38, 88.5, -104, Infinity, -Infinity, NaN];
/** Few extents are large; those round a multiple of the vectors are frequent. */
const extent = () => oneOf([1 + below(9), 1 + below(40), 16 * (1 + below(5)) + below(3) - 1, 1 + below(130)]);
const shapeOf = (rank) => Array.from({ length: rank }, extent);

/** Random numbers for a tensor. */
function numbers(shape, kind) {
  const size = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length: size }, () => {
    const x = 4 * (random() + random() - 1);
    if (kind === "positive") return Math.abs(x) + 0.01;
    if (kind === "any" && random() < 0.02) return oneOf(SPECIALS);
    return x;
  });
}

const UNARY = ["elu", "gelu", "geluTanh", "hardSigmoid", "leakyRelu", "relu", "selu", "sigmoid", "silu", "softplus", "tanh", "abs", "ceil", "cos", "cosh", "erf", "exp", "expm1", "floor", "log", "log10", "log1p", "log2", "neg", "reciprocal", "round", "rsqrt", "sign", "sin", "sinh", "sqrt", "square", "tan", "trunc", "clone"]; // biome-ignore format: one list
const BINARY = ["add", "div", "maximum", "minimum", "mul", "sub", "pow", "eq", "ge", "gt", "le", "lt", "ne"];
const FOLDS = ["argmax", "argmin", "max", "min", "sum", "mean", "prod", "logSumExp", "norm", "std", "variance"];
const ROWS = ["softmax", "logSoftmax", "cumsum", "flip", "sort"];

/** A call: its operands' numbers, and what is done with the tensors. */
const MAKERS = [
  () => {
    const [rows, inputs, outputs] = shapeOf(3);
    const name = oneOf(["Adam", "AdamW", "RMSprop", "SGD"]);
    const options = name === "SGD" ? { momentum: 0.9 } : {};
    return call(name, [operand([rows, inputs], "finite")], (x) => {
      const model = new lib.Sequential([new lib.Dense(outputs, { inputShape: [inputs] })]);
      const optimizer = new lib[name](model.parameters(), { learningRate: 0.01, ...options });
      for (let i = 0; i < 2; i++) {
        model.forward(x.detach()).square().mean().backward();
        optimizer.step();
        optimizer.zeroGrad();
      }
      return model.forward(x);
    });
  },
  () => {
    const name = oneOf(UNARY);
    return call(name, [operand(shapeOf(1 + below(3)), random() < 0.3 ? "positive" : "any")], (x) => x[name]());
  },
  () => {
    const [name, shape] = [oneOf(BINARY), shapeOf(1 + below(3))];
    const other = random() < 0.5 ? shape : shape.map((n) => (random() < 0.5 ? 1 : n));
    return call(name, [operand(shape, name === "pow" ? "positive" : "any"), operand(other, "any")], (x, y) => x[name](y));
  },
  () => {
    const [name, shape] = [oneOf(FOLDS), shapeOf(1 + below(3))];
    const axis = below(shape.length);
    return call(name, [operand(shape, "any")], (x) => x[name](name.startsWith("arg") ? axis : { axes: axis }));
  },
  () => {
    const [name, shape] = [oneOf(ROWS), shapeOf(1 + below(2))];
    return call(name, [operand(shape, "finite")], (x) => (name === "sort" ? x.sort().values : x[name](shape.length - 1)));
  },
  () => {
    const [m, n, k] = shapeOf(3);
    const [a, b] = [random() < 0.5, random() < 0.5];
    const operands = [operand(a ? [k, m] : [m, k], "finite"), operand(b ? [n, k] : [k, n], "finite")];
    return call("matmul", operands, (x, y) => (a ? x.transpose() : x).matmul(b ? y.transpose() : y));
  },
  () => {
    const [batch, inputs, outputs] = shapeOf(3);
    const operands = [operand([batch, inputs], "finite"), operand([outputs, inputs], "finite"), operand([outputs], "finite")];
    const activation = oneOf(["relu", "tanh", "sigmoid"]);
    return call("linear", operands, (x, w, b) => x.linear(w, b)[activation]());
  },
  () => {
    const [rows, classes] = [1 + below(80), 2 + below(60)];
    const labels = Int32Array.from({ length: rows }, () => below(classes));
    return call("crossEntropy", [operand([rows, classes], "finite")], (x) => lib.crossEntropy(x, tensor(labels)));
  },
  () => {
    const shape = shapeOf(2);
    const name = oneOf(["mse", "mae", "huber"]);
    return call(name, [operand(shape, "finite"), operand(shape, "finite")], (x, y) => lib[name](x, y));
  },
  () => {
    const [name, shape] = [oneOf(["LayerNorm", "BatchNorm"]), [2 + below(60), 1 + below(90)]];
    return call(name, [operand(shape, "finite")], (x) =>
      (name === "LayerNorm" ? new lib.LayerNorm(shape[1]) : new lib.BatchNorm()).forward(x),
    );
  },
  () => {
    const shape = shapeOf(2);
    return call("dropout", [operand(shape, "finite")], (x) => new lib.Dropout(0.3).forward(x));
  },
  () => {
    const shape = shapeOf(2);
    return call("clamp", [operand(shape, "any")], (x) => x.clamp(-1, 1.5));
  },
  () => {
    const shape = shapeOf(2);
    return call("where", [operand(shape, "any"), operand(shape, "any")], (x, y) => x.where(x.gt(y), y));
  },
  () => {
    const shape = shapeOf(3);
    return call("permute", [operand(shape, "any")], (x) => x.permute([2, 0, 1]).clone());
  },
];

/** The numbers of an operand, and at which row of a larger tensor it begins. */
function operand(shape, kind) {
  const skipped = below(3);
  return { shape, skipped, values: numbers([shape[0] + skipped, ...shape.slice(1)], kind) };
}

function call(name, operands, fn) {
  return { name, operands, fn, seed: below(2 ** 31), captured: random() < 0.02 };
}

/** The operand in the leaf that holds its numbers. */
function part(leaf, { shape: [rows, ...rest], skipped }) {
  const all = leaf.reshape([rows + skipped, ...rest]);
  return skipped === 0 ? all : all.slice([[skipped, skipped + rows], ...rest.map(() => null)]);
}

/** The words of all results: of the call, then of the gradients. */
function results({ operands, fn, seed: drawn, captured }, wide) {
  useWide(wide);
  manualSeed(drawn);
  const leaves = operands.map(({ values }) => tensor(values, { requiresGrad: true }));
  const step = () => fn(...leaves.map((leaf, i) => part(leaf, operands[i])));
  const outputs = [];
  if (captured) {
    const once = capture(step);
    for (let i = 0; i < 4; i++) outputs.push(once().data.slice());
    return outputs;
  }
  const result = step();
  outputs.push(result.data.slice());
  if (result.dtype === "float32") {
    const found = lib.grad(result.mul(0.5).sum(), leaves, { allowUnused: true });
    for (const one of found) if (one) outputs.push(one.data.slice());
  }
  return outputs;
}

/** The results of a call, or the text of its error. */
function attempt(one, wide) {
  try {
    return results(one, wide);
  } catch (error) {
    return String(error);
  }
}

function same(narrow, wide) {
  if (typeof narrow === "string" || typeof wide === "string") return narrow === wide;
  return narrow.length === wide.length && narrow.every((values, k) => values.every((value, i) => Object.is(value, wide[k][i])));
}

await init({ kernels: build, wide: true, threads });
if (threads > 1) shareFrom(0);
for (const kernel of Object.values(kernels)) {
  if (kernel?.piece === undefined) continue;
  loadPiece(kernel.piece);
  widen(kernel);
}

const counts = {};
let refused = 0;
for (let i = 0; i < calls; i++) {
  const one = oneOf(MAKERS)();
  counts[one.name] = (counts[one.name] ?? 0) + 1;
  const [narrow, wide] = [false, true].map((is) => attempt(one, is));
  if (typeof narrow === "string") refused++;
  if (same(narrow, wide)) continue;
  console.error(`call ${i} of seed ${seed}: ${one.name} over ${JSON.stringify(one.operands.map(({ shape }) => shape))} differs`);
  process.exit(1);
}
// Capture refuses a few calls, such as those whose shapes follow from the data.
if (refused > calls / 20) throw new Error(`${refused} of ${calls} calls were refused`);
console.log(JSON.stringify(counts));
process.exit(0);
