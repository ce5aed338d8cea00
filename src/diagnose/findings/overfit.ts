import type { Rule } from "../rule.js";
import { digits, finding } from "./words.js";

/** The validation's loss has risen by this share above its least. */
const RISEN = 0.2;
/** The training's loss is below this share of the validation's. */
const APART = 0.5;

/** Train and validation apart: the training's loss goes on falling, and the validation's has turned. */
export const overfit: Rule = ({ epochs }) => {
  const last = epochs.at(-1);
  const validation = epochs.map(({ valLoss }) => valLoss).filter((loss) => loss !== undefined);
  if (last === undefined || validation.length < 3 || last.valLoss === undefined) return [];
  const least = Math.min(...validation);
  const best = validation.indexOf(least);
  if (least <= 0 || last.valLoss < (1 + RISEN) * least || last.loss > APART * last.valLoss || best > validation.length - 3) return [];
  return [
    finding(
      {
        name: "overfit",
        severity: last.valLoss > 2 * least ? 0.7 : 0.5,
        place: null,
        seen: `The loss is ${digits(last.loss)} in training and ${digits(last.valLoss)} in validation, where it has risen since epoch ${best + 1} (${digits(least)}).`,
        usual: "Both fall together, and end near each other.",
        advice: [
          "Stop where the validation is best: callbacks: [new EarlyStopping({ patience: 5 })], which restores those weights.",
          'Let weights decay: optimizer: { name: "adamw", weightDecay: 0.01 }.',
          "Get more data, or vary them (augmentation); add Dropout; take a smaller model.",
        ],
      },
      "overfitting",
    ),
  ];
};
