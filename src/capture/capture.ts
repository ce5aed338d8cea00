import { isPromise } from "../errors/check.js";
import { ArgumentError, GraphError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { participates } from "../graph/node.js";
import { recorder } from "../kernels/recorder.js";
import { Tensor } from "../tensor/tensor.js";
import { type CapturedStep, carryingOut } from "./capturedStep.js";
import { Signatures } from "./signatures.js";
import { structureOf } from "./structure.js";

/** How a captured step stands. */
export interface CaptureStatus {
  /** "eager" before the first call and where there are no kernels to replay (`js`), then "recording", then "replaying". */
  readonly state: "eager" | "recording" | "replaying";
  /** Steps that were replayed. */
  readonly replays: number;
  /** Bytes of inputs and intermediate results, of all signatures. */
  readonly bytes: number;
}

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
  const signatures = new Signatures((tensors) => settled(step(...(tensors as unknown as A))));
  const captured = (...inputs: A): R => {
    // A step within a step is part of it.
    if (recorder !== null || carryingOut) return step(...inputs);
    if (inputs.every((input) => input instanceof Tensor)) {
      const tensors = inputs as unknown as Tensor[];
      return runStep(signatures.find(tensors) ?? signatures.add(tensors), tensors) as R;
    }
    const { leaves, others, rebuild } = structureOf(inputs);
    checkInputs(others);
    const found = signatures.find(leaves) ?? signatures.add(leaves, (tensors) => settled(step(...(rebuild(tensors) as A))));
    return runStep(found, leaves) as R;
  };
  return Object.assign(captured, {
    status: (): CaptureStatus => ({
      state: signatures.all.at(-1)?.state ?? "eager",
      replays: signatures.all.reduce((sum, { replays }) => sum + replays, 0),
      bytes: signatures.all.reduce((sum, { bytes }) => sum + bytes, 0),
    }),
    dispose: () => signatures.dispose(),
  });
}

function runStep(captured: CapturedStep, inputs: readonly Tensor[]): unknown {
  for (let i = 0; i < inputs.length; i++) if (inputs[i].requiresGrad && participates(inputs[i])) throw wantsGradient(i);
  const before = captured.refusal;
  const value = captured.run(inputs);
  if (captured.refusal?.isFault && before === null) throw refused(captured.refusal.reason);
  return value;
}

function refused(reason: string): GraphError {
  return new GraphError(
    message(
      "capture",
      `this step cannot be replayed: ${reason}`,
      "Return tensors and read them outside of the step; pass what changes as a tensor; or call the step without capture.",
    ),
  );
}

function checkInputs(others: readonly unknown[]): void {
  const other = others.find((value) => value !== undefined);
  if (other === undefined) return;
  throw new ArgumentError(
    message(
      "capture",
      `the step was given ${kindText(other)}; expected tensors, or arrays and objects of tensors`,
      "Wrap it with tensor(…).",
    ),
  );
}

/** What a step returned. @throws ArgumentError for a promise: what an async step does after it returned, nobody could record */
function settled<R>(value: R): R {
  if (!isPromise(value)) return value;
  throw new ArgumentError(
    message(
      "capture",
      "the step is async; a captured step is done when it returns",
      "Await what it needs before, and pass it as a tensor.",
    ),
  );
}

function wantsGradient(i: number): ArgumentError {
  return new ArgumentError(
    message(
      "capture",
      `input ${i} wants a gradient; the inputs of a captured step are data`,
      "A Parameter is used in the step without being passed; detach() any other tensor.",
    ),
  );
}
