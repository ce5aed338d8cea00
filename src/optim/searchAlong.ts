import type { FloatArray } from "../memory/views.js";
import type { Landscape } from "./closure.js";
import { type Evaluated, type Found, strongWolfe, type WolfeOptions } from "./strongWolfe.js";

/**
 * Moves the parameters along a direction to a point that satisfies the strong Wolfe conditions.
 * @param here loss and gradient where they are @param slope gradient · direction @param t the first step to try
 */
export function searchAlong(
  { parameters, evaluate }: Landscape,
  direction: FloatArray,
  here: Evaluated,
  slope: number,
  t: number,
  options: WolfeOptions,
): Found {
  const from = parameters.read();
  const place = (t: number): void => {
    parameters.write(from);
    parameters.move(t, direction);
  };
  const along = (t: number): Evaluated => {
    place(t);
    return evaluate();
  };
  const found = strongWolfe(along, t, direction, here, slope, options);
  place(found.t);
  return found;
}
