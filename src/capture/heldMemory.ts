import { release } from "../memory/heap.js";
import { type Holder, registerHolders } from "../memory/holders.js";
import type { Kept } from "./kept.js";

/** All that hold memory. */
const live = new Set<HeldMemory>();

interface Piece {
  readonly at: number;
  readonly bytes: number;
}

/**
 * The linear memory that a variant of a captured step holds. It has no reference to the step or its model, so that it outlives them:
 * when the garbage collector has taken them, the memory is given back.
 */
export class HeldMemory {
  /** @param inputs the shapes of the step's inputs */
  constructor(private readonly inputs: string) {
    live.add(this);
  }

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

  holder(): Holder {
    const bytes = [...this.slots, ...this.replay, ...(this.kept?.cells ?? [])].reduce((sum, piece) => sum + piece.bytes, 0);
    return { kind: "captures", what: `a captured step of ${this.inputs}`, bytes };
  }

  dispose(): void {
    live.delete(this);
    giveBack(this.slots);
    this.forgetRecording();
  }
}

registerHolders(() => [...live].map((memory) => memory.holder()));

function giveBack(pieces: Piece[]): void {
  for (const { at, bytes } of pieces.splice(0)) release(at, bytes);
}
