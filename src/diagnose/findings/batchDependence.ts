import type { Rule } from "../rule.js";
import { finding, percent } from "./words.js";

/** Beyond what sums in another order come to. */
const NEAR = 1e-3;

/**
 * A sample's result in evaluation is its own. Where it depends on the batch, batch norm takes the batch's statistics in place of its running
 * ones, or a reshape mixes the samples.
 */
export const batchDependence: Rule = ({ inspection }) => {
  if (inspection === null) return [];
  const { batchDependence: difference, leftInTraining } = inspection;
  const left = leftInTraining.filter((module) => /Norm|Dropout/.test(module));
  const differs = difference !== null && difference > NEAR;
  if (!differs && left.length === 0) return [];
  const seen = differs
    ? `In evaluation the result of a sample changes by up to ${percent(difference)} of its size with the others in its batch.`
    : `The model is in evaluation, but ${left.slice(0, 3).join(", ")} in training.`;
  return [
    finding(
      {
        name: "batchDependence",
        severity: 0.8,
        place: left[0]?.split(" ")[0] ?? null,
        seen,
        usual: "A sample's result does not depend on its batch, to the last bits.",
        advice: [
          "Put the whole model in evaluation, with model.eval(), and leave training of a single layer alone: batch norm then uses its running statistics.",
          "Look for a reshape, a mean or a softmax along the axis of the samples.",
        ],
      },
      "batch-norm-in-training-mode",
    ),
  ];
};
