import { STATUS_AT, views } from "../memory/memory.js";
import { Status } from "./generated/constants.js";

/** Reports a fault and goes on; of several since the last look the one with the least detail is kept. The twin of `fail` in assembly/threads.ts. */
export function fail(code: number, detail: number): void {
  const at = STATUS_AT >>> 2;
  if (views.u32[at] === Status.Ok || detail < views.u32[at + 1]) {
    views.u32[at] = code;
    views.u32[at + 1] = detail;
  }
}

/** What a kernel reported: a code of `Status`, and the position that it names. */
export interface Fault {
  code: number;
  detail: number;
}

/** The fault reported since the last look, null if there was none; clears the status. */
export function takeFault(): Fault | null {
  const at = STATUS_AT >>> 2;
  const code = views.u32[at];
  if (code === Status.Ok) return null;
  views.u32[at] = Status.Ok;
  return { code, detail: views.u32[at + 1] };
}
