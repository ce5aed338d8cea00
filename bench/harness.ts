/**
 * Measures rows with Benchmark.js. Tasks that are compared form one suite, which runs in many short rounds with one sample of each
 * task. A machine that slows down for a while slows all tasks of a round, and ratios are taken within a round. Rounds in which other
 * processes took the core are dropped where enough are left. Figures are medians over the other rounds.
 */
import Benchmark from "benchmark";
import { isWide, type KernelBuild, useKernels, useWide } from "../src/kernels/load.js";
import { shareFrom } from "../src/kernels/threads/policy.js";

/** A piece of work whose time is measured. The harness chooses the variant before each call of the work. */
export interface Row {
  group: string;
  name: string;
  /** Floating-point operations of a call. The row is compared with the multiply-add limit. */
  flops?: number;
  /** Bytes that a call reads and writes. The row is compared with copying. */
  bytes?: number;
  /** The time in milliseconds over 1 M floats that is expected to be reachable on a machine where copying them takes 0.29 ms. */
  targetMs?: number;
  /** The number of graph operations in a call. */
  ops?: number;
  /** The number of threads that share its calls, whatever the cost model says; default 1. The row is compared with `alone`. */
  threads?: number;
  /** The same work, or a part of it, on one thread. */
  alone?: Row;
  setup(build: KernelBuild): () => void;
}

/** How many samples are taken, and for how long. */
export interface Plan {
  /** The most rounds; each takes one sample of every task. */
  rounds: number;
  /** The seconds after which no further round begins, if there were five at least. */
  seconds: number;
  /** The fewest seconds of a sample, which repeats its call for that time. */
  sampleSeconds: number;
  warmUpSeconds: number;
  /** A JS twin whose call takes more seconds is called only once. */
  twinSeconds: number;
  /** The JS twin of a row with more floating-point operations is left out. */
  twinFlops: number;
}

export const FULL: Plan = { rounds: 50, seconds: 1, sampleSeconds: 0.002, warmUpSeconds: 0.06, twinSeconds: 0.15, twinFlops: 3e9 };
export const QUICK: Plan = { rounds: 11, seconds: 0.12, sampleSeconds: 0.001, warmUpSeconds: 0.04, twinSeconds: 0.02, twinFlops: 4e7 };
const LEAST_ROUNDS = 5;
/** The share of a core that this process must have in a round for the round to count as calm. */
export const CALM = 0.97;

interface Round {
  core: number;
  /** Milliseconds of a call, for every task. */
  samples: number[];
}

/** The kernels that run: a build, narrow or compiled to 256-bit instructions. */
export interface Variant {
  build: KernelBuild;
  wide: boolean;
}

export interface Task extends Variant {
  threads?: number;
  work: () => void;
}

/** The times of a task, in milliseconds for a call. */
export interface Timing {
  median: number;
  min: number;
  p90: number;
  /** One sample for each round. */
  samples: number[];
  /** The share of a core that this process had, 0 to 1. */
  core: number;
}

/** Measures the tasks in turns, one sample of each in every round. */
export function interleave(tasks: readonly Task[], plan: Plan): Timing[] {
  const suite = new Benchmark.Suite();
  for (const task of tasks) {
    suite.add(task.work, {
      onStart: () => choose(task),
      initCount: Math.ceil(plan.sampleSeconds / warmUp(task, plan.warmUpSeconds)),
      minTime: plan.sampleSeconds,
      minSamples: 1,
      maxTime: -1, // not a sample more
    });
  }
  const kept = runRounds(suite, plan);
  const core = kept.reduce((sum, round) => sum + round.core, 0) / kept.length;
  return tasks.map((_, i) => {
    const samples = kept.map((round) => round.samples[i]);
    return { median: quantile(samples, 0.5), min: Math.min(...samples), p90: quantile(samples, 0.9), samples, core };
  });
}

/** Runs the planned rounds. While too few of them are calm, it goes on for up to three times as long. */
function runRounds(suite: Benchmark.Suite, { rounds, seconds }: Plan): Round[] {
  const done: Round[] = [];
  const begin = performance.now();
  for (let calm = 0; ; ) {
    const round = runRound(suite);
    done.push(round);
    if (round.core >= CALM) calm++;
    const spent = (performance.now() - begin) / 1e3;
    const enough = done.length >= rounds || spent > seconds;
    if (done.length >= LEAST_ROUNDS && enough && (calm >= LEAST_ROUNDS || spent > 3 * seconds)) {
      return done.sort((a, b) => b.core - a.core).slice(0, Math.max(LEAST_ROUNDS, calm));
    }
  }
}

function runRound(suite: Benchmark.Suite): Round {
  const samples: number[] = [];
  const begin = performance.now();
  const before = process.threadCpuUsage();
  suite.run();
  const { user, system } = process.threadCpuUsage(before);
  const core = Math.min(1, (user + system) / 1e3 / (performance.now() - begin));
  suite.forEach((bench: Benchmark) => {
    if (bench.error) throw bench.error;
    samples.push(1e3 * bench.stats.sample[0]);
  });
  return { core, samples };
}

/** Measures a JS twin with few samples, since it is slow and only gives the scale. */
export function timeTwin(task: Task, plan: Plan): Timing {
  const first = call(task);
  const ms = 1e3 * first;
  if (first > plan.twinSeconds) return { median: ms, min: ms, p90: ms, samples: [ms], core: 1 };
  return interleave([task], { ...plan, rounds: 0, seconds: 0 })[0];
}

/** The ratio of a's time to b's: the median over the rounds. */
export function ratio(a: Timing, b: Timing): number {
  return quantile(
    a.samples.map((ms, i) => ms / b.samples[i]),
    0.5,
  );
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (at - low) * (sorted[Math.ceil(at)] - sorted[low]);
}

/** Calls a task for some seconds, and three times at least. @returns seconds of the fastest call */
function warmUp(task: Task, seconds: number): number {
  const end = performance.now() + 1e3 * seconds;
  let fastest = Infinity;
  for (let calls = 0; calls < 3 || performance.now() < end; calls++) fastest = Math.min(fastest, call(task));
  return fastest;
}

/** Chooses the variant and the number of threads of a task. The workers run all the time, and sleep while no call is shared. */
function choose({ build, wide, threads = 1 }: Task): void {
  useKernels(build);
  if (isWide() !== wide) useWide(wide);
  shareFrom(threads > 1 ? 0 : 1e18);
}

/** Calls a task once. @returns its seconds */
function call(task: Task): number {
  choose(task);
  const begin = performance.now();
  task.work();
  return Math.max(1e-7, (performance.now() - begin) / 1e3);
}
