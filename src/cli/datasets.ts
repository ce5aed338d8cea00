import type { Dataset } from "../io/dataset.js";
import { loadDigits } from "../io/digits.js";
import { loadFashionMnist, loadMnist } from "../io/mnist.js";

interface Known {
  /** Pixels of a row and of a column. */
  side: number;
  load(signal?: AbortSignal): Promise<Dataset>;
  /** What training does unless it is told otherwise. */
  defaults: { hidden: readonly number[]; epochs: number; batch: number };
}

/** The data sets by their names on the command line. */
export const DATASETS = {
  digits: { side: 8, load: () => loadDigits(), defaults: { hidden: [128], epochs: 30, batch: 32 } },
  mnist: { side: 28, load: (signal) => loadMnist({ signal }), defaults: { hidden: [512], epochs: 5, batch: 128 } },
  "fashion-mnist": { side: 28, load: (signal) => loadFashionMnist({ signal }), defaults: { hidden: [512], epochs: 5, batch: 128 } },
} satisfies Record<string, Known> as Record<DatasetName, Known>;

export type DatasetName = "digits" | "mnist" | "fashion-mnist";
