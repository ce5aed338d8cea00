import pico from "picocolors";
import type { Dataset, Labelled } from "../io/dataset.js";
import type { Model } from "../model/model.js";
import { crossEntropy } from "../nn/losses.js";
import type { Tensor } from "../tensor/tensor.js";
import { ConfusionMatrix } from "../train/metrics.js";
import { confusionText, imagesAcross, imagesText } from "./draw.js";

/** A sample that the model assigned to a wrong class. */
export interface Misread {
  /** The row of the sample in the test data. */
  row: number;
  truth: number;
  read: number;
  /** The probability that the model gave to the wrong class, from 0 to 1. */
  probability: number;
}

/** The results of a model on test data. */
export interface Examination {
  testAccuracy: number;
  testLoss: number;
  /** Counts: confusion[true class][predicted class]. */
  confusion: number[][];
  /** The misread samples, those with the highest probability first. */
  misread: Misread[];
}

/** Tests a classifier. */
export async function examine(model: Model, test: Labelled): Promise<Examination> {
  const logits = await model.predict(test.x);
  const matrix = new ConfusionMatrix();
  matrix.update(logits, test.y);
  const truths = test.y.view();
  const reads = logits.argmax(-1).view();
  const best = logits.softmax().max(-1).view();
  const misread: Misread[] = [];
  for (let row = 0; row < truths.length; row++) {
    if (truths[row] !== reads[row]) misread.push({ row, truth: truths[row], read: reads[row], probability: best[row] });
  }
  misread.sort((a, b) => b.probability - a.probability || a.row - b.row);
  return { testAccuracy: matrix.result(), testLoss: crossEntropy(logits, test.y).item(), confusion: matrix.counts, misread };
}

/** The most misread images that are drawn. */
const SHOWN = 4;
/** The most classes of which a confusion matrix is shown. */
const MOST_CLASSES = 20;

/**
 * The results as text for people: figures, the confusion matrix, and some of the misread images drawn in characters.
 * @param data images [n, channels, side, side]
 */
export function examineText({ testAccuracy, testLoss, confusion, misread }: Examination, { test, classNames }: Dataset): string {
  const side = test.x.shape[3];
  const all = test.x.shape[0];
  const figures = `test accuracy ${pico.bold(pico.green(`${(100 * testAccuracy).toFixed(2)} %`))} (${all - misread.length} of ${all}), loss ${testLoss.toFixed(4)}`;
  const shown = misread
    .slice(0, Math.min(SHOWN, imagesAcross(side, process.stdout.columns || 80)))
    .map(({ row, truth, read, probability }) => ({
      pixels: inkOf(test.x, row),
      caption: [`${classNames[truth]} read as ${classNames[read]}`, `(${Math.floor(100 * probability)} % sure)`],
    }));
  const parts = [figures];
  if (classNames.length <= MOST_CLASSES) {
    parts.push(`${pico.bold("Confusion")} ${pico.dim("row: what it is, column: what was read")}`, confusionText(confusion, classNames));
  }
  if (shown.length > 0)
    parts.push(pico.bold(misread.length > shown.length ? `The surest of ${misread.length} misread` : "Misread"), imagesText(shown, side));
  return `${parts.join("\n\n")}\n`;
}

/** An image as numbers from 0 to 1: the mean of its channels. */
function inkOf(x: Tensor, row: number): Float32Array {
  const [, channels, height, width] = x.shape;
  const size = height * width;
  const [values, white] = [x.view(), x.dtype === "uint8" ? 255 : 1];
  return Float32Array.from({ length: size }, (_, i) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += values[(row * channels + channel) * size + i];
    return sum / (channels * white);
  });
}
