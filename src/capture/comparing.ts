import type { Tensor } from "../tensor/tensor.js";
import { difference } from "./difference.js";
import type { Phase } from "./phase.js";
import { type Recording, standsAsRecorded } from "./recording.js";
import { resultDifference } from "./results.js";
import type { Refusal } from "./stepRecorder.js";
import type { Variant } from "./variant.js";

/** After this many recordings that differ from the one before, the step is refused: it does not do the same each time. */
const MOST_DIFFERENCES = 3;

/** The phase in which every call is recorded. It ends with two equal recordings in a row: the second will be replayed. */
export class Comparing implements Phase {
  readonly state = "recording";
  readonly reason = null;
  readonly arenaBytes = 0;
  #last: Recording | null = null;
  #differences = 0;

  constructor(private readonly variant: Variant) {}

  fits(): boolean {
    return this.#last === null || standsAsRecorded(this.#last);
  }

  run(inputs: readonly Tensor[]): unknown {
    const { variant } = this;
    variant.fill(inputs);
    const recording = variant.record();
    const last = this.#last;
    const differs = last === null ? null : (difference(last.recorder, recording.recorder) ?? resultDifference(last, recording));
    if (differs !== null) this.#differences++;
    // What the last recording kept was needed for the comparison.
    variant.memory.forgetRecording();
    variant.memory.kept = recording.recorder.kept;
    this.#last = recording;
    const refusal = this.#refusalOf(recording, differs);
    if (refusal !== null) variant.refuse(refusal);
    else if (last !== null && differs === null) variant.replay(recording);
    return recording.value;
  }

  #refusalOf({ recorder }: Recording, differs: string | null): Refusal | null {
    if (recorder.refusal !== null) return recorder.refusal;
    const changed = recorder.around.find(({ fits }) => fits?.() === false);
    if (changed !== undefined) return { reason: `${changed.guards ?? "what it depends on"} changes within the step`, isFault: false };
    if (this.#differences < MOST_DIFFERENCES) return null;
    return { reason: `it does not do the same each time: ${differs}`, isFault: true };
  }
}
