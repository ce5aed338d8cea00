import { transformed } from "../data/transformed.js";
import type { Labelled } from "../io/dataset.js";
import { concat } from "../ops/joining.js";
import type { TrainingData } from "../train/data.js";
import type { ImageSet } from "./datasets.js";
import type { Network } from "./networks.js";

/** Images as a network takes them: rows of pixels or images, in the range that it likes. */
export function prepared({ x, y }: Labelled, { scale }: ImageSet, { rows }: Network): Labelled {
  const images =
    scale === null
      ? x
      : concat(
          Array.from(transformed({ x }, scale, { batchSize: 1000, shuffle: false }), (batch) => batch.x),
          0,
        );
  return { x: rows ? images.reshape([images.shape[0], -1]) : images, y };
}

/** Images that are changed on their way, in batches. */
export function augmented(train: Labelled, { scale, augment }: ImageSet, batchSize: number): TrainingData {
  return transformed(train, scale === null ? augment : [scale, ...augment], { batchSize });
}
