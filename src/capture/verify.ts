import { ArgumentError, GraphError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { variable } from "../kernels/platform.js";
import { snapshotParameters } from "../memory/snapshot.js";
import type { Tensor } from "../tensor/tensor.js";
import { difference } from "./difference.js";
import type { Recording } from "./recording.js";
import { layoutOf } from "./structure.js";
import type { Verification } from "./verification.js";

/**
 * Compares a replay with the step itself: replays it, restores everything, records the step, and compares calls, results, parameters
 * and the state of optimizers, bit by bit.
 * @param replayed runs the replay and returns its results
 * @param again records the step
 * @returns the step's value
 * @throws GraphError naming the first difference
 */
function verify(recording: Recording, replayed: () => readonly Tensor[], again: () => Recording): unknown {
  const before = snapshotParameters();
  const results = replayed();
  const after = snapshotParameters();
  before.restore();
  for (const { undo } of recording.recorder.around) undo?.();
  for (const { parameter, before: had } of recording.leaves) parameter.hasGradient = had;
  const fresh = again();
  const differs =
    difference(recording.recorder, fresh.recorder) ??
    (sameResults(results, tensorsOf(fresh.value)) ? null : "its results are other ones") ??
    (after.equals(snapshotParameters()) ? null : "parameters, or what belongs to them, are other ones");
  fresh.recorder.kept.dispose();
  if (differs !== null) {
    throw new GraphError(
      message(
        "capture",
        `the step does something else now than when it was recorded: ${differs}`,
        "What changes from step to step must be an argument of the step; dispose of the capture when the model changes.",
      ),
    );
  }
  return fresh.value;
}

function sameResults(a: readonly Tensor[], b: readonly Tensor[]): boolean {
  return a.every((tensor, i) => {
    const [x, y] = [tensor.view(), b[i].view()];
    return x.length === y.length && (x as Float32Array).every((value, j) => Object.is(value, y[j]));
  });
}

function tensorsOf(value: unknown): Tensor[] {
  const tensors: Tensor[] = [];
  layoutOf(value, tensors);
  return tensors;
}

/**
 * What SIMDGRAD_CHECK_CAPTURE asks for: every how many replays one is verified; 0: none.
 * @throws ArgumentError for anything but a number of steps: nothing would be checked
 */
function checkInterval(): number {
  const text = variable("SIMDGRAD_CHECK_CAPTURE") ?? "0";
  if (/^\d+$/.test(text)) return Number(text);
  throw new ArgumentError(message("capture", `SIMDGRAD_CHECK_CAPTURE is "${text}"; expected a whole number ≥ 0`));
}

/** The check that the environment can ask for. */
export const VERIFICATION: Verification = { interval: checkInterval, verify };
