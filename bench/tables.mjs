/**
 * `node bench/tables.mjs BENCH PEERS`: writes the figures of two runs, `npm run bench -- --json BENCH` and
 * `npm run bench:peers -- --json PEERS`, into the tables of README.md and docs/speed.md, which stand between marks.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { figure, NARROW, ours, speed } from "./peers/results.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const SPEED = "docs/speed.md";
const README = "README.md";

/** Rows of the benchmark, by what the table calls them. */
const FIGURES = {
  "GEMM 64³": "gemm 64³",
  "GEMM 512³": "gemm 512³",
  "GEMM 128×784×512": "gemm mlp NN",
  "the same, B transposed": "gemm mlp NT",
  "the same, A transposed": "gemm mlp TN",
  "relu, 1 M floats": "activations relu",
  "sum, 1 M floats": "reduce sum",
  "exp, 1 M floats": "elementary exp",
  "tanh, 1 M floats": "activations tanh",
  "sigmoid, 1 M floats": "activations sigmoid",
  "gelu, 1 M floats": "activations gelu",
  "softmax 1024²": "softmax softmax",
  "Adam, 407,050 parameters": "optim adam",
  "batch norm 32×256 with ReLU, forward and backward": "normalize batchNorm relu 32×256, both ways",
  "training step 784-512-10, batch 128, Adam": "train mlp of Dense, Adam, batch 128",
  "training step 2-8-1, batch 4, SGD, eager": "train xor, SGD, batch 4",
  "one sample through 784-512-10, captured": "inference one sample, captured",
  "the same on two threads": "inference one sample, captured, 2 threads",
};
/** Rows whose limit is neither multiply-adds nor copying. */
const NO_LIMIT = /^(elementary|activations (tanh|sigmoid|gelu)|softmax|normalize)|threads$/;

/** Workloads beside other libraries, by what the tables call them. */
const WORKLOADS = {
  "training 2-8-1, batch 4, SGD": ["xor"],
  "training 784-512-10, batch 128, Adam": ["mlp"],
  "training 784-256-256-256-256-10 with batch norm, batch 32, SGD": ["deep"],
  "training LeNet-5, batch 64, SGD": ["lenet"],
  "training four convolutions 3×3 (vgg), batch 32, Adam": ["vgg"],
  "training an LSTM of 128, 28 steps, batch 64, Adam": ["lstm"],
  "training a Transformer block 64×128, batch 16, AdamW": ["transformer"],
  "one sample through 784-512-10": ["inference-mlp"],
  "one sample through LeNet-5": ["inference-lenet"],
  "tanh, gelu, softmax, 1 M floats": ["tanh", "gelu", "softmax"],
  "relu, sigmoid, sum, 1 M floats": ["relu", "sigmoid", "sum"],
  "matrix product 512³": ["gemm 512³"],
};

const [bench, peers] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")));
if (peers === undefined) throw new Error("expected two files: of `npm run bench -- --json …` and of `npm run bench:peers -- --json …`");
write(SPEED, "figures", figuresText());
write(SPEED, "peers", [...peersTable(docsColumns()), "", footnote()]);
write(README, "peers", peersTable(readmeColumns()));

function figuresText() {
  const { cpu, cores, node, v8 } = bench.machine;
  const limit = (wide) => number(resultOf("limits multiply-add", wide)?.gflops);
  const rows = Object.entries(FIGURES).map(([name, row]) => {
    const [narrow, wide] = [resultOf(row, false), resultOf(row, true)];
    const twin = bench.results.find((one) => one.variant === "js" && nameOf(one) === row);
    const share = (one) => (one?.share_of_limit === undefined || NO_LIMIT.test(row) ? "" : `${Math.round(100 * one.share_of_limit)} %`);
    const overTwin = twin && wide ? `${number(twin.median_ms / wide.median_ms)} ×` : "";
    return [name, time(narrow), time(wide), wide ? `${number(wide.over_narrow)} ×` : "", overTwin, share(narrow), share(wide)];
  });
  return [
    `One run on Node ${node} (V8 ${v8}), relaxed build, ${cpu} with ${cores} cores. The machine's own limits in that run:`,
    `${limit(false)} GFLOP/s of 128-bit multiply-adds a core, ${limit(true)} of 256-bit ones, ${number(resultOf("limits copy 1 M floats", false)?.gbs)} GB/s of copying.`,
    "",
    ...table(["", "narrow", "wide", "wide over narrow", "wide over the JS twin", "of the narrow limit", "of the wide limit"], rows),
  ];
}

