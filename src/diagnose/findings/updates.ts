import type { DiagnosisInput } from "../input.js";
import { known, laterHalf, median } from "../numbers.js";
import type { Rule } from "../rule.js";
import { matricesOf } from "./matrices.js";
import { digits, finding, percent } from "./words.js";

/** A step that changes a weight by this share of itself overwrites it in a few steps. */
const LARGE = 0.2;
/** A weight that changes by less in each step is as good as frozen. */
const SMALL = 1e-6;

/** How much a step changes a weight, relative to it, in the later half of the records. */
interface Update {
  readonly path: string;
  readonly ratio: number;
}

/** The norm of a step's change over the norm of the weight, which Karpathy (CS231n; "makemore" part 4) looks for at about 1e-3. */
export const largeUpdates: Rule = (run) => {
  const worst = updatesOf(run).reduce<Update | null>((most, one) => (one.ratio > (most?.ratio ?? LARGE) ? one : most), null);
  if (worst === null) return [];
  return [
    finding(
      {
        name: "largeUpdates",
        severity: worst.ratio > 0.5 ? 0.8 : 0.6,
        place: worst.path,
        seen: `A step changes ${worst.path} by ${percent(worst.ratio)} of its size.`,
        usual: "About 0.1 %; from 0.01 % to 1 % is well.",
        advice: [
          "Divide the learning rate by 10; findLearningRate shows which rates the loss bears.",
          "Start with a warm-up: a schedule whose rate grows over the first steps.",
          "Clip the gradients: globalClipNorm: 1 in the optimizer's options.",
        ],
      },
      "large-updates",
    ),
  ];
};

/** A weight that stands still while others move: see `largeUpdates`. */
export const smallUpdates: Rule = (run) => {
  const updates = updatesOf(run);
  if (median(updates.map(({ ratio }) => ratio)) < 100 * SMALL) return [];
  return updates
    .filter(({ ratio }) => ratio > 0 && ratio < SMALL)
    .map(({ path, ratio }) =>
      finding(
        {
          name: "smallUpdates",
          severity: 0.5,
          place: path,
          seen: `A step changes ${path} by ${digits(ratio)} of its size: it stands still while other weights learn.`,
          usual: "About 1e-3; from 1e-4 to 1e-2 is well.",
          advice: [
            "Look whether its gradients vanish: its activation may be saturated, or many layers lie behind it.",
            "Give its group of parameters a higher learning rate, or use an optimizer with a rate for each weight, such as Adam.",
          ],
        },
        "small-updates",
      ),
    );
};

/** The median of each weight's ratios; of a rate that falls to 0 the last records say little, of one that warms up the first. */
export function updatesOf({ records }: DiagnosisInput): Update[] {
  const late = laterHalf(records);
  const matrices = late.length === 0 ? [] : matricesOf(late[late.length - 1]);
  return matrices.flatMap(({ path }) => {
    const ratios = known(late.map(({ parameters }) => parameters.find((one) => one.path === path)?.update ?? null));
    return ratios.length === 0 ? [] : { path, ratio: median(ratios) };
  });
}
