import type { Dataset } from "../io/dataset.js";
import { loadDigits } from "../io/digits.js";
import { loadFashionMnist, loadMnist } from "../io/mnist.js";

export interface Defaults {
  hidden: readonly number[];
  dropout: number;
  epochs: number;
  batch: number;
}

interface Known {
  /** Width and height of an image in pixels. */
  side: number;
  load(signal?: AbortSignal): Promise<Dataset>;
  /** The settings of a training for options that are not given. */
  defaults: Defaults;
}

/** The data sets by their names on the command line. */
export const DATASETS = {
  digits: { side: 8, load: () => loadDigits(), defaults: { hidden: [256, 128], dropout: 0.3, epochs: 40, batch: 32 } },
  mnist: { side: 28, load: (signal) => loadMnist({ signal }), defaults: { hidden: [512], dropout: 0.2, epochs: 5, batch: 128 } },
  "fashion-mnist": {
    side: 28,
    load: (signal) => loadFashionMnist({ signal }),
    defaults: { hidden: [512], dropout: 0.2, epochs: 5, batch: 128 },
  },
} satisfies Record<string, Known> as Record<DatasetName, Known>;

export type DatasetName = "digits" | "mnist" | "fashion-mnist";
