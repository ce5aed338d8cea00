import type { Rule } from "../rule.js";
import { digits, finding } from "./words.js";

/** With fewer samples for each class one may well be missing by chance. */
const SAMPLES_A_CLASS = 10;

/** Labels that are all the same teach nothing but themselves. */
export const constantLabels: Rule = ({ data, losses }) =>
  (data?.targets ?? []).flatMap(({ labels, min, max }, i) => {
    const isConstant = labels === null ? min === max : labels.filter((count) => count > 0).length === 1;
    if (data === null || data.samples < 2 || !isConstant || losses.length === 0) return [];
    const where = data.targets.length === 1 ? "" : ` of output ${i + 1}`;
    const what = labels === null ? `target${where} is ${digits(min)}` : `label${where} is ${labels.findIndex((count) => count > 0)}`;
    return finding(
      {
        name: "constantLabels",
        severity: 0.9,
        place: null,
        seen: `Every ${what}, in all ${countOf(labels) ?? data.samples} samples that were seen.`,
        usual: "Several classes, or values that differ.",
        advice: [
          "Look at the column that is read as label, and at how it is encoded.",
          "Shuffle the samples: a data set that is sorted by class begins with one alone.",
        ],
      },
      "constant-labels",
    );
  });

/** A class that is never seen cannot be learned: the model has outputs for nothing. */
export const missingClass: Rule = ({ data, outputs }) =>
  (data?.targets ?? []).flatMap(({ labels, shape }, i) => {
    const classes = outputs[i]?.classes ?? null;
    // Of texts, with a label for each token, rare ones are missing by nature.
    if (data === null || labels === null || classes === null || shape.length !== 1) return [];
    const missing = Array.from({ length: classes }, (_, label) => label).filter((label) => (labels[label] ?? 0) === 0);
    if (missing.length === 0 || missing.length >= classes - 1 || (countOf(labels) ?? 0) < SAMPLES_A_CLASS * classes) return [];
    const shown = missing.slice(0, 5).join(", ") + (missing.length > 5 ? " …" : "");
    const named = missing.length === 1 ? `Class ${shown} has` : `${missing.length} of ${classes} classes have`;
    return finding(
      {
        name: "missingClass",
        severity: missing.length * 2 > classes ? 0.6 : 0.5,
        place: null,
        seen: `${named} no sample among the ${countOf(labels)} that were seen${missing.length === 1 ? "" : `: ${shown}`}.`,
        usual: "Each class that the model tells has samples, about as many as the others.",
        advice: [
          "Look at how labels are numbered: they go from 0, and the last layer has as many units as there are classes.",
          "Split the data by class (stratified), and shuffle them.",
        ],
      },
      "missing-class",
    );
  });

/** The number of labels that were counted; null of values. */
function countOf(labels: readonly number[] | null): number | null {
  return labels?.reduce((sum, count) => sum + count, 0) ?? null;
}
