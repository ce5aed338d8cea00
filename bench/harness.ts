/**
 * Times rows with Benchmark.js. What is compared is one suite, run for many short rounds of a sample each: a machine that
 * slows down for a while slows all of them, and ratios are taken within a round. Rounds in which other processes took the
 * core from this one are dropped where enough are left; figures are medians over the others.
 */
import Benchmark from "benchmark";
import { type KernelBuild, useKernels } from "../src/kernels/load.js";
import { shareFrom } from "../src/kernels/threads/policy.js";

/** Something to be timed. The harness chooses the build before it calls `setup` and whenever it calls the work. */
export interface Row {
  group: string;
  name: string;
  /** Floating-point operations of a call: the row is held against the multiply-add limit. */
  flops?: number;
  /** Bytes that a call reads and writes: the row is held against copy. */
  bytes?: number;
  /** Time over 1 M floats that the design holds for reachable, where copying them takes 0.29 ms. */
  targetMs?: number;
  /** Graph operations of a call. */
  ops?: number;
  /** Threads that share its calls, whatever the cost model says; default 1. It is held against `alone`. */
  threads?: number;
  /** What the row does on one thread, or a part of it. */
  alone?: Row;
  setup(build: KernelBuild): () => void;
}

/** How long to sample. */
export interface Plan {
  /** At most so many, each a sample of every task. */
  rounds: number;
  /** No further round after so many seconds, once there were five. */
  seconds: number;
  /** A sample repeats its call for at least so many seconds. */
  sampleSeconds: number;
  warmUpSeconds: number;
  /** A JS twin that takes longer is called just once; one with more operations is left out. */
  twinSeconds: number;
  twinFlops: number;
}

export const FULL: Plan = { rounds: 50, seconds: 1, sampleSeconds: 0.002, warmUpSeconds: 0.06, twinSeconds: 0.15, twinFlops: 3e9 };
export const QUICK: Plan = { rounds: 11, seconds: 0.12, sampleSeconds: 0.001, warmUpSeconds: 0.04, twinSeconds: 0.02, twinFlops: 4e7 };
const LEAST_ROUNDS = 5;
/** A round is calm when its process had so much of a core. */
export const CALM = 0.97;

interface Round {
  core: number;
  /** Milliseconds a call, of every task. */
  samples: number[];
}

export interface Task {
  build: KernelBuild;
  threads?: number;
  work: () => void;
}

/** Milliseconds a call. */
export interface Timing {
  median: number;
  min: number;
  p90: number;
  /** A sample a round. */
  samples: number[];
  /** What this process had of a core meanwhile, 0 to 1. */
  core: number;
}

/** Times the tasks alternately. */
export function interleave(tasks: readonly Task[], plan: Plan): Timing[] {
  const suite = new Benchmark.Suite();
  for (const task of tasks) {
    suite.add(task.build, task.work, {
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

/** As many rounds as planned, and up to three times as long while too few of them are calm. */
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

/** A JS twin is slow and only the scale: few samples. */
export function timeTwin(task: Task, plan: Plan): Timing {
  const first = call(task);
  const ms = 1e3 * first;
  if (first > plan.twinSeconds) return { median: ms, min: ms, p90: ms, samples: [ms], core: 1 };
  return interleave([task], { ...plan, rounds: 0, seconds: 0 })[0];
}

/** Median over the rounds of a's time in b's. */
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

/** At least three calls. @returns seconds of the fastest */
function warmUp(task: Task, seconds: number): number {
  const end = performance.now() + 1e3 * seconds;
  let fastest = Infinity;
  for (let calls = 0; calls < 3 || performance.now() < end; calls++) fastest = Math.min(fastest, call(task));
  return fastest;
}

/** The threads are there all the time, and asleep when nothing is shared. */
function choose({ build, threads = 1 }: Task): void {
  useKernels(build);
  shareFrom(threads > 1 ? 0 : 1e18);
}

/** @returns seconds */
function call(task: Task): number {
  choose(task);
  const begin = performance.now();
  task.work();
  return Math.max(1e-7, (performance.now() - begin) / 1e3);
}
