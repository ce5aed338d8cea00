import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { note } from "../errors/note.js";
import { defineOp } from "../graph/define.js";
import type { Node } from "../graph/node.js";
import * as kernels from "../kernels/generated.js";
import { permute } from "../ops/movement.js";
import { reshape } from "../ops/reshape.js";
import { recalled, type Squashed, type Squashing } from "../ops/squashed.js";
import { requireWithin } from "../ops/within.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * Losses take logits: log-softmax of logits is exact where the log of a softmax has lost its digits. A model may end in softmax
 * or sigmoid nevertheless: the loss finds the logits behind its prediction and uses them, in training by the graph, and without a
 * graph (noGrad, so evaluate and predict too) by what softmax and sigmoid remember of what they computed.
 */

/** Finds the logits that a loss computes with. */
export interface LogitsFinder {
  /** What turns the logits into the loss's probabilities. */
  readonly squashing: Squashing;
  /**
   * @param classAxis the axis that a softmax must have run along
   * @param fromLogits true: the prediction is logits; false: it is probabilities; undefined: the prediction's graph tells, and a note says so at the first time
   */
  find(op: string, prediction: Tensor, classAxis: number, fromLogits: boolean | undefined): Tensor;
}

/** Finds the logits behind predictions that a softmax or a sigmoid made. */
export function logitsBehindA(squashing: Squashing): LogitsFinder {
  return {
    squashing,
    find: (op, prediction, classAxis, fromLogits) => {
      if (fromLogits === true) return prediction;
      const logits = logitsBehind(prediction, squashing, classAxis);
      if (fromLogits === undefined) {
        if (logits === null) return prediction;
        note(`${op}: the prediction is the output of ${squashing}; the loss uses the logits behind it, which keep all digits.`);
      }
      if (logits !== null && isAlive(logits)) return logits;
      return squashing === "softmax" ? logOfShares(op, prediction) : logOdds(op, prediction);
    },
  };
}

/**
 * What a softmax along `classAxis`, or a sigmoid, was given to make `prediction`; null if it was not made so. Between the two
 * may stand reshapes and permutations that leave the classes on an axis of their own.
 */
export function logitsBehind(prediction: Tensor, squashing: Squashing, classAxis: number): Tensor | null {
  const moves: Node[] = [];
  let result = prediction;
  for (;;) {
    const source = logitsOf(result);
    if (source !== null) {
      if (source.name !== squashing) return null;
      return squashing === "sigmoid" || isAxis(source.axis, moves, classAxis) ? replay(source.logits, moves) : null;
    }
    const node = result.origin as Node | null;
    if (node === null || node.released !== null || (node.operation.name !== "reshape" && node.operation.name !== "permute")) return null;
    moves.unshift(node);
    result = node.inputs[0] as Tensor;
  }
}

/** What a softmax or a sigmoid was given to make `result`; null if neither made it. */
export function logitsOf(result: Tensor): Squashed | null {
  const node = result.origin as Node | null;
  if (node === null) return recalled(result);
  const { name } = node.operation;
  if (node.released !== null || (name !== "softmax" && name !== "sigmoid")) return null;
  // The operation works on rows: axis −1.
  return { name, logits: node.inputs[0] as Tensor, axis: result.rank - 1 };
}

/** Whether the softmax's axis has become `classAxis`. */
function isAxis(axis: number, moves: readonly Node[], classAxis: number): boolean {
  let at = axis;
  for (const { operation, attributes, inputs, output } of moves) {
    if (operation.name === "permute") at = (attributes as { order: number[] }).order.indexOf(at);
    else at = sameAxis((inputs[0] as Tensor).shape, at, output.shape);
    if (at < 0) return false;
  }
  return at === classAxis;
}

/** The axis of `to` that has the extent of `from`'s and as many elements before and behind it; −1 if there is none. */
function sameAxis(from: Shape, axis: number, to: Shape): number {
  const before = sizeOf(from.slice(0, axis));
  return to.findIndex((extent, i) => extent === from[axis] && sizeOf(to.slice(0, i)) === before);
}

/** The logits, moved as the probabilities were. */
function replay(logits: Tensor, moves: readonly Node[]): Tensor {
  let moved = logits;
  if (!isAlive(logits)) return logits;
  for (const { operation, attributes, output } of moves) {
    moved = operation.name === "permute" ? permute(moved, (attributes as { order: number[] }).order) : reshape(moved, output.shape);
  }
  return moved;
}

function isAlive({ storage }: Tensor): boolean {
  return storage.at !== 0 || storage.host !== null;
}

/** ln p of probabilities, or of what is in proportion to them. @throws ArgumentError for one below 0 */
function logOfShares(op: string, p: Tensor): Tensor {
  const logits = clippedLog(p);
  requireWithin(p, 0, Infinity, (value, position) => {
    throw notProbable(op, value, position, "below 0");
  });
  return logits;
}

/** ln p/(1 − p). @throws ArgumentError for a probability outside 0 … 1 */
function logOdds(op: string, p: Tensor): Tensor {
  const logits = clippedLog(p).sub(clippedLog(p.neg().add(1)));
  requireWithin(p, 0, 1, (value, position) => {
    throw notProbable(op, value, position, "outside 0 … 1");
  });
  return logits;
}

function notProbable(op: string, value: string, position: number, where: string): ArgumentError {
  const problem = `fromLogits is false, but prediction ${value} at position ${position} is ${where}`;
  return new ArgumentError(message(op, problem, "Of logits leave fromLogits out."));
}

/** PyTorch's limits in BCELoss: of the logarithm, and of what its gradient divides by. */
const LEAST_LOG = -100;
const LEAST_DIVISOR = 1e-12;

/** ln p, at least −100. Gradient: dp = g / max(p, 10⁻¹²), also where p is 0. */
const clippedLog: (p: Tensor) => Tensor = defineOp({
  name: "clippedLog",
  inputs: ["p"],
  save: ["p"],
  shape: ({ p }) => p.shape,
  forward: ({ p, out }) => {
    kernels.log({ x: p.at, out: out.at }, 0, out.size, out.dtype);
    kernels.clamp({ x: out.at, out: out.at, min: LEAST_LOG, max: Infinity }, 0, out.size, out.dtype);
  },
  grad: { p: (g, { p }) => g.div(p.maximum(LEAST_DIVISOR)) },
});
