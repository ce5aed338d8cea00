/**
 * Several threads, each with its own instance over the one memory, work on one call of a kernel: fork, join.
 *
 * The caller publishes a job, a kernel and a range cut into parts, and then takes parts itself like everybody else, so a
 * worker that sleeps or has no core at the moment delays nobody: the job is done when its parts are, whoever did them.
 *
 *     word    job number (upper half), parts that nobody has taken (lower half): one atomic word
 *     done    parts that workers finished
 *
 * A part is taken by a compare-and-swap of the whole word. It succeeds only while that very job has parts left, and then
 * what was read of the job before is true, since a caller writes the next one after the last part of this one is done.
 */

// Bytes of the control block, which the host zeroes; 128 apart (lines are fetched in pairs) what different threads write.
// The numbers are part of the interface: see src/kernels/threads/.
const NUMBER: usize = 4; // u32, the upper half of the word: what sleepers wait on
const KERNEL: usize = 128; // u32, index in the table of functions; here begins what a job is
const ARGS: usize = 132; // the record
const FROM: usize = 136; // u32
const TO: usize = 140; // u32
const STEP: usize = 144; // u32, units of a part
const DONE: usize = 256; // u32
const WAITING: usize = 384; // u32, 1 = the caller sleeps until `done` changes
const SLEEPERS: usize = 512; // u32, workers that sleep or are about to
const JOINED: usize = 640; // u32, workers that are there
const PATIENCE: usize = 644; // u32, turns that a worker spins for a job before it sleeps

// The cell of a worker.
const STATE: usize = 4; // u32; before it, a u32: 1 = leave

enum State {
  Starting = 0,
  Awake = 1,
  /** It sleeps or is about to. */
  Asleep = 2,
  /** It looks for parts or is inside one. */
  Busy = 3,
}

/** Nanoseconds that a caller sleeps at most before it looks again. */
const NAP: i64 = 1_000_000;
/** Naps, or turns where sleeping is forbidden, after which it returns to the host: about a second, and a stopped process counts none. */
const MOST_NAPS: u32 = 1000;
const MOST_TURNS: u32 = 1 << 29;

/** The life of a worker: returns when it is told to leave. */
export function work(control: usize, cell: usize): void {
  atomic.store<u32>(cell, State.Awake, STATE);
  atomic.add<u32>(control, 1, JOINED);
  let spins = atomic.load<u32>(control, PATIENCE);
  while (atomic.load<u32>(cell) == 0) {
    const word = atomic.load<u64>(control);
    if (<u32>word != 0) {
      store<u32>(cell, State.Busy, STATE);
      const finished = takeParts(control);
      if (finished != 0) {
        atomic.add<u32>(control, finished, DONE);
        if (atomic.load<u32>(control, WAITING) != 0) atomic.notify(control + DONE, 1);
      }
      store<u32>(cell, State.Awake, STATE);
      spins = atomic.load<u32>(control, PATIENCE);
    } else if (spins != 0) {
      spins--;
    } else {
      // Either the caller sees this sleeper and wakes it, or the wait sees the caller's new number and does not begin.
      atomic.store<u32>(cell, State.Asleep, STATE);
      atomic.add<u32>(control, 1, SLEEPERS);
      if (atomic.load<u32>(cell) == 0) atomic.wait<i32>(control + NUMBER, <i32>(word >> 32), -1);
      atomic.sub<u32>(control, 1, SLEEPERS);
      atomic.store<u32>(cell, State.Awake, STATE);
      spins = atomic.load<u32>(control, PATIENCE);
    }
  }
  atomic.sub<u32>(control, 1, JOINED);
}

/**
 * Runs a kernel over from..to in parts of `step` units, and returns when all are done.
 * @param patience turns to spin for parts that others took, then the caller sleeps; 0 = spin on, where sleeping is forbidden
 * @returns how many parts others took; its complement (~) if they are not done after about a second: see `join`
 */
export function fork(control: usize, kernel: u32, args: usize, from: u32, to: u32, step: u32, patience: u32): i32 {
  const parts = (to - from + step - 1) / step;
  store<u32>(control, kernel, KERNEL);
  store<usize>(control, args, ARGS);
  store<u32>(control, from, FROM);
  store<u32>(control, to, TO);
  store<u32>(control, step, STEP);
  atomic.store<u32>(control, 0, DONE);
  publish(control, parts, parts - 1);
  const left = parts - takeParts(control);
  return join(control, left, patience);
}

/**
 * Waits for the parts that others took. (Nothing may be on Wasm's stack meanwhile: the baseline compiler of V8 11.3, in Node 20, loses
 * it in `atomic.wait`. So the result is made here, not of a flag by who calls.)
 * @returns `left`; ~left if they are not done after about a second: the host may look whether who took them lives, and wait on
 */
export function join(control: usize, left: u32, patience: u32): i32 {
  for (let turns = patience != 0 ? patience : MOST_TURNS; turns != 0; --turns) {
    if (atomic.load<u32>(control, DONE) == left) return left;
  }
  if (patience == 0) return ~left;
  for (let naps = MOST_NAPS; naps != 0; --naps) {
    const done = atomic.load<u32>(control, DONE);
    if (done == left) return left;
    atomic.store<u32>(control, 1, WAITING);
    atomic.wait<i32>(control + DONE, <i32>done, NAP);
    atomic.store<u32>(control, 0, WAITING);
  }
  return ~left;
}

/** Makes every worker look whether it is to leave. */
export function rouse(control: usize): void {
  publish(control, 0, -1);
}

@inline
function publish(control: usize, parts: u32, wake: i32): void {
  const number = load<u32>(control, NUMBER) + 1;
  atomic.store<u64>(control, (<u64>number << 32) | parts);
  if (atomic.load<u32>(control, SLEEPERS) != 0) atomic.notify(control + NUMBER, wake);
}

/** Takes parts of the job until none is left. @returns how many this thread did */
function takeParts(control: usize): u32 {
  let finished: u32 = 0;
  while (true) {
    const word = atomic.load<u64>(control), part = <u32>word - 1;
    if (<u32>word == 0) return finished;
    const kernel = load<u32>(control, KERNEL), args = load<usize>(control, ARGS), step = load<u32>(control, STEP);
    const begin = load<u32>(control, FROM) + part * step, to = load<u32>(control, TO);
    if (atomic.cmpxchg<u64>(control, word, word - 1) != word) continue;
    call_indirect<void>(kernel, args, begin, to - begin < step ? to : begin + step);
    finished++;
  }
}
