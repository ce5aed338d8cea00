import type { Rule } from "../rule.js";
import { digits, finding } from "./words.js";

/** Optimizers that keep decay apart from the gradient. */
const DECOUPLED = /^(AdamW|Lion|LAMB|Muon|Adafactor)$/;

/**
 * What a penalty adds to the gradient, an adaptive optimizer divides by the gradient's size: weights with large gradients decay least
 * (Loshchilov & Hutter 2019, arXiv 1711.05101).
 */
export const l2WithAdam: Rule = ({ optimizer, penalties }) => {
  const { type, adaptive, settings } = optimizer;
  const decay = settings.weightDecay;
  const coupled = typeof decay === "number" && decay > 0 && !DECOUPLED.test(type) && settings.decoupledWeightDecay !== true;
  if (!adaptive || (penalties.length === 0 && !coupled)) return [];
  const [penalty] = penalties;
  const what =
    penalty === undefined
      ? `weightDecay ${digits(decay as number)} of ${type}`
      : `a penalty${penalty === "" ? "" : ` (${penalty})`} beside ${type}`;
  return [
    finding(
      {
        name: "l2WithAdam",
        severity: 0.4,
        place: null,
        seen: `The loss has ${what}, which divides the penalty's gradient by the size of all gradients: weights that learn most decay least.`,
        usual: "Adaptive optimizers let weights decay apart from the gradient.",
        advice: [
          `Use optimizer: { name: "adamw", weightDecay: ${typeof decay === "number" && decay > 0 ? digits(decay) : "0.01"} } and no penalty.`,
          "Keep the penalty, and train with SGD and momentum.",
        ],
      },
      "l2-with-adam",
    ),
  ];
};
