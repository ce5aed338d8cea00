import { chanceOf } from "../chance.js";
import type { DiagnosisInput } from "../input.js";
import { type LossCurve, lossCurve } from "../lossCurve.js";
import { median } from "../numbers.js";
import type { Rule } from "../rule.js";
import { updatesOf } from "./updates.js";
import { digits, finding, percent } from "./words.js";

/** A loss that rises so far above its start was thrown there. Of values the first batches differ more. */
const THROWN = { classes: 2, values: 3 };
/** A loss that ends so far above its start has risen. */
const RISEN = 1.2;
/** Share of steps whose loss turns against the last step's: of noise two thirds, of an oscillation all. */
const TURNING = 0.9;

/** Updates below it hardly change a weight. */
const SLOW = 1e-4;
/** A loss that has kept this share of itself has hardly fallen. */
const KEPT = 0.8;
/** A loss that has risen by less stands still: batches differ. */
const NOISE = 1.1;

/**
 * The loss rises, is thrown far above its start, swings to and fro, or is no longer finite. A rate above 2 / λ, with λ the largest
 * eigenvalue of the Hessian, makes gradient descent diverge (LeCun et al. 1998, section 4.6).
 */
export const rateTooHigh: Rule = (run) => {
  const trouble = tooHigh(run);
  if (trouble === null) return [];
  const { learningRate } = run.optimizer;
  return [
    finding(
      {
        name: "rateTooHigh",
        severity: trouble.severity,
        place: null,
        seen: `${trouble.seen}, with a learning rate of ${digits(learningRate)}.`,
        usual: "The loss falls from its start, fast at first, and its noise stays below its fall.",
        advice: [
          `Divide the learning rate by 10 (${digits(learningRate / 10)}); findLearningRate shows which rates the loss bears.`,
          "Start with a warm-up, and let the rate fall in the end: a schedule, or ReduceLROnPlateau.",
          "Clip the gradients: globalClipNorm: 1 in the optimizer's options.",
        ],
      },
      "rate-too-high",
    ),
  ];
};

/** Weights hardly move, and the loss hardly falls. */
export const rateTooLow: Rule = (run) => {
  const curve = lossCurve(run.losses);
  const update = median(updatesOf(run).map(({ ratio }) => ratio));
  if (curve === null || !(update > 0 && update < SLOW) || curve.last < KEPT * curve.first || curve.last > NOISE * curve.first) return [];
  const { learningRate } = run.optimizer;
  return [
    finding(
      {
        name: "rateTooLow",
        severity: update < SLOW / 10 ? 0.7 : 0.5,
        place: null,
        seen: `A step changes weights by ${digits(update)} of their size, and in ${curve.steps} steps the loss fell only from ${digits(curve.first)} to ${digits(curve.last)}, with a learning rate of ${digits(learningRate)}.`,
        usual: "About 1e-3 of their size in each step.",
        advice: [
          `Multiply the learning rate by 10 (${digits(learningRate * 10)}); findLearningRate suggests one.`,
          "Use an optimizer with a rate for each weight, such as Adam or AdamW.",
        ],
      },
      "rate-too-low",
    ),
  ];
};

function tooHigh(run: DiagnosisInput): { seen: string; severity: number } | null {
  const { diverged, incidents, losses, epochs } = run;
  if (diverged !== null) return { seen: `Training ended because ${diverged}`, severity: 1 };
  if (incidents > 0) return { seen: `In ${incidents} steps the loss or a gradient was not finite`, severity: 0.9 };
  const curve = lossCurve(losses);
  if (curve === null || !(curve.first > 0)) return null;
  const { start, first, last, highest } = curve;
  // Of a model that was trained before, a loss near 0 says little.
  const least = chanceOf(run)?.loss ?? 0;
  if (last > RISEN * Math.max(first, least)) return { seen: `The loss rose from ${digits(first)} to ${digits(last)}`, severity: 0.9 };
  const thrown = run.outputs.every(({ classes }) => classes !== null) ? THROWN.classes : THROWN.values;
  if (highest > thrown * Math.max(start, least))
    return { seen: `The loss was thrown from ${digits(start)} up to ${digits(highest)}`, severity: 0.8 };
  const swing = swingOf(
    epochs.map(({ loss }) => loss),
    curve,
  );
  return swing === null ? null : { seen: `The loss swings from epoch to epoch by ${percent(swing)} of itself`, severity: 0.6 };
}

/** How far the loss of the epochs swings to and fro, relative to it; null: it does not. */
function swingOf(losses: readonly number[], { first }: LossCurve): number | null {
  const late = losses.slice(-20);
  if (late.length < 10) return null;
  const changes = late.slice(1).map((loss, i) => loss - late[i]);
  const turns = changes.slice(1).filter((change, i) => change * changes[i] < 0).length;
  const size = median(changes.map(Math.abs)) / median(late);
  return turns >= TURNING * (changes.length - 1) && size > 0.2 && median(late) > 0.05 * first ? size : null;
}
