/**
 * A captured step: the calls of its kernels as a list in linear memory, run in one loop. Calls that threads share are forked as
 * if the host had made them.
 */
import { fork } from "./forkJoin";

/** One call, as the host writes it. @host */
@unmanaged
export class Line {
  kernel: u32; // index in the table of functions
  args: usize; // the record
  from: u32;
  to: u32;
  step: u32; // units of a part; 0: on this thread alone
  checked: u32; // 1: the kernel may report a fault, after which nothing more is to be done
  left: u32; // written here: parts that others took, where they are not done in time
}

/**
 * Runs the lines from `line` to before `end`.
 * @param control the threads' control block, which only lines with a step need
 * @param patience as fork's
 * @param status address of the status words
 * @returns `end`; the line that reported a fault; or 1 beyond a line of which parts are not done after about a second: see `join`
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
