import { known, laterHalf } from "../numbers.js";
import type { Rule } from "../rule.js";
import { finding, percent } from "./words.js";

/** Above this share of dead units a layer has lost so many that it is worth a word. */
const MANY = 0.5;
/** With fewer samples a unit that fires for one in twenty looks dead. */
const SAMPLES = 16;

/**
 * Units that are 0 for every sample of a batch get no gradient, and stay so (Lu et al. 2019, arXiv 1903.06733). He et al. 2015
 * (arXiv 1502.01852) begin with half of the outputs at 0, and few units at 0 throughout.
 */
export const deadReLU: Rule = ({ records }) => {
  const late = laterHalf(records);
  return (late.at(-1)?.layers ?? []).flatMap((layer) => {
    const shares = known(late.map(({ layers }) => layers.find(({ path }) => path === layer.path)?.dead ?? null));
    const share = Math.min(...shares);
    if (shares.length === 0 || share < MANY || (layer.shape[0] < SAMPLES && share < 1)) return [];
    return finding(
      {
        name: "deadReLU",
        severity: 0.4 + share / 2,
        place: layer.path,
        seen: `${percent(share)} of the units of ${layer.path} (${layer.type}) are 0 for every sample: they are dead, and get no gradient.`,
        usual: "Each unit fires for some samples; fewer than 10 % are dead.",
        advice: [
          "Lower the learning rate: one step that was too long pushes biases so far below 0 that no sample brings them back.",
          'Start with weightInitializer: "heNormal" and biases of 0, and give inputs of mean 0 and deviation 1.',
          'Use an activation with a gradient below 0: "leakyRelu", "elu", "gelu" or "swish".',
        ],
      },
      "dead-relus",
    );
  });
};
