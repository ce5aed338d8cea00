import { STATUS_AT, views } from "../memory/memory.js";

/** What a kernel may find wrong with its data; the numbers are those of assembly/threads.ts. */
export const Status = { Ok: 0, IndexOutOfRange: 1, NonFinite: 2 } as const;

/** Reports a fault and goes on; of several since the last look the one with the least detail is kept. The twin of `fail` in assembly/threads.ts. */
export function fail(code: number, detail: number): void {
  const at = STATUS_AT >>> 2;
  if (views.u32[at] === Status.Ok || detail < views.u32[at + 1]) {
    views.u32[at] = code;
    views.u32[at + 1] = detail;
  }
}

/** The position of the index that was out of range since the last look, or −1; clears the status. */
export function takeIndexFault(): number {
  const at = STATUS_AT >>> 2;
  if (views.u32[at] === Status.Ok) return -1;
  views.u32[at] = Status.Ok;
  return views.u32[at + 1];
}
