import type { Rule } from "../rule.js";
import { finding } from "./words.js";

/** A product of matrices is a matrix: two linear layers with nothing between compute what one could. */
export const linearLayers: Rule = ({ inspection }) =>
  (inspection?.linearChains ?? []).map(({ first, second, width }) =>
    finding(
      {
        name: "linearLayers",
        severity: 0.55,
        place: second,
        seen: `Layer ${first} gives its ${width} values to layer ${second} with no activation between: the two do no more than one layer could.`,
        usual: "An activation stands between two linear layers, unless the first is meant to be narrow.",
        advice: [
          `Give layer ${first} an activation: activation: "relu", or a layer new ReLU() behind it.`,
          "Leave one of the two layers out.",
        ],
      },
      "linear-layers-in-a-row",
    ),
  );
