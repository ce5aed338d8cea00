/** The bars: bounds on the speed of simdgrad compared with other libraries. */
import { figure, ours, speed } from "./results.mjs";

const MIB = 2 ** 20;
const times = (workload, library, bound, threads) => ({
  what: `${workload} over ${library}, ${threads === 1 ? "one thread" : "two threads"}`,
  workload,
  threads,
  sense: "≥",
  bound,
  unit: "×",
  value: (results) => speed(results, workload, threads, library),
});
const atMost = (what, workload, bound, unit, value) => ({ what, workload, threads: 1, sense: "≤", bound, unit, value });
const equally = (workload, bound) => [1, 2].map((threads) => times(workload, "PyTorch", bound, threads));

const BARS = [
  times("mlp", "PyTorch", 0.85, 1),
  times("mlp", "PyTorch", 1.2, 2),
  times("deep", "PyTorch", 1.1, 1),
  times("deep", "PyTorch", 1.5, 2),
  times("mlp", "jax-js", 2, 1),
  times("deep", "jax-js", 3, 1),
  atMost("xor, captured", "xor", 1.5, "µs", (results) => micro(figure(results, "xor", 1, "captured"))),
  ...equally("tanh", 3),
  ...equally("gelu", 2.5),
  ...equally("sigmoid", 2.5),
  ...equally("softmax", 1),
  times("inference-mlp", "PyTorch", 1.3, 1),
  atMost("inference-mlp", "inference-mlp", 37, "µs", (results) => micro(ours(results, "inference-mlp", 1))),
  times("inference-mlp", "ort-native", 1, 1),
  atMost("peak memory of the mlp's training", "mlp", 90, "MiB", peak),
  atMost("process start to first step of the mlp", "mlp", 110, "ms", ({ startup }) => startup.simdgrad),
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

function peak(results) {
  const bytes = figure(results, "mlp", 1, "simdgrad")?.peak;
  return bytes && bytes / MIB;
}
