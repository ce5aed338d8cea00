/** The bars: bounds that measurements must meet. A bar over several rows is met when the worst of them meets it. */
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { CALM } from "./harness.js";
import { type Measured, type Result, resultOf, VARIANTS } from "./measure.js";

interface Bar {
  what: string;
  /** Matches the rows of the bar, as "group name". */
  rows: RegExp;
  value: (measured: Measured) => number | undefined;
  sense: "≥" | "≤";
  bound: number;
  unit: "%" | "×" | "µs" | "kB";
}

/** A bar with the row that is furthest from its bound. */
export interface Verdict extends Pick<Bar, "what" | "sense" | "bound" | "unit"> {
  worst: string;
  value: number;
  met: boolean;
  /** Whether other processes took time from the core while the row was measured. */
  disturbed: boolean;
}

const CUBES = /^gemm (256|512|768|1024)³$/;
const SMOOTH = ["elementary exp", "activations tanh", "activations sigmoid", "activations gelu"];
const AT_LEAST = { sense: "≥", unit: "%" } as const;
const FASTER = { sense: "≥", unit: "×" } as const;
const AT_MOST = { sense: "≤", unit: "×" } as const;

const NARROW: readonly Bar[] = [
  { what: "GEMM 256³–1024³, relaxed, of the multiply-add limit", rows: CUBES, value: share("relaxed"), bound: 92, ...AT_LEAST },
  { what: "GEMM 256³–1024³, plain, of its multiply-add limit", rows: CUBES, value: share("simd"), bound: 88, ...AT_LEAST },
  { what: "GEMM 128×784×512 in NN, NT, TN", rows: /^gemm mlp (NN|NT|TN)$/, value: share("relaxed"), bound: 88, ...AT_LEAST },
  { what: "GEMM 64³", rows: /^gemm 64³$/, value: share("relaxed"), bound: 75, ...AT_LEAST },
  { what: "GEMM, every shape above 1 MFLOP", rows: /^gemm /, value: ofLarge(share("relaxed")), bound: 70, ...AT_LEAST },
  { what: "GEMM 256³, 512³, over the JS twin", rows: /^gemm (256|512)³$/, value: overTwin, bound: 30, ...FASTER },
  ...["activations relu", "arithmetic axpy", "arithmetic add-bias", "reduce sum"].map(
    (row): Bar => ({ what: `${row}, of copy`, rows: exactly(row), value: share("relaxed"), bound: 85, ...AT_LEAST }),
  ),
  ...[...SMOOTH, "softmax softmax"].flatMap((row): Bar[] => [
    { what: `${row}, time over target in copies`, rows: exactly(row), value: (m) => m.overTarget?.copies, bound: 1.15, ...AT_MOST },
    { what: `${row}, in multiply-adds`, rows: exactly(row), value: (m) => m.overTarget?.arithmetic, bound: 1.15, ...AT_MOST },
  ]),
  ...SMOOTH.map((row): Bar => ({ what: `${row}, over the JS twin`, rows: exactly(row), value: overTwin, bound: 12, ...FASTER })),
  { what: "softmax 1024², over the JS twin", rows: /^softmax softmax$/, value: overTwin, bound: 10, ...FASTER },
  { what: "Adam over 407,050 parameters, in copies of its bytes", rows: /^optim adam$/, value: overLimit, bound: 3, ...AT_MOST },
  { what: "training step of the mlp, eager, over its products at the limit", rows: /^train mlp/, value: overLimit, bound: 1.3, ...AT_MOST },
  { what: "training step of xor, eager", rows: /^train xor/, value: microseconds, sense: "≤", bound: 15, unit: "µs" },
  {
    what: "inference of one sample by 784-512-10, captured",
    rows: /^inference one sample, captured$/,
    value: microseconds,
    sense: "≤",
    bound: 35,
    unit: "µs",
  },
  { what: "GEMM 512³ on two threads, over one", rows: /^threads gemm/, value: speedUp, bound: 1.9, ...FASTER },
  { what: "elementwise over 4 M floats on two threads, over one", rows: /^threads (relu|add)/, value: speedUp, bound: 1.8, ...FASTER },
  { what: "fork and join, threads awake", rows: /^threads fork/, value: microsecondsOver, sense: "≤", bound: 1.5, unit: "µs" },
  { what: "the same, nine of ten samples", rows: /^threads fork/, value: microsecondsOver90, sense: "≤", bound: 3, unit: "µs" },
  { what: "fork and join, threads asleep", rows: /^threads wake/, value: microsecondsOver, sense: "≤", bound: 150, unit: "µs" },
  { what: "eager overhead an operation", rows: /^eager /, value: microsecondsAnOperation, sense: "≤", bound: 0.7, unit: "µs" },
];

