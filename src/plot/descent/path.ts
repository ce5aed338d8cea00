import { Parameter } from "../../graph/parameter.js";
import type { Optimizer } from "../../optim/optimizer.js";
import { tensor } from "../../tensor/creation.js";
import type { Tensor } from "../../tensor/tensor.js";

/** Where an optimizer was: the start, and the place after each step. */
export type Path = readonly (readonly [x: number, y: number])[];

/** A loss of two numbers, each of them a tensor []. */
export type LossOfTwo = (x: Tensor, y: Tensor) => Tensor;

/**
 * The path of an optimizer on a loss of two parameters, which are one vector, as the weights of a layer are.
 * @param make makes the optimizer of the parameters
 * @returns the start and the place after each step; it ends before if a place is no longer finite
 */
export function pathOf(
  loss: LossOfTwo,
  make: (parameters: Parameter[]) => Optimizer,
  start: readonly [x: number, y: number],
  steps: number,
): Path {
  const place = new Parameter(tensor([...start]));
  const optimizer = make([place]);
  const path: (readonly [number, number])[] = [[place.data[0], place.data[1]]];
  for (let step = 0; step < steps; step++) {
    loss(place.slice([0]), place.slice([1])).backward();
    optimizer.step();
    optimizer.zeroGrad();
    const reached = [place.data[0], place.data[1]] as const;
    if (!reached.every(Number.isFinite)) break;
    path.push(reached);
  }
  optimizer.dispose();
  return path;
}
