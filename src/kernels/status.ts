import { STATUS_AT, views } from "../memory/memory.js";
import { Status } from "./generated/constants.js";

/** Reports a fault, as `fail` in assembly/threads.ts does: of all faults since the last `takeFault`, that with the least detail is kept. */
export function fail(code: number, detail: number): void {
  const at = STATUS_AT >>> 2;
  if (views.u32[at] === Status.Ok || detail < views.u32[at + 1]) {
    views.u32[at] = code;
    views.u32[at + 1] = detail;
  }
}

/** A fault that a kernel reported: a code of `Status`, and a position. */
export interface Fault {
  code: number;
  detail: number;
}

/** The fault reported since the last call, or null. Clears the status. */
export function takeFault(): Fault | null {
  const at = STATUS_AT >>> 2;
  const code = views.u32[at];
  if (code === Status.Ok) return null;
  views.u32[at] = Status.Ok;
  return { code, detail: views.u32[at + 1] };
}
