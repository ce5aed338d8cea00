import type { Constant } from "../kernels/recorder.js";
import { release } from "../memory/heap.js";
import type { Block } from "./calls.js";

/** What a recording keeps in linear memory for its replays. It knows nothing of the recording, so that it can outlive it. */
export class Kept {
  readonly constants: Constant[] = [];
  /** Cells made for the recording. */
  readonly cells: Block[] = [];

  /** Lets go of everything. */
  dispose(): void {
    for (const constant of this.constants.splice(0)) constant.drop();
    for (const { at, bytes } of this.cells.splice(0)) release(at, bytes);
  }
}
