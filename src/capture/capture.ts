import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { CapturedStep, type CaptureStatus } from "./capturedStep.js";

/** A captured step: called as the step itself. */
export interface Captured<A extends unknown[], R> {
  (...inputs: A): R;
  /** What was recorded and replayed so far. */
  status(): CaptureStatus;
  /** Forgets what was recorded and gives its memory back; the next call records anew. */
  dispose(): void;
}

/**
 * A function that runs `step` as a list of kernel calls, recorded once: no graph, no allocation, no dispatch, and the same bits.
 * The first call carries the step out, the next two are recorded and compared, and from then on calls are replayed, as CUDA graphs
 * are. Inputs of other shapes, train() and eval(), frozen parameters and a new seed are recorded for themselves; of such variants
 * eight are kept.
 *
 * What JavaScript does in the step besides is done while recording only. What changes from step to step must therefore be an
 * argument (a tensor), or be known to the library: learning rates and schedules, dropout, running statistics. A step that reads
 * elements (`item`, `view`), writes some (`assign`), or does something else each time is refused, with the reason. After layers or
 * parameters of the model were exchanged, call `dispose`.
 *
 * @param step of tensors, arrays or plain objects of tensors; returns such, or nothing. Gradients may be taken within it.
 * @returns a function of the same arguments; the tensors that it returns are data
 * @throws ArgumentError for an argument that is no tensor or wants a gradient, and for an async step; GraphError for a step that
 *         cannot be replayed
 * @example
 * const step = capture((x, y) => {
 *   const loss = crossEntropy(net.forward(x), y);
 *   loss.backward();
 *   optimizer.step();
 *   optimizer.zeroGrad();
 *   return loss;
 * });
 * for (const { x, y } of batches(train, 32)) console.log(step(x, y).item());
 */
export function capture<A extends unknown[], R>(step: (...inputs: A) => R): Captured<A, R> {
  if (typeof step !== "function") throw new ArgumentError(message("capture", `the step is ${kindText(step)}; expected a function`));
  const captured = new CapturedStep(step, true);
  return Object.assign((...inputs: A): R => captured.run(inputs), {
    status: () => captured.status(),
    dispose: () => captured.dispose(),
  });
}
