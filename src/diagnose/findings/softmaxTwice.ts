import { ln } from "../../optim/schedules/exact.js";
import type { Rule } from "../rule.js";
import { finding } from "./words.js";

/** Probabilities taken for logits are squashed a second time: no class can come near probability 1, and gradients are small. */
export const softmaxTwice: Rule = ({ inspection, outputs }) =>
  (inspection?.squashedTwice ?? []).flatMap((squashing, i) => {
    if (squashing === null) return [];
    const classes = outputs[i]?.classes ?? null;
    const least = classes === null || squashing === "sigmoid" ? "" : ` It cannot fall below ${leastLoss(classes)}.`;
    const where = (inspection?.squashedTwice.length ?? 0) === 1 ? "The model's outputs are" : `Output ${i + 1} is`;
    return finding(
      {
        name: "softmaxTwice",
        severity: 0.75,
        place: null,
        seen: `${where} probabilities, made by ${squashing}, and ${outputs[i]?.loss ?? "the loss"} takes logits: it applies ${squashing} a second time.${least}`,
        usual: "The model ends in logits, without softmax or sigmoid; of a single one at its end the loss finds the logits by itself.",
        advice: [
          `Leave ${squashing} out of the model, and apply it to what predict gives.`,
          'Tell the loss: loss: { name: "crossEntropy", fromLogits: false }.',
        ],
      },
      "softmax-twice",
    );
  });

/** The cross-entropy of a probability of 1, taken for a logit: ln(e + classes − 1) − 1. */
function leastLoss(classes: number): string {
  return (ln(Math.E + classes - 1) - 1).toFixed(2);
}
