import { known, laterHalf, median } from "../numbers.js";
import type { Rule } from "../rule.js";
import { digits, finding } from "./words.js";

/** A batch that is this many times the noise scale does no more than a smaller one would. */
const WASTED = 20;

/**
 * The gradient of a batch much larger than the noise scale hardly differs from that of a smaller one: the steps are as good with less work
 * (McCandlish et al. 2018, arXiv 1812.06162). This is no fault.
 */
export const noiseScale: Rule = ({ records, batchSize }) => {
  const scale = median(known(laterHalf(records).map((record) => record.noiseScale)));
  if (batchSize === null || !(scale > 0) || batchSize < WASTED * scale || batchSize < 64) return [];
  const enough = Math.max(8, Math.ceil(scale / 8) * 8);
  return [
    finding(
      {
        name: "noiseScale",
        severity: 0.1,
        place: null,
        seen: `The batch has ${batchSize} samples, the noise scale of the gradient is ${digits(scale)}: a batch of ${enough} would give nearly the same steps.`,
        usual: "A batch size near the noise scale is a good bargain between steps and work.",
        advice: [`Set batchSize: ${enough}, with more steps in the same time.`],
      },
      "batch-size-and-noise",
    ),
  ];
};
