import { ln } from "../../optim/schedules/exact.js";
import type { DiagnosisInput } from "../input.js";
import type { Rule } from "../rule.js";
import { digits, finding } from "./words.js";

/** So many times the expected loss, and so much above it, is no accident of the first weights. Of values first weights and batches differ more: one output of few inputs begins at 8 times the expected loss now and then. */
const FACTOR = { classes: 2, values: 10 };
const MORE = 1;

/** What the loss of a model is before training, where its outputs are near 0. */
export interface Expected {
  readonly loss: number;
  /** How many times as much is too much. */
  readonly factor: number;
  readonly text: string;
}

/**
 * A model that knows nothing yet gives all classes the same probability, which costs ln(classes); of values it gives 0, which costs their mean
 * square. A much higher loss at the start means that the last layer is sure of what it cannot know (Karpathy: A Recipe for Training Neural
 * Networks, "verify loss @ init").
 */
export const startLoss: Rule = (run) => {
  const expected = expectedStart(run);
  const seen = firstLoss(run);
  if (expected === null || seen === null || !isTooHigh(seen, expected)) return [];
  const times = seen / expected.loss;
  return [
    finding(
      {
        name: "startLoss",
        severity: times > 10 ? 0.7 : 0.5,
        place: null,
        seen: `The loss begins at ${digits(seen)}: the model is sure of what it cannot know yet.`,
        usual: `${digits(expected.loss)}, which is ${expected.text}.`,
        advice: [
          "Scale the inputs to mean 0 and deviation 1.",
          'Start with smaller weights: weightInitializer: "glorotUniform" in the last layer, or "auto" in all.',
          "Of a regression standardise the targets, or start the last bias at their mean.",
        ],
      },
      "loss-at-start",
    ),
  ];
};

/** Whether a loss at the start is more than first weights explain. */
export function isTooHigh(loss: number, expected: Expected): boolean {
  return loss > expected.factor * expected.loss && loss > expected.loss + MORE;
}

/** The loss of the first step; null where the training did not begin with it. */
export function firstLoss({ records, losses }: DiagnosisInput): number | null {
  if (records.length > 0 && records[0].step > 1) return null;
  return losses.find((loss) => !Number.isNaN(loss)) ?? null;
}

/** The loss that is to be expected before training; null where it is unknown. */
export function expectedStart({ outputs, data }: DiagnosisInput): Expected | null {
  if (outputs.length !== 1 || data === null) return null;
  const [{ loss, classes }] = outputs;
  const target = data.targets[0];
  if (loss === "crossEntropy" && classes !== null)
    return { loss: ln(classes), factor: FACTOR.classes, text: `ln(${classes}), the same probability for each class` };
  if (loss === "binaryCrossEntropy") return { loss: ln(2), factor: FACTOR.classes, text: "ln(2), a probability of ½" };
  if (target === undefined || (loss !== "mse" && loss !== "halfMse")) return null;
  const square = target.mean * target.mean + target.deviation * target.deviation;
  return loss === "mse"
    ? { loss: square, factor: FACTOR.values, text: "the mean square of the targets" }
    : { loss: square / 2, factor: FACTOR.values, text: "half the mean square of the targets" };
}