function resultOf(name, wide) {
  return bench.results.find((one) => one.variant === "relaxed" && one.wide === wide && nameOf(one) === name);
}

function nameOf({ group, name }) {
  return `${group} ${name}`;
}

/** A column: its head, and how many times as fast as a library, with some of our rows. */
function column(head, library, rows = ["wide"], threads = 1) {
  return { head, ratio: (workload) => speed(peers, workload, threads, library, ours(peers, workload, threads, rows)) };
}

function docsColumns() {
  return [
    column("PyTorch, narrow", "PyTorch", NARROW),
    column("PyTorch, wide", "PyTorch"),
    column("two threads, narrow", "PyTorch", NARROW, 2),
    column("two threads, wide", "PyTorch", ["wide"], 2),
    column(`jax-js ${version("@jax-js/jax")}`, "jax-js"),
    column(`TensorFlow.js ${version("@tensorflow/tfjs")}, wasm`, "tfjs-wasm"),
    column("brain.js", "brain.js"),
    column("ONNX Runtime, native", "ort-native"),
  ];
}

function readmeColumns() {
  return [
    column("PyTorch 1.13", "PyTorch"),
    column("two threads", "PyTorch", ["wide"], 2),
    column(`jax-js ${version("@jax-js/jax")}`, "jax-js"),
    column(`TensorFlow.js ${version("@tensorflow/tfjs")}, wasm`, "tfjs-wasm"),
    column("ONNX Runtime, native", "ort-native"),
  ];
}

function version(name) {
  return JSON.parse(readFileSync(join(root, "bench/peers/package.json"), "utf8")).dependencies[name];
}

function peersTable(columns) {
  const cell = (ratio, workloads) => {
    const ratios = workloads.map(ratio);
    return ratios.every((one) => one === undefined) ? "" : ratios.map(number).join(", ");
  };
  const rows = Object.entries(WORKLOADS).map(([name, workloads]) => [name, ...columns.map(({ ratio }) => cell(ratio, workloads))]);
  return table(["", ...columns.map(({ head }) => head)], rows);
}

function footnote() {
  const mib = (library) => Math.round((figure(peers, "mlp", 1, library)?.peak ?? Number.NaN) / 2 ** 20);
  const seconds = (library) => (peers.startup[library] / 1e3).toFixed(2);
  return [
    `Training 784-512-10 takes ${mib("wide")} MiB (narrow ${mib("captured")}, eager ${mib("simdgrad")}; PyTorch ${mib("PyTorch")}, jax-js ${mib("jax-js")}), and from the start of`,
    `the process to the first step ${seconds("wide")} s (narrow ${seconds("simdgrad")}; PyTorch ${seconds("PyTorch")}, jax-js ${seconds("jax-js")}).`,
  ].join("\n");
}

function table(heads, rows) {
  const rule = `|${"---|".repeat(heads.length)}`;
  const [head, ...lines] = [heads, ...rows].map((cells) => `|${cells.map((cell) => (cell === "" ? " |" : ` ${cell} |`)).join("")}`);
  return [head, rule, ...lines];
}

function time(result) {
  if (result === undefined) return "";
  const { median_ms } = result;
  return median_ms < 0.1 ? `${number(1e3 * median_ms)} µs` : `${number(median_ms)} ms`;
}

/** Two or three digits. */
function number(value) {
  if (value === undefined) return "?";
  return value >= 10 ? value.toFixed(0) : value >= 2 ? value.toFixed(1) : value.toFixed(2);
}

/** Writes lines between the marks of a name. */
function write(file, name, lines) {
  const path = join(root, file);
  const before = readFileSync(path, "utf8");
  const marks = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(\n<!-- /${name} -->)`);
  if (!marks.test(before)) throw new Error(`${file} has no marks of "${name}"`);
  writeFileSync(
    path,
    before.replace(marks, (_, begin, end) => `${begin}${lines.join("\n")}${end}`),
  );
}
