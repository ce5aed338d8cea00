/** The bars: bounds on the speed of simdgrad compared with other libraries. */
import { figure, NARROW, ours, speed } from "./results.mjs";

const MIB = 2 ** 20;
const WIDE = ["wide"];

/** How many times as fast as another library the best of some rows is. */
const times = (rows, workload, library, bound, threads) => ({
  what: `${workload}${rows === WIDE ? "" : ", narrow,"} over ${library}, ${threads === 1 ? "one thread" : "two threads"}`,
  workload,
  threads,
  sense: "≥",
  bound,
  unit: "×",
  value: (results) => speed(results, workload, threads, library, ours(results, workload, threads, rows)),
});
/** Over PyTorch, on one thread and on two. */
const both = (workload, one, two) => [times(WIDE, workload, "PyTorch", one, 1), times(WIDE, workload, "PyTorch", two, 2)];
/** Two threads over one, of our own. */
const scaling = (workload, bound) => ({
  what: `${workload}, two threads over one`,
  workload,
  threads: 2,
  sense: "≥",
  bound,
  unit: "×",
  value: (results) => {
    const [one, two] = [1, 2].map((threads) => ours(results, workload, threads, WIDE)?.median);
    return one && two && one / two;
  },
});
const narrow = (workload, library, bound) => times(NARROW, workload, library, bound, 1);
const atMost = (what, workload, bound, unit, value) => ({ what, workload, threads: 1, sense: "≤", bound, unit, value });

const BARS = [
  ...both("mlp", 1.4, 1.6),
  ...both("deep", 1.15, 1.5),
  ...both("sigmoid", 1.3, 1.3),
  ...both("gelu", 5, 4),
  ...both("tanh", 5, 4),
  ...both("softmax", 1.5, 1.5),
  ...both("relu", 0.95, 0.95),
  ...both("sum", 0.95, 0.95),
  ...both("inference-mlp", 1.4, 2.5),
  ...both("gemm 512³", 0.5, 0.5),
  ...both("lenet", 1.3, 1.5),
  ...both("vgg", 1.25, 1.35),
  ...both("lstm", 0.95, 1.4),
  ...both("transformer", 0.7, 0.9),
  times(WIDE, "inference-lenet", "PyTorch", 2.5, 1),
  times(WIDE, "mlp", "jax-js", 3.2, 1),
  times(WIDE, "deep", "jax-js", 4, 1),
  times(WIDE, "lenet", "jax-js", 100, 1),
  times(WIDE, "vgg", "jax-js", 100, 1),
  times(WIDE, "lstm", "jax-js", 3.5, 1),
  times(WIDE, "transformer", "jax-js", 3.5, 1),
  ...["lenet", "vgg", "lstm", "transformer"].map((workload) => scaling(workload, 1.75)),
  atMost("peak memory of the vgg's training, wide", "vgg", 200, "MiB", (results) => peak(results, "wide", "vgg")),
  atMost("xor, captured", "xor", 1, "µs", (results) => micro(ours(results, "xor", 1, WIDE))),
  atMost("process start to first step of the mlp, wide", "mlp", 100, "ms", ({ startup }) => startup.wide),
  atMost("peak memory of the mlp's training, wide", "mlp", 95, "MiB", (results) => peak(results, "wide")),
  narrow("mlp", "jax-js", 2),
  narrow("tanh", "PyTorch", 3),
  narrow("softmax", "PyTorch", 1),
  narrow("inference-mlp", "PyTorch", 1.3),
  narrow("lenet", "PyTorch", 0.9),
  narrow("vgg", "PyTorch", 0.7),
  narrow("inference-mlp", "ort-native", 1),
  atMost("process start to first step of the mlp, narrow", "mlp", 110, "ms", ({ startup }) => startup.simdgrad),
  atMost("peak memory of the mlp's training, narrow", "mlp", 95, "MiB", (results) => peak(results, "simdgrad")),
];

/**
 * The verdicts on the bars whose workloads were run. `value` is undefined where a measurement is missing. `calm` is false where other
 * processes disturbed the machine, so that the value proves nothing.
 * @typedef {{ what: string, sense: string, bound: number, unit: string, value?: number, met: boolean, calm: boolean }} Verdict
 * @param {import("./results.mjs").Results} results
 * @returns {Verdict[]}
 */
export function judge(results) {
  return BARS.flatMap(({ value: find, workload, threads, ...bar }) => {
    const run = results.measured.find((one) => one.workload === workload && one.threads === threads);
    if (run === undefined) return [];
    const value = find(results);
    return [{ ...bar, value, met: bar.sense === "≥" ? value >= bar.bound : value <= bar.bound, calm: run.calm }];
  });
}

function micro(found) {
  return found && 1e3 * found.median;
}

function peak(results, row, workload = "mlp") {
  const bytes = figure(results, workload, 1, row)?.peak;
  return bytes && bytes / MIB;
}
