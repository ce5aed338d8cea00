import type { Rule } from "../rule.js";
import { digits, finding } from "./words.js";

/**
 * Units that start equal get equal gradients, and stay equal: a layer of many does the work of one (Goodfellow et al. 2016: Deep Learning,
 * section 8.4).
 */
export const equalUnits: Rule = ({ inspection, records }) => {
  const last = records.at(-1);
  return (inspection?.equalUnits ?? []).flatMap(({ path, units, constant }) => {
    const gradient = last?.parameters.find((one) => one.path === path)?.gradient ?? 0;
    // A layer of zeros whose units get gradients of their own, such as the last of a residual branch, has not begun yet.
    if (constant === 0 && gradient > 0 && (last === undefined || last.step === 0)) return [];
    const what = constant === null ? "have the same weights" : `have all weights ${digits(constant)}`;
    return finding(
      {
        name: "equalUnits",
        severity: 0.95,
        place: path,
        seen: `All ${units} units of ${path} ${what}: they compute the same, get the same gradients, and stay the same.`,
        usual: "Weights start at random, so that each unit learns something else. Biases may start at 0.",
        advice: [
          'Start the weights at random: weightInitializer: "auto", or leave it out.',
          "If they were loaded or set by hand, see what from.",
        ],
      },
      "equal-units",
    );
  });
};
