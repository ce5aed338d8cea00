import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { CapturedStep, type CaptureStatus } from "./capturedStep.js";

/** A captured step, which is called like the step itself. */
export interface Captured<A extends unknown[], R> {
  (...inputs: A): R;
  /** Whether calls are replayed, and if not, why. */
  status(): CaptureStatus;
  /** Forgets what was recorded and gives its memory back; the next call records anew. */
  dispose(): void;
}

/**
 * A function that runs `step` as a list of kernel calls, recorded once: no graph, no allocation, no dispatch, and the same bits.
 * The first call runs the step eagerly, the next two are recorded and compared, and later calls replay the recording, as CUDA graphs
 * do. Each kind of inputs (shapes, dtypes, structure) and each mode (train() or eval(), frozen parameters, a new seed) has a
 * recording of its own; eight of them are kept.
 *
 * A replay runs kernels, and none of the step's JavaScript. What changes from step to step must therefore be an argument (a tensor),
 * or be known to the library: learning rates and schedules, dropout, running statistics. A step that reads elements (`item`,
 * `view`), writes some (`assign`), or does something else each time is refused: one call throws the reason, later calls run eagerly.
 * A step that is sound but cannot be replayed, such as one in float64, runs eagerly without an error. `status()` tells the reason of
 * either. After you exchange layers or parameters of the model, call `dispose`.
 *
 * @param step a function of tensors, or of arrays, plain objects and Maps of tensors, that returns such, or nothing. It may take
 *        gradients.
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
  checkArity("capture", arguments.length, 1);
  if (typeof step !== "function") throw new ArgumentError(message("capture", `the step is ${kindText(step)}; expected a function`));
  const captured = new CapturedStep(step, true);
  return Object.assign((...inputs: A): R => captured.run(inputs), {
    status: () => captured.status(),
    dispose: () => captured.dispose(),
  });
}
