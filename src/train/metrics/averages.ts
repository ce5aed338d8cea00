import { choice } from "../../options/kinds.js";

/** How figures of classes become one. */
export type Average = "macro" | "weighted" | "micro";

/** The option of metrics that are computed class by class. */
export const AVERAGE = {
  /**
   * "macro": the mean over the classes that are there, "weighted": by how often each is true, "micro": of all classes counted together.
   * Default "macro"; of a single column the figure of class 1.
   */
  average: choice(["macro", "weighted", "micro"], {}),
};

/** The mean of what is a number, weighted; NaN of nothing. */
export function meanOf(values: readonly number[], weights?: readonly number[]): number {
  let [sum, total] = [0, 0];
  for (const [i, value] of values.entries()) {
    const weight = weights?.[i] ?? 1;
    if (Number.isNaN(value) || weight === 0) continue;
    sum += weight * value;
    total += weight;
  }
  return sum / total;
}
