import { known, laterHalf, median } from "../numbers.js";
import type { Rule } from "../rule.js";
import { finding, percent } from "./words.js";

/** Above this share learning is slow. */
const MOST = 0.7;

/**
 * Hidden sigmoids and tanhs near their asymptotes have derivatives near 0 (Glorot & Bengio 2010, section 3). Outputs of the model are meant to
 * come near: a classifier that is sure is right to be so.
 */
export const saturated: Rule = ({ records }) => {
  const late = laterHalf(records);
  const hidden = (late.at(-1)?.layers ?? []).filter(({ path }, i, all) => path !== "" && i < all.length - 1);
  return hidden.flatMap((layer) => {
    const shares = known(late.map(({ layers }) => layers.find(({ path }) => path === layer.path)?.saturated ?? null));
    const share = median(shares);
    if (!(share > MOST)) return [];
    return finding(
      {
        name: "saturated",
        severity: share * share,
        place: layer.path,
        seen: `${percent(share)} of the outputs of ${layer.path} (${layer.activation ?? layer.type}) lie at an asymptote, where the derivative is next to 0.`,
        usual: "A hidden layer has fewer than 30 % of its outputs there.",
        advice: [
          "Scale the inputs to mean 0 and deviation 1 (StandardScaler, normalize), and lower the learning rate.",
          'Start with weightInitializer: "glorotUniform", which keeps sums small enough.',
          "Put BatchNorm or LayerNorm in front of the activation, or use relu or swish in its place.",
        ],
      },
      "saturated-units",
    );
  });
};
