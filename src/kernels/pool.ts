import { KernelError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { note } from "../errors/note.js";
import { allocate } from "../memory/heap.js";
import { isShared, linearMemory, STATUS_AT, views } from "../memory/memory.js";
import { type Loaded, loadedBuild } from "./load.js";
import { fileOf, free, isGone, type Member, newMember, State, stateOf, tellToLeave, word } from "./member.js";
import type { Kernel } from "./observer.js";
import { availableCores, maySleep, startWorker } from "./platform.js";
import { checkCount, MOST_THREADS, threadsAsked } from "./threads.js";

/**
 * The threads that share a call of a kernel. How they do it stands in assembly/pool.ts; here they are started, counted, replaced,
 * and here it is decided which calls are worth it. They join when they are ready: nothing ever waits for one to start, except
 * whoever awaits `setThreads`. They need nothing of the event loop, so a loop that never yields has them too.
 *
 * A worker that dies while it sleeps or waits is replaced. Within a kernel it could only be killed, since these neither trap nor
 * allocate; then the call that it took a part of fails, and whatever is left of the pool is given up for a new one.
 */

/**
 * Estimated nanoseconds from which a call is shared. Sharing costs 0.5 to 1 µs; the estimates hold for data in memory, and are up to
 * three times too high for what lies in a cache.
 */
const BREAK_EVEN = 6000;
/** Estimated nanoseconds of calls worth sharing after which the workers are started. */
const START_AFTER = 3e6;
/** Milliseconds after which a start is called slow. */
const SLOW_START = 3000;
/** Seconds after which a caller no longer waits for a part that another took, where it is not known that this one is gone. */
const LONGEST_WAIT = 120;
/** A part is not cut below so many nanoseconds, and a thread has at most so many parts. */
const LEAST_PART = 4000;
const PARTS_A_THREAD = 4;
/** Cuts fall on multiples of this, where there are enough units: whole cache lines, even of bytes. */
const ALIGN_UNITS = 64;
/** Turns of a spin, some 2 ns each. A worker waits so long for the next call before it sleeps, a caller for the parts of others. */
const PATIENCE = 30_000;
/** Where threads outnumber cores, whoever spins keeps another from working. */
const PATIENCE_CROWDED = 50;

/** Word offsets of the control block: see assembly/pool.ts. */
const SLEEPERS = 512 / 4;
const JOINED = 640 / 4;
const TURNS = 644 / 4;
const CONTROL_BYTES = 768;

interface Pool extends Loaded {
  control: number;
  /** Those that are meant to be there, ready or not. */
  members: Member[];
  /** When the last ones were started, in milliseconds; null once all are there or the rest is given up. */
  starting: number | null;
  /** Table indices by kernel. */
  indices: number[];
  readonly crew: Crew;
}

/** A pool for each build that was used. */
const pools = new Map<WebAssembly.Module, Pool>();
let count: number | null = null;
let owed = 0;
let patience = -1;

let least = BREAK_EVEN;
let helped = 0;
let longestWait = LONGEST_WAIT;

/** @internal parts of calls that workers took so far, for tests */
export function partsOfWorkers(): number {
  return helped;
}

/** @internal how many seconds a caller waits at most, for tests */
export function waitAtMost(seconds: number): void {
  longestWait = seconds;
}

/** Calls of fewer estimated nanoseconds stay on the calling thread. */
export let breakEven = least;

/** @internal shares calls from so many nanoseconds on, for tests and benchmarks */
export function shareFrom(nanoseconds: number = BREAK_EVEN): void {
  least = nanoseconds;
  if (breakEven !== Infinity) breakEven = least;
}

/**
 * Sets on how many threads the kernels run, the calling one among them, and waits for those that start. Results do not depend on
 * it, to the bit. Default: `SIMDGRAD_THREADS`, else the cores that the process may use; they start at the first work worth it.
 * @param n at least 1
 * @returns the number of threads that run, less than n where they cannot be had
 * @throws ArgumentError unless n is a whole number from 1 to 256
 * @example await setThreads(2);
 */
export async function setThreads(n: number): Promise<number> {
  checkCount("setThreads", "n", n);
  count = n;
  const loaded = loadedBuild();
  if (loaded === null || !isShared()) return 1;
  poolOf(loaded);
  for (const pool of pools.values()) resize(pool, n);
  breakEven = n === 1 ? Infinity : least;
  const pool = poolOf(loaded);
  while (running(pool) !== n && pool.starting !== null) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    look(pool);
  }
  return Math.min(n, running(pool));
}

