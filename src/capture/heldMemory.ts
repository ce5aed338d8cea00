import { release } from "../memory/heap.js";
import type { Kept } from "./kept.js";

interface Piece {
  readonly at: number;
  readonly bytes: number;
}

/**
 * The linear memory that a variant of a captured step holds. It has no reference to the step or its model, so that it outlives them:
 * when the garbage collector has taken them, the memory is given back.
 */
export class HeldMemory {
  /** Places of the inputs. */
  readonly slots: Piece[] = [];
  /** Records and intermediate results of the replay. */
  readonly replay: Piece[] = [];
  /** What the recording keeps for its replays. */
  kept: Kept | null = null;

  /** Gives back what belongs to the recording; the places of the inputs stay. */
  forgetRecording(): void {
    giveBack(this.replay);
    this.kept?.dispose();
    this.kept = null;
  }

  dispose(): void {
    giveBack(this.slots);
    this.forgetRecording();
  }
}

function giveBack(pieces: Piece[]): void {
  for (const { at, bytes } of pieces.splice(0)) release(at, bytes);
}
