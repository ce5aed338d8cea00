import { differentiate } from "../graph/engine.js";
import { type Node, participates } from "../graph/node.js";
import { ones } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";

/** The operation that made a gradient which is not finite out of one that is. */
export interface Culprit {
  /** Its name. */
  readonly operation: string;
  /** The element of its operand at which the gradient is not finite. */
  readonly operand: number;
  /** The largest |element| of the gradient that came to it. */
  readonly incoming: number;
}

/** Looks for the culprit by going back through the graph of a loss, which is consumed. No gradient is kept. */
export function culpritOf(loss: Tensor): Culprit | null {
  if (loss.origin === null || !loss.requiresGrad) return null;
  let culprit: Culprit | null = null;
  /** The last one first. */
  const visited: { readonly node: Node; readonly incoming: number }[] = [];
  const look = (operand: Tensor, gradient: Tensor): void => {
    if (culprit !== null) return;
    const at = (gradient.view() as Float32Array).findIndex((value) => !Number.isFinite(value));
    const user = at < 0 ? undefined : visited.find(({ node }) => node.inputs.includes(operand));
    if (user === undefined) return;
    culprit = { operation: user.node.operation.name, operand: Number(operand.view()[at]), incoming: user.incoming };
  };
  differentiate({
    seeds: [[loss, ones([...loss.shape], { dtype: loss.dtype })]],
    createGraph: false,
    retainGraph: false,
    wanted: participates,
    sink: look,
    direct: false,
    reached: (result, gradient) => {
      look(result, gradient);
      visited.unshift({ node: result.origin as Node, incoming: largestOf(gradient) });
    },
  });
  return culprit;
}

/** The largest |element|. */
export function largestOf(x: Tensor): number {
  return (x.view() as Float32Array).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