/** Threads that the kernels are to run on. @throws ArgumentError for a SIMDGRAD_THREADS that is no number of threads */
export function threadCount(): number {
  count ??= threadsAsked() ?? Math.min(MOST_THREADS, availableCores());
  return count;
}

/**
 * Runs a kernel whose call is long enough to be shared. `alone` is the same kernel on this thread only, `id` its number, `cost` the
 * estimate in nanoseconds; `even` asks for one part a thread.
 * @returns the threads that may have taken a part
 */
export function share(alone: Kernel, id: number, args: number, from: number, to: number, cost: number, even = false): number {
  const units = to - from;
  const loaded = loadedBuild();
  const pool = loaded && units > 1 ? started(loaded, cost) : null;
  const threads = pool === null ? 1 : running(pool);
  if (pool === null || threads === 1) {
    alone(args, from, to);
    return 1;
  }
  const step = partSize(threads, cost, even, units);
  let index = pool.indices[id];
  if (index === undefined) index = pool.indices[id] = pool.exports.kernelIndex(id);
  const taken = pool.exports.fork(pool.control, index, args, from, to, step, patience);
  helped += taken >= 0 ? taken : waitLonger(pool, ~taken);
  return threads;
}

/**
 * Waits on for parts that others took more than a second ago.
 * @throws KernelError when those who took them are gone, or after LONGEST_WAIT
 */
function waitLonger(pool: Pool, taken: number): number {
  for (let seconds = 1; pool.exports.join(pool.control, taken, patience) < 0; seconds++) {
    // One that is not gone goes on writing: the call fails when it is done.
    const busy = pool.members.filter((member) => stateOf(member) === State.Busy);
    const lost = busy.length > 0 && busy.every(isGone);
    if (!lost && seconds < longestWait) continue;
    for (const member of pool.members.splice(0)) dismiss(pool, member);
    pools.delete(pool.module);
    const what = lost
      ? "a worker thread ended inside a kernel and left the result incomplete"
      : `a worker thread did not finish its part of a kernel within ${seconds} s of the others`;
    throw new KernelError(
      message("threads", what, "Go on from the last checkpoint, best in a new process; SIMDGRAD_THREADS=1 does without workers."),
    );
  }
  return taken;
}

/** Runs a call as the host's functions do: shared if it is worth that. @returns the threads that may have taken a part */
export function run(kernel: Kernel, id: number, args: number, from: number, to: number, cost: number, even: boolean): number {
  if (cost >= breakEven) return share(kernel, id, args, from, to, cost, even);
  kernel(args, from, to);
  return 1;
}

/** Units of a part of a call that is shared. */
function partSize(threads: number, cost: number, even: boolean, units: number): number {
  const parts = even ? threads : Math.max(threads, Math.min(PARTS_A_THREAD * threads, cost / LEAST_PART));
  const step = Math.ceil(units / parts);
  return step >= 4 * ALIGN_UNITS ? Math.ceil(step / ALIGN_UNITS) * ALIGN_UNITS : step;
}

/** The threads that a replay finds. */
export interface Crew {
  threads: number;
  control: number;
  patience: number;
}

const ALONE: Crew = { threads: 1, control: 0, patience: 0 };

/** The threads of a build that run now. @param cost estimated nanoseconds of what they could share */
export function crewOf(loaded: Loaded, cost: number): Crew {
  if (cost < breakEven) return ALONE;
  const pool = started(loaded, cost);
  if (pool === null) return ALONE;
  pool.crew.threads = running(pool);
  pool.crew.patience = patience;
  return pool.crew;
}

