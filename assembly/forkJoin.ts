/**
 * Fork and join: several threads, each with an instance of its own over the one memory, share one call of a kernel.
 *
 * The caller publishes a job, which is a kernel and a range cut into parts, and then takes parts itself, as the workers do. The job
 * is done when all its parts are, whichever threads did them. So a worker that sleeps or has no core at the moment delays nobody.
 *
 *     word    one atomic word: the job's number (upper half) and the number of parts that nobody has taken (lower half)
 *     done    the number of parts that workers have finished
 *
 * A thread takes a part by a compare-and-swap of the whole word, which succeeds only while that very job has parts left. What the
 * thread read of the job before is then still true, since the caller writes its next job only after the last part of this one.
 */

/**
 * Byte offsets in the control block, which the host zeroes. The word stands first. Fields that different threads write are 128 bytes
 * apart, because processors fetch cache lines in pairs. @host
 */
enum Control {
  Number = 4, // u32, the upper half of the word, on which sleeping workers wait
  Kernel = 128, // u32, index in the table of functions; first field of the job
  Args = 132, // address of the record
  From = 136, // u32
  To = 140, // u32
  Step = 144, // u32, units of the range in a part
  Done = 256, // u32
  Waiting = 384, // u32, 1 = the caller sleeps until `done` changes
  Sleepers = 512, // u32, workers that sleep or are about to
  Joined = 640, // u32, workers that run `work` now
  Patience = 644, // u32, turns of the loop in which a worker looks for a job before it sleeps
  End = 768, // bytes in all
}

/** Byte offsets in the cell of a worker. @host */
enum WorkerCell {
  Leaves = 0, // u32, 1 = the worker is to leave
  State = 4, // u32, see State
  File = 8, // i32, written by the host: descriptor of a file that the system closes when the thread ends
  End = 64, // bytes in all
}

/** What a worker is doing. @host */
enum State {
  Starting = 0,
  Awake = 1,
  /** The worker sleeps or is about to. */
  Asleep = 2,
  /** The worker takes or computes parts. */
  Busy = 3,
}

/** Nanoseconds that a caller sleeps at most before it looks again. */
const NAP: i64 = 1_000_000;
/**
 * The naps, and where sleeping is forbidden the turns, after which a caller returns to the host: about a second. Both are counts, not
 * times, so that a process that was stopped for a while does not give up.
 */
const MOST_NAPS: u32 = 1000;
const MOST_TURNS: u32 = 1 << 29;

/** Runs a worker: takes parts of one job after the other, sleeps between jobs, and returns when its cell tells it to leave. */
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
      // No job is missed: either the caller sees this sleeper and wakes it, or `wait` sees the caller's new number and returns at once.
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
 * Runs a kernel over from..to in parts of `step` units, and returns when all parts are done.
 * @param patience turns to spin for the parts that workers took, before the caller sleeps; 0 = never sleep, where that is forbidden
 * @returns the number of parts that workers took, or its complement (~) if these are not done after about a second: see `join`
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
 * Waits until the `left` parts that workers took are done.
 *
 * Trap: the baseline compiler of V8 11.3, in Node 20, loses what is on Wasm's stack during `atomic.wait`. So this function returns
 * the finished result, and no caller may keep a value on the stack across the call.
 * @returns `left`, or ~left if the parts are not done after about a second: the host can then check that the workers are alive, and
 * call `join` again
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

/** Wakes every worker, so that it checks whether it is to leave. */
export function rouse(control: usize): void {
  publish(control, 0, -1);
}

@inline
function publish(control: usize, parts: u32, wake: i32): void {
  const number = load<u32>(control, Control.Number) + 1;
  atomic.store<u64>(control, (<u64>number << 32) | parts);
  if (atomic.load<u32>(control, Control.Sleepers) != 0) atomic.notify(control + Control.Number, wake);
}

/** Takes and computes parts of the job until none is left. @returns the number of parts that this thread computed */
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
