import { transformed } from "../data/transformed.js";
import type { Labelled } from "../io/dataset.js";
import { concat } from "../ops/joining.js";
import type { TrainingData } from "../train/data.js";
import type { ImageSet } from "./datasets.js";
import type { Network } from "./networks.js";

/** Images as a network takes them: rows of pixels between 0 and 1, or images in the range that it likes. */
export function prepared({ x, y }: Labelled, { scale }: ImageSet, { rows }: Network): Labelled {
  const parts = transformed({ x }, rows ? [] : scale, { batchSize: 1000, shuffle: false });
  const images = concat(
    Array.from(parts, (batch) => batch.x),
    0,
  );
  return { x: rows ? images.reshape([images.shape[0], -1]) : images, y };
}

/** Images that are changed on their way, in batches. */
export function augmented(train: Labelled, { scale, augment }: ImageSet, batchSize: number): TrainingData {
  return transformed(train, [scale, ...augment], { batchSize });
}
