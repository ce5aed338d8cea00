import type { Tensor } from "../tensor/tensor.js";

/** What a call of a captured step does, depending on the calls before it: see `Variant`. */
export interface Phase {
  readonly state: "eager" | "recording" | "replaying";
  /** Why the step is not replayed and will not be; null in all phases but one. */
  readonly reason: string | null;
  /** Bytes of intermediate results that are held for replays. */
  readonly arenaBytes: number;
  /** Whether things outside of the inputs stand as they must for this phase. */
  fits(): boolean;
  /** One step. @returns what the step returns, tensors as data */
  run(inputs: readonly Tensor[]): unknown;
}
