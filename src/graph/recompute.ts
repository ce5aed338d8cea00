import { ArgumentError, GraphError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import * as kernels from "../kernels/generated.js";
import { setTurn } from "../kernels/observer.js";
import { checkFunction, checkTensor } from "../tensor/check.js";
import { keepingDraws, repeatingDraws } from "../tensor/recompute.js";
import { now, type ReleaseCause } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { beginAttempt, endAttempt, undoAttempt } from "./attempt.js";
import { defineOp } from "./define.js";
import { differentiate } from "./engine.js";
import { mode, Scope, within } from "./mode.js";
import { type Node, participates } from "./node.js";
import type { BackwardPass } from "./pass.js";

/**
 * Computes fn(...inputs) without keeping the intermediate results that its gradient needs: backward() computes fn a second time.
 * That saves the memory of everything between the inputs and the result, for about a third more arithmetic. Results and gradients
 * have the same bits as without recompute, masks of dropout included. Running statistics are updated only once.
 *
 * Chen, Xu, Zhang, Guestrin: Training Deep Nets with Sublinear Memory Cost (arXiv 1604.06174). Like torch.utils.checkpoint with
 * use_reentrant=False, but fn returns one tensor.
 * @param fn function of the inputs, which may use any parameters and returns one tensor
 * @param inputs tensors
 * @throws ArgumentError unless fn is a function and returns a tensor, and every input is a tensor
 * @throws GraphError if fn uses an intermediate result that is not among its inputs, or if the gradient is to be differentiated again
 * @example
 * const h = recompute((x) => net.forward(x), x);
 */
export function recompute<A extends Tensor[]>(fn: (...inputs: A) => Tensor, ...inputs: A): Tensor {
  checkFunction("recompute", "fn", fn, "recompute((x) => block.forward(x), x)");
  for (let i = 0; i < inputs.length; i++) checkTensor("recompute", `input ${i}`, inputs[i]);
  if (!mode.recording) return fn(...inputs);
  const draws: unknown[] = [];
  const scope = new Scope();
  const used = new Set<Tensor>(inputs);
  const usedBefore = mode.used;
  mode.used = used;
  try {
    const y = within(scope, false, () => keepingDraws(draws, () => fn(...inputs)));
    if (!(y instanceof Tensor)) throw new ArgumentError(message("recompute", `fn returned ${kindText(y)}; expected one tensor`));
    mode.used = usedBefore;
    const operands = [...used].filter((tensor) => inputs.includes(tensor) || participates(tensor));
    for (const operand of operands)
      if (operand.origin !== null && !inputs.includes(operand) && participates(operand)) throw outside(operand);
    return recomputed(y, operands, (pass) => again(fn, inputs, draws, pass));
  } finally {
    mode.used = usedBefore;
    scope.release();
  }
}

/** Records y as the result of one operation. Its operands are all tensors that the gradient of y depends on. */
function recomputed(y: Tensor, operands: readonly Tensor[], backward: (pass: BackwardPass) => void): Tensor {
  const names = operands.map((_, i) => `x${i}`);
  const operation = defineOp({
    name: "recompute",
    inputs: names,
    save: names,
    shape: () => y.shape,
    dtype: y.dtype,
    forward: ({ out }) => {
      y.storage.hold();
      kernels.copy({ x: y.at, out: out.at }, 0, out.size, out.dtype);
      y.storage.drop();
    },
    backward: (pass) => backward(pass as BackwardPass),
  });
  return (operation as (...given: Tensor[]) => Tensor)(...operands);
}

const PASSED: ReleaseCause = { why: () => "recompute made it for the gradient" };
const FAILED: ReleaseCause = { why: () => "recompute made it for the gradient, which failed" };

/** Computes fn for the second time, in a graph of its own on copies of the inputs, and calls backward on that graph at once. */
function again<A extends Tensor[]>(fn: (...inputs: A) => Tensor, inputs: A, draws: unknown[], pass: BackwardPass): void {
  // A profile shows the operations within fn, each under its own name, instead of all under "recompute".
  const before = setTurn(null);
  const since = beginAttempt();
  try {
    differentiateAgain(fn, inputs, draws, pass);
  } catch (error) {
    undoAttempt(since, FAILED);
    throw error;
  } finally {
    endAttempt();
    setTurn(before);
  }
}

function differentiateAgain<A extends Tensor[]>(fn: (...inputs: A) => Tensor, inputs: A, draws: unknown[], pass: BackwardPass): void {
  const { g } = pass;
  const began = now();
  const leaves = inputs.map((input) => {
    const leaf = new Tensor(input.storage, input.shape);
    leaf.requiresGrad = participates(input);
    return leaf;
  });
  const y = within(mode.scope, true, () => repeatingDraws(draws, () => fn(...(leaves as A))));
  if (!y.requiresGrad) return;
  const graph = (y.origin as Node | null)?.graph.root();
  const deliver = (leaf: Tensor, gradient: Tensor): void => {
    const i = leaves.indexOf(leaf);
    if (i >= 0) pass.deliver(inputs[i], gradient);
    else pass.sink(leaf, gradient);
  };
  differentiate({ seeds: [[y, g]], createGraph: false, retainGraph: false, wanted: participates, sink: deliver, direct: pass.direct });
  graph?.root().releaseSince(began, PASSED, true);
}

function outside({ storage, shape }: Tensor): GraphError {
  return new GraphError(
    message(
      "recompute",
      `fn uses the result of "${storage.madeBy}" ${shapeText(shape)}, which is not among its inputs`,
      "Pass it as an argument: recompute(fn, x, y).",
    ),
  );
}

/**
 * The former name of `recompute`.
 * @throws ArgumentError always
 * @deprecated call `recompute`
 * @example
 * try {
 *   checkpoint((x) => net.forward(x), x);
 * } catch ({ message }) {
 *   message.startsWith("checkpoint: it is called recompute now."); // true
 * }
 */
export function checkpoint(..._: unknown[]): never {
  throw new ArgumentError(message("checkpoint", "it is called recompute now", "Write recompute((x) => block.forward(x), x)."));
}
