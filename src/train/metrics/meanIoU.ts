import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { CLASSES } from "./classes.js";
import { ConfusionMatrix } from "./confusionMatrix.js";

const MEAN_IOU = declare("meanIoU", CLASSES);

/** Options of `MeanIoU`. */
export interface MeanIoUOptions extends OptionsOf<typeof MEAN_IOU> {}

/**
 * The mean over classes of intersection over union, by which segmentations are measured: of the places that are of a class or are taken for
 * it, the share where both hold. Classes that neither stand in the labels nor are predicted do not count. Of a single column the ground is a
 * class, too. Classes are told as `Accuracy` tells them; `counts` has the confusion matrix.
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot or soft rows; or both [n, 1, …]
 * @param options.threshold of a single column, default 0.5, or 0 for logits
 * @param options.fromLogits as for `Accuracy`
 * @param options.ignoreIndex the label that counts for nothing; default: the loss's, where `compile` is given one that has it
 * @param options.multiLabel each of several columns is a yes-or-no class of its own, which no one matrix can count; default as for `Accuracy`
 * @throws ArgumentError for an unknown option, or several labels a sample; at update ShapeError, IndexError for a label outside the classes
 * @example
 * const metric = new MeanIoU();
 * metric.update(tensor([[3, 1], [0, 2], [5, 4]]), tensor([0, 1, 1]));
 * metric.result()   // 0.5
 */
export class MeanIoU extends ConfusionMatrix {
  static override readonly aka = ["iou", "jaccard"];
  override readonly name: string = "meanIoU";

  constructor(options?: MeanIoUOptions) {
    checkArity(MEAN_IOU.op, arguments.length, 1);
    super(MEAN_IOU.readOptions(options));
  }

  override result(): number {
    const { counts } = this;
    const shares = counts.map((row, i) => {
      const wanted = row.reduce((sum, count) => sum + count, 0);
      const found = counts.reduce((sum, { [i]: count }) => sum + count, 0);
      return row[i] / (wanted + found - row[i]);
    });
    // 0 / 0: the class is not there.
    const there = shares.filter((share) => !Number.isNaN(share));
    return there.reduce((sum, share) => sum + share, 0) / there.length;
  }
}