const WIDE: readonly Bar[] = [
  { what: "wide multiply-add limit over the narrow one", rows: /^limits multiply-add$/, value: overNarrow, bound: 1.9, ...FASTER },
  { what: "GEMM 256³–1024³, wide, of the wide limit", rows: CUBES, value: share("relaxed", true), bound: 93, ...AT_LEAST },
  { what: "GEMM 128×784×512 in NN, NT, TN, wide", rows: /^gemm mlp (NN|NT|TN)$/, value: share("relaxed", true), bound: 88, ...AT_LEAST },
  { what: "GEMM 64³, wide", rows: /^gemm 64³$/, value: share("relaxed", true), bound: 65, ...AT_LEAST },
  {
    what: "SGD, momentum, Nesterov, Lion, 1 M, wide, of copy",
    rows: /^optim (sgd|momentum|nesterov|lion), 1 M$/,
    ...{ value: share("relaxed", true), bound: 70, ...AT_LEAST },
  },
  {
    what: "Adam, AdamW, RMSprop, Adagrad, 1 M, wide, of copy",
    rows: /^optim (adam|adamw|rmsprop|adagrad), 1 M$/,
    ...{ value: share("relaxed", true), bound: 60, ...AT_LEAST },
  },
  { what: "GEMM, every shape above 1 MFLOP, wide over narrow", rows: /^gemm /, value: ofLarge(overNarrow), bound: 1.5, ...FASTER },
];
const BARS = VARIANTS.some(({ wide }) => wide) ? [...NARROW, ...WIDE] : NARROW;

/** The verdicts on all bars whose rows were measured, and the names of the bars whose rows were not. */
export function judge(all: readonly Measured[]): { verdicts: Verdict[]; missing: string[] } {
  const verdicts: Verdict[] = [];
  const missing: string[] = [];
  for (const bar of BARS) {
    let worst: Verdict | null = null;
    for (const measured of all) {
      const name = `${measured.row.group} ${measured.row.name}`;
      const value = bar.rows.test(name) ? bar.value(measured) : undefined;
      if (value === undefined) continue;
      const further = worst === null || (bar.sense === "≥" ? value < worst.value : value > worst.value);
      if (further) worst = { ...verdict(bar, name, value), disturbed: measured.core < CALM };
    }
    if (worst === null) missing.push(bar.what);
    else verdicts.push(worst);
  }
  return { verdicts: [...verdicts, ...sizes()], missing };
}

function verdict({ what, sense, bound, unit }: Omit<Bar, "rows" | "value">, worst: string, value: number): Verdict {
  return { what, sense, bound, unit, worst, value, met: sense === "≥" ? value >= bound : value <= bound, disturbed: false };
}

/** The bars on the compressed sizes of the builds. */
function sizes(): Verdict[] {
  const files = ["simd", "relaxed"].map((build) => `build/kernels/core.${build}.wasm`);
  return files.filter(existsSync).map((file) => {
    const kilobytes = gzipSync(readFileSync(file), { level: 9 }).length / 1e3;
    return verdict({ what: `${file}, gzip`, sense: "≤", bound: 60, unit: "kB" }, "", kilobytes);
  });
}

function exactly(row: string): RegExp {
  return new RegExp(`^${row}$`);
}

function share(build: "simd" | "relaxed", wide = false): Bar["value"] {
  return (measured) => {
    const fraction = resultOf(measured, build, wide)?.share_of_limit;
    return fraction === undefined ? undefined : 100 * fraction;
  };
}

/** Of products above 1 MFLOP whose limit is arithmetic. */
function ofLarge(value: Bar["value"]): Bar["value"] {
  return (measured) => ((measured.row.flops ?? 0) > 1e6 && !/ of 1(,|$)/.test(measured.row.name) ? value(measured) : undefined);
}

function overNarrow(measured: Measured): number | undefined {
  return resultOf(measured, "relaxed", true)?.over_narrow;
}

function overTwin(measured: Measured): number | undefined {
  const [js, relaxed] = [resultOf(measured, "js"), resultOf(measured, "relaxed")];
  return js && relaxed ? js.median_ms / relaxed.median_ms : undefined;
}

/** A row's time divided by the time that its work would take at the machine's limit. */
function overLimit(measured: Measured): number | undefined {
  const part = resultOf(measured, "relaxed")?.share_of_limit;
  return part === undefined ? undefined : 1 / part;
}

function microseconds(measured: Measured): number | undefined {
  const found = resultOf(measured, "relaxed");
  return found && 1e3 * found.median_ms;
}

function speedUp(measured: Measured): number | undefined {
  return resultOf(measured, "relaxed")?.share_of_limit;
}

/** The microseconds that a row takes longer than its `alone`. */
function microsecondsOver(measured: Measured): number | undefined {
  const found = withShare(measured);
  return found && 1e3 * found.median_ms * (1 - found.share_of_limit);
}

/** The microseconds that a row takes longer than its `alone`, by the 90th percentile of its samples. */
function microsecondsOver90(measured: Measured): number | undefined {
  const found = withShare(measured);
  return found && 1e3 * (found.p90_ms - found.median_ms * found.share_of_limit);
}

function withShare(measured: Measured): (Result & { share_of_limit: number }) | undefined {
  const found = resultOf(measured, "relaxed");
  return found?.share_of_limit === undefined ? undefined : { ...found, share_of_limit: found.share_of_limit };
}

function microsecondsAnOperation(measured: Measured): number | undefined {
  const found = resultOf(measured, "relaxed");
  return found && measured.row.ops ? (1e3 * found.median_ms) / measured.row.ops : undefined;
}
