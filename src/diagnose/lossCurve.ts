import { mean } from "./numbers.js";

/** The least number of steps that tell how a loss goes. */
const FEW_STEPS = 20;

/** How the loss of the steps went. */
export interface LossCurve {
  readonly steps: number;
  /** The loss of the first step. */
  readonly start: number;
  /** The mean over the first steps, a twentieth of all. */
  readonly first: number;
  /** The mean over the last tenth of the steps. */
  readonly last: number;
  /** The least mean over a twentieth of the steps. */
  readonly lowest: number;
  /** The greatest mean of three steps. */
  readonly highest: number;
}

/** How the loss went; null where there are too few steps to tell. */
export function lossCurve(losses: readonly number[]): LossCurve | null {
  const counted = losses.filter((loss) => !Number.isNaN(loss));
  const steps = counted.length;
  if (steps < FEW_STEPS) return null;
  const window = Math.ceil(steps / 20);
  const means = Array.from({ length: Math.floor(steps / window) }, (_, i) => mean(counted.slice(i * window, (i + 1) * window)));
  return {
    steps,
    start: counted[0],
    first: means[0],
    last: mean(counted.slice(-Math.ceil(steps / 10))),
    lowest: Math.min(...means),
    highest: counted.slice(2).reduce((most, loss, i) => Math.max(most, (loss + counted[i] + counted[i + 1]) / 3), -Infinity),
  };
}
