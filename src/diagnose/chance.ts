import { ln } from "../optim/schedules/exact.js";
import type { DiagnosisInput } from "./input.js";

/** What a model that ignores its inputs comes to at best: the loss of the best constant. */
export interface Chance {
  readonly loss: number;
  /** How it is computed, for a sentence: "ln(10)". */
  readonly text: string;
}

/** The loss of the best constant, as far as the targets that were seen tell; null where that is unknown, or of several outputs. */
export function chanceOf({ outputs, data }: DiagnosisInput): Chance | null {
  if (outputs.length !== 1 || data === null || data.targets.length !== 1) return null;
  const [{ loss }] = outputs;
  const [{ labels, deviation, mean }] = data.targets;
  if (loss === "crossEntropy" && labels !== null) return { loss: entropy(labels), text: "the entropy of the labels" };
  if (loss === "binaryCrossEntropy" && mean > 0 && mean < 1) return { loss: entropy([mean, 1 - mean]), text: "the entropy of the labels" };
  if (loss === "mse") return { loss: deviation * deviation, text: "the variance of the targets" };
  if (loss === "halfMse") return { loss: (deviation * deviation) / 2, text: "half the variance of the targets" };
  return null;
}

/** The entropy in nats of counts or shares. */
export function entropy(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => (count === 0 ? sum : sum - (count / total) * ln(count / total)), 0);
}
