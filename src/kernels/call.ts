import { type DType, type NumberArray, viewOf } from "../memory/views.js";
import type { Kernel } from "./kernel.js";
import { loadPiece, noteCall } from "./load.js";
import { observer } from "./observer.js";
import { run } from "./threads/forkJoin.js";

/**
 * A call that does not go straight to its compiled kernel: the first one, which loads its piece; a twin's; one that is observed;
 * one that may be shared among threads.
 * @param cost estimated nanoseconds
 */
export function call<Args>(kernel: Kernel<Args>, args: Args, from: number, to: number, cost: number, dtype: DType): void {
  if (loadPiece(kernel.piece) === null || dtype !== "float32") {
    const twin = () => kernel.twin(args, from, to, viewOf(dtype) as NumberArray);
    if (observer === null) twin();
    else observer.twin(kernel, kernel.record.write(args), from, to, dtype, twin);
    return;
  }
  noteCall(kernel, cost);
  if (observer !== null) observer.call(kernel, kernel.record.write(args), from, to, cost);
  else run(kernel, kernel.record.write(args), from, to, cost);
}
