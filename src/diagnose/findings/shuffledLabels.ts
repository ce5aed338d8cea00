import type { Finding } from "../../train/finding.js";
import { chanceOf } from "../chance.js";
import type { DiagnosisInput } from "../input.js";
import { lossCurve } from "../lossCurve.js";
import { digits, finding } from "./words.js";

/** Steps and epochs after which some learning shows. */
const STEPS = 60;
const EPOCHS = 2;
/** A loss that stays above this share of chance has not begun to fall; the variance of values is learned by heart sooner. */
const FALLEN = { classes: 0.99, values: 0.95 };
const NOISE = 1.05;

/** Findings that explain by themselves why nothing is learned, and the severity from which any does. */
const EXPLANATIONS = ["rateTooLow", "rateTooHigh", "inputScale", "startLoss", "softmaxTwice"];
const SEVERE = 0.8;

/**
 * The loss stays where a model stands that ignores its inputs: at the entropy of the labels, or the variance of the targets. If nothing else
 * explains it, inputs and labels do not belong together. Networks can learn shuffled labels by heart (Zhang et al. 2017, arXiv 1611.03530): then
 * the validation is never better than chance.
 * @param found by the other rules
 */
export function shuffledLabels(run: DiagnosisInput, found: readonly Finding[]): Finding[] {
  const chance = chanceOf(run);
  const curve = lossCurve(run.losses);
  if (chance === null || curve === null || chance.loss < 1e-6 || curve.steps < STEPS || run.epochs.length < EPOCHS) return [];
  if (found.some(({ name, severity }) => severity > SEVERE || EXPLANATIONS.includes(name))) return [];
  const validation = run.epochs.map(({ valLoss }) => valLoss).filter((loss) => loss !== undefined);
  const fallen = (run.outputs[0].classes === null ? FALLEN.values : FALLEN.classes) * chance.loss;
  const stuck = curve.last > fallen && curve.last < NOISE * chance.loss && curve.lowest > 0.9 * chance.loss;
  const byHeart = validation.length >= EPOCHS && Math.min(...validation) > fallen && curve.last < fallen;
  if (!stuck && !byHeart) return [];
  const seen = byHeart
    ? `The loss falls to ${digits(curve.last)} in training, but in validation it is never better than ${digits(Math.min(...validation))}, which is chance.`
    : `The loss stays at ${digits(curve.last)}: nothing is learned from the inputs in ${curve.steps} steps.`;
  return [
    finding(
      {
        name: "shuffledLabels",
        severity: 0.7,
        place: null,
        seen,
        usual: `It falls below ${digits(chance.loss)}, ${chance.text}, which a model reaches that ignores its inputs.`,
        advice: [
          "See whether inputs and labels still belong together: print some pairs, just as they go into the model. Both must be shuffled and filtered alike.",
          "Train on one batch alone: a sound model learns it by heart (sanityCheck).",
          "If the pairs are right, the inputs may not tell the labels: look for better ones, or take a larger model.",
        ],
      },
      "shuffled-labels",
    ),
  ];
}
