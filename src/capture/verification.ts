import type { Tensor } from "../tensor/tensor.js";
import type { Recording } from "./recording.js";

/** A check of replays against the step itself. */
export interface Verification {
  /** Every how many replays one is verified; 0: none. @throws ArgumentError */
  interval(): number;
  /** @returns the step's value @throws GraphError naming the first difference */
  verify(recording: Recording, replayed: () => readonly Tensor[], again: () => Recording): unknown;
}

/** The check in force. A bundle has none: where somebody looks for a fault, the library is loaded whole. */
export let verification: Verification | null = null;

export function verifyReplaysBy(check: Verification): void {
  verification = check;
}
