/**
 * A captured step is a list of kernel calls in linear memory. `replay` runs it in one loop. Calls that threads share are forked here
 * just as they are when the host makes them.
 */
import { fork } from "./forkJoin";

/** One call of a kernel, written by the host. @host */
@unmanaged
export class Line {
  kernel: u32; // index in the table of functions
  args: usize; // the record
  from: u32;
  to: u32;
  step: u32; // units of the range in a part; 0: this thread runs the call alone
  checked: u32; // 1: the kernel may report a fault, which ends the replay
  left: u32; // written by `replay` where it gives up waiting: the number of parts that workers took
}

/**
 * Runs the calls from address `line` to before `end`.
 * @param control address of the threads' control block; only calls with a step need it
 * @param patience the `patience` of `fork`
 * @param status address of the status words
 * @returns `end`; or the address of the call that reported a fault; or 1 + the address of a call with parts that workers have not
 * finished after about a second: see `join`
 */
export function replay(line: usize, end: usize, control: usize, patience: u32, status: usize): usize {
  for (; line < end; line += offsetof<Line>()) {
    const l = changetype<Line>(line);
    if (l.step == 0) call_indirect<void>(l.kernel, l.args, l.from, l.to);
    else {
      const taken = fork(control, l.kernel, l.args, l.from, l.to, l.step, patience);
      if (taken < 0) {
        l.left = ~taken;
        return line + 1;
      }
    }
    if (l.checked != 0 && atomic.load<u32>(status) != 0) return line;
  }
  return end;
}
