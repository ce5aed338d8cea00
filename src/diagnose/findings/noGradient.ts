import type { Rule } from "../rule.js";
import { holderOf } from "./matrices.js";
import { finding } from "./words.js";

/**
 * A parameter that is to be trained, and that no gradient reaches: its layer was detached, computed under noGrad or without its result being
 * used.
 */
export const noGradient: Rule = ({ records, inspection }) => {
  const frozen = inspection?.frozen ?? [];
  const last = records.at(-1);
  if (last === undefined || last.parameters.every(({ gradient }) => gradient === null)) return [];
  const never = last.parameters.filter(({ path }) =>
    records.every(({ parameters }) => (parameters.find((one) => one.path === path)?.gradient ?? null) === null),
  );
  const missed = never.filter(({ path }) => !frozen.includes(path)).map(({ path }) => path);
  const layers = [...new Set(missed.map((path) => holderOf(path)))];
  return layers.map((layer) => {
    const names = missed.filter((path) => holderOf(path) === layer);
    return finding(
      {
        name: "noGradient",
        severity: 0.85,
        place: layer,
        seen: `No gradient reaches ${names.join(", ")}: it stays as it began.`,
        usual: "Every parameter that is trained gets a gradient in every step.",
        advice: [
          "Look for detach(), noGrad or numbers taken out of a tensor (item, data) between the layer and the loss.",
          "See that the layer's result is used. If the layer is to stay as it is, say so: layer.freeze().",
        ],
      },
      "no-gradient",
    );
  });
};
