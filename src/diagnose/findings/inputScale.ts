import type { DataSpread } from "../input.js";
import type { Rule } from "../rule.js";
import { digits, finding } from "./words.js";

/** Values that lie so far from 0 make first sums, and so first gradients, that much larger. */
const FAR = 10;
/** Inputs are aside where their mean lies more than this many deviations from 0. */
const ASIDE = 10;
/** Features whose scales differ so much pull one rate in two directions, unless the others are merely small, as pixels at an edge. */
const UNLIKE = 100;
const LARGE = 3;
/** Smaller values vanish beside the biases. */
const TINY = 0.01;

/** Layers that bring their input to a scale of their own. */
const SCALING = /Norm|Rescaling|Embedding/;

/**
 * Inputs of mean 0 and deviation 1 make the loss round, so that one rate suits all weights (LeCun et al. 1998: Efficient BackProp, section
 * 4.3).
 */
export const inputScale: Rule = ({ data, records }) => {
  const first = records[0]?.layers.find(({ type }) => !/^(Flatten|Reshape|Identity|Dropout)$/.test(type) && !isContainer(type));
  if (data === null || (first !== undefined && SCALING.test(first.type))) return [];
  return data.inputs.flatMap((spread, i) => {
    const trouble = troubleOf(spread);
    if (trouble === null) return [];
    const name = data.inputs.length === 1 ? "The inputs" : `The values of input ${i + 1}`;
    return finding(
      {
        name: "inputScale",
        severity: trouble.factor > 10 ? 0.75 : 0.55,
        place: null,
        seen: `${name} ${trouble.text}.`,
        usual: "Mean 0 and deviation 1 for each feature; pixels from 0 to 1 will do.",
        advice: [
          "Standardise each feature with the mean and the deviation of the training data: StandardScaler, or normalize for pictures.",
          "Let the model do it: new Rescaling(1 / 255) or new BatchNorm() as its first layer.",
        ],
      },
      "input-scale",
    );
  });
};

/** What is unusual about a spread, and by what factor it passes its bound; null: nothing. */
function troubleOf({ mean, deviation, min, max, features }: DataSpread): { text: string; factor: number } | null {
  const size = Math.sqrt(mean * mean + deviation * deviation);
  const range = `from ${digits(min)} to ${digits(max)} with mean ${digits(mean)} and deviation ${digits(deviation)}`;
  const unlike = features !== null && features.least > 0 ? features.greatest / Math.max(LARGE / UNLIKE, features.least) / UNLIKE : 0;
  const scales =
    unlike > 1 && features !== null ? `features with deviations from ${digits(features.least)} to ${digits(features.greatest)}` : "";
  if (size > FAR) return { text: `lie ${range}${scales && `, and have ${scales}`}`, factor: Math.max(size / FAR, unlike) };
  if (unlike > 1) return { text: `have ${scales}`, factor: unlike };
  if (deviation > 0 && size < TINY) return { text: `are tiny: they lie ${range}`, factor: TINY / size };
  if (deviation > 0 && Math.abs(mean) > ASIDE * deviation && Math.abs(mean) > 1)
    return { text: `lie ${range}, far from 0`, factor: Math.abs(mean) / deviation / ASIDE };
  return null;
}

function isContainer(type: string): boolean {
  return type === "Sequential" || type === "Model";
}
