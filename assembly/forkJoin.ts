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

/**
 * Bytes of the control block, which the host zeroes: 128 apart (lines are fetched in pairs) what different threads write. The word
 * stands first. @host
 */
enum Control {
  Number = 4, // u32, the upper half of the word: what sleepers wait on
  Kernel = 128, // u32, index in the table of functions; here begins what a job is
  Args = 132, // address of the record
  From = 136, // u32
  To = 140, // u32
  Step = 144, // u32, units of a part
  Done = 256, // u32
  Waiting = 384, // u32, 1 = the caller sleeps until `done` changes
  Sleepers = 512, // u32, workers that sleep or are about to
  Joined = 640, // u32, workers that are there
  Patience = 644, // u32, turns that a worker spins for a job before it sleeps
  End = 768, // bytes in all
}

/** Bytes of the cell of a worker. @host */
enum WorkerCell {
  Leaves = 0, // u32, 1 = the worker is to leave
  State = 4, // u32, see State
  File = 8, // i32, written by the host's side: the descriptor of the file that is closed when the thread ends
  End = 64, // bytes in all
}

/** What a worker is doing. @host */
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
  atomic.store<u32>(cell, State.Awake, WorkerCell.State);
  atomic.add<u32>(control, 1, Control.Joined);
  let spins = atomic.load<u32>(control, Control.Patience);
  while (atomic.load<u32>(cell, WorkerCell.Leaves) == 0) {
    const word = atomic.load<u64>(control);
    if (<u32>word != 0) {
      store<u32>(cell, State.Busy, WorkerCell.State);
      const finished = takeParts(control);
      if (finished != 0) {
        atomic.add<u32>(control, finished, Control.Done);
        if (atomic.load<u32>(control, Control.Waiting) != 0) atomic.notify(control + Control.Done, 1);
      }
      store<u32>(cell, State.Awake, WorkerCell.State);
      spins = atomic.load<u32>(control, Control.Patience);
    } else if (spins != 0) {
      spins--;
    } else {
      // Either the caller sees this sleeper and wakes it, or the wait sees the caller's new number and does not begin.
      atomic.store<u32>(cell, State.Asleep, WorkerCell.State);
      atomic.add<u32>(control, 1, Control.Sleepers);
      if (atomic.load<u32>(cell, WorkerCell.Leaves) == 0) atomic.wait<i32>(control + Control.Number, <i32>(word >> 32), -1);
      atomic.sub<u32>(control, 1, Control.Sleepers);
      atomic.store<u32>(cell, State.Awake, WorkerCell.State);
      spins = atomic.load<u32>(control, Control.Patience);
    }
  }
  atomic.sub<u32>(control, 1, Control.Joined);
}

/**
 * Runs a kernel over from..to in parts of `step` units, and returns when all are done.
 * @param patience turns to spin for parts that others took, then the caller sleeps; 0 = spin on, where sleeping is forbidden
 * @returns how many parts others took; its complement (~) if they are not done after about a second: see `join`
 */
export function fork(control: usize, kernel: u32, args: usize, from: u32, to: u32, step: u32, patience: u32): i32 {
  const parts = (to - from + step - 1) / step;
  store<u32>(control, kernel, Control.Kernel);
  store<usize>(control, args, Control.Args);
  store<u32>(control, from, Control.From);
  store<u32>(control, to, Control.To);
  store<u32>(control, step, Control.Step);
  atomic.store<u32>(control, 0, Control.Done);
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
    if (atomic.load<u32>(control, Control.Done) == left) return left;
  }
  if (patience == 0) return ~left;
  for (let naps = MOST_NAPS; naps != 0; --naps) {
    const done = atomic.load<u32>(control, Control.Done);
    if (done == left) return left;
    atomic.store<u32>(control, 1, Control.Waiting);
    atomic.wait<i32>(control + Control.Done, <i32>done, NAP);
    atomic.store<u32>(control, 0, Control.Waiting);
  }
  return ~left;
}

/** Makes every worker look whether it is to leave. */
export function rouse(control: usize): void {
  publish(control, 0, -1);
}

@inline
function publish(control: usize, parts: u32, wake: i32): void {
  const number = load<u32>(control, Control.Number) + 1;
  atomic.store<u64>(control, (<u64>number << 32) | parts);
  if (atomic.load<u32>(control, Control.Sleepers) != 0) atomic.notify(control + Control.Number, wake);
}

/** Takes parts of the job until none is left. @returns how many this thread did */
function takeParts(control: usize): u32 {
  let finished: u32 = 0;
  while (true) {
    const word = atomic.load<u64>(control), part = <u32>word - 1;
    if (<u32>word == 0) return finished;
    const kernel = load<u32>(control, Control.Kernel), args = load<usize>(control, Control.Args), step = load<u32>(control, Control.Step);
    const begin = load<u32>(control, Control.From) + part * step, to = load<u32>(control, Control.To);
    if (atomic.cmpxchg<u64>(control, word, word - 1) != word) continue;
    call_indirect<void>(kernel, args, begin, to - begin < step ? to : begin + step);
    finished++;
  }
}
