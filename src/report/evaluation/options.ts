import type { Declaration, SettingsOf } from "../../options/declare.js";
import { count, number } from "../../options/kinds.js";
import { option } from "../../options/option.js";

const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === "string");
const isShape = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length === 3 &&
  [1, 3].includes(value[0]) &&
  value.every((extent) => Number.isSafeInteger(extent) && extent >= 1);

/** How a model is evaluated for a report. */
export const EVALUATION = {
  /** The names of the classes, in the order of their labels. Default: the labels. */
  classNames: option<readonly string[], object>("an array of strings", areTexts, { aka: ["labels", "classes"] }),
  /** The names of the features of inputs that are no images. Default none. */
  featureNames: option<readonly string[], object>("an array of strings", areTexts, {}),
  /** The shape [channels, height, width] of inputs that are images in another shape, such as rows of 784 pixels. Channels are 1 or 3. Default: inputs of 4 axes are images. */
  imageShape: option<readonly number[], object>("[channels, height, width]", isShape, {}),
  /** The number of samples that are looked at, the first ones. Default 10000. */
  samples: count({ default: 10_000 }),
  /** How many of the samples that the model is most wrong about are shown, 0 for none. Default 24. */
  worst: number({ default: 24, min: 0, whole: true }),
  /** The number of samples that are computed at once. Default 256. */
  batchSize: count({ default: 256 }),
};

export type EvaluationSettings = SettingsOf<Declaration<typeof EVALUATION>>;
