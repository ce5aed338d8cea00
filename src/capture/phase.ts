import type { Tensor } from "../tensor/tensor.js";

/** What a call of a captured step does, depending on the calls before it: see `Variant`. */
export interface Phase {
  readonly state: "eager" | "recording" | "replaying";
  /** Why calls will never be replayed; null where they are, or may be. */
  readonly reason: string | null;
  /** Bytes of intermediate results that are held for replays. */
  readonly arenaBytes: number;
  /** Whether what the phase depends on besides the inputs, such as the modes of layers, is as it was. */
  fits(): boolean;
  /** Runs the step, or replays it. @returns what the step returns, with tensors as data */
  run(inputs: readonly Tensor[]): unknown;
}