/** Waits on for parts of a replayed call that the crew took. @throws KernelError as `waitLonger` */
export function waitForCrew(loaded: Loaded, left: number): void {
  const pool = pools.get(loaded.module);
  if (pool !== undefined) waitLonger(pool, left);
}

/** Units of a part of a call for a crew; 0 if the call is not to be shared. */
export function stepOf({ threads }: Crew, cost: number, even: boolean, units: number): number {
  return threads === 1 || units < 2 || cost < breakEven ? 0 : partSize(threads, cost, even, units);
}

/** The pool of a build, once there was enough to do for it. */
function started(loaded: Loaded, cost: number): Pool | null {
  const pool = pools.get(loaded.module);
  if (pool !== undefined) {
    if (pool.starting !== null) look(pool);
    return pool;
  }
  const n = isShared() ? threadCount() : 1;
  if (n === 1) {
    breakEven = Infinity;
    return null;
  }
  owed += cost;
  if (owed < START_AFTER) return null;
  const made = poolOf(loaded);
  resize(made, n);
  return made;
}

function poolOf(loaded: Loaded): Pool {
  let pool = pools.get(loaded.module);
  if (pool === undefined) {
    const control = allocate(CONTROL_BYTES);
    views.u8.fill(0, control, control + CONTROL_BYTES);
    pool = { ...loaded, control, members: [], starting: null, indices: [], crew: { threads: 1, control, patience } };
    pools.set(loaded.module, pool);
  }
  return pool;
}

/** Starts the workers that are missing, and tells those that are too many to leave. */
function resize(pool: Pool, n: number): void {
  const turns = n > availableCores() ? PATIENCE_CROWDED : PATIENCE;
  patience = maySleep() ? turns : 0;
  Atomics.store(views.u32, word(pool.control, TURNS), turns);
  const { members } = pool;
  while (members.length > n - 1) dismiss(pool, members.pop() as Member);
  while (members.length < n - 1 && start(pool));
}

function dismiss(pool: Pool, member: Member): void {
  tellToLeave(member);
  pool.exports.rouse(pool.control);
}

/** @returns whether the platform began to start one */
function start(pool: Pool): boolean {
  const { module, control } = pool;
  try {
    const member = newMember();
    try {
      const { cell, scratch } = member;
      const data = { module, memory: linearMemory(), scratch, status: STATUS_AT, control, cell, file: fileOf(member) };
      startWorker(data, (failure) => gone(pool, member, failure));
    } catch (error) {
      free(member);
      throw error;
    }
    pool.members.push(member);
    pool.starting = performance.now();
    return true;
  } catch (error) {
    pool.starting = null;
    note(`no worker thread can be started (${String(error)}); training goes on with ${running(pool)} of ${threadCount()} threads.`);
    return false;
  }
}

/** A worker has ended. One that was not told to is replaced, unless it never came to work. */
function gone(pool: Pool, member: Member, failure: string): void {
  const state = stateOf(member);
  free(member);
  if (member.dismissed) return;
  pool.members.splice(pool.members.indexOf(member), 1);
  if (state === State.Starting) {
    note(`a worker thread could not start (${failure}); training goes on with ${running(pool)} of ${threadCount()} threads.`);
    return;
  }
  Atomics.sub(views.u32, word(pool.control, JOINED), 1);
  if (state === State.Asleep) Atomics.sub(views.u32, word(pool.control, SLEEPERS), 1);
  note(`a worker thread ended (${failure}); another takes its place.`);
  start(pool);
}

/** Whether those that were started have come by now; says so once if that takes too long. */
function look(pool: Pool): void {
  const threads = running(pool);
  const wanted = pool.members.length + 1;
  if (threads < wanted) {
    if (performance.now() - (pool.starting as number) < SLOW_START) return;
    note(`${threads} of ${wanted} threads started within ${SLOW_START / 1000} s; training goes on with these, others join when they come.`);
  }
  pool.starting = null;
}

/** Threads that take parts now, this one among them. */
function running(pool: Pool): number {
  return 1 + Atomics.load(views.u32, word(pool.control, JOINED));
}
