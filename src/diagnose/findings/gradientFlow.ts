import type { ParameterRecord, TrainingRecord } from "../../train/trainingRecord.js";
import type { DiagnosisInput } from "../input.js";
import { geometricMean, median } from "../numbers.js";
import type { Rule } from "../rule.js";
import { digits, finding } from "./words.js";

/** How much smaller or larger, relative to the weights, the gradients of the first third of the layers are than those of the last. */
interface Flow {
  readonly ratio: number;
  readonly first: string;
  readonly last: string;
}

/** From this factor on a depth of layers learns nothing, or overflows. */
const FACTOR = 1e3;

/**
 * Gradients that are multiplied by less than 1 in each layer vanish, by more than 1 explode (Hochreiter 1991; Glorot & Bengio 2010). Each
 * weight's gradient is divided by the weight's own size, so that layers of different widths compare.
 */
export const vanishingGradients: Rule = (run) => {
  const flow = flowOf(run);
  if (flow === null || flow.ratio > 1 / FACTOR) return [];
  const { ratio, first, last } = flow;
  return [
    finding(
      {
        name: "vanishingGradients",
        severity: ratio < 1e-5 ? 0.95 : 0.8,
        place: first,
        seen: `Gradients vanish on their way back: relative to the weights, those of ${first} are ${digits(1 / ratio)} times smaller than those of ${last}.`,
        usual: "They differ by a factor of less than 100 from the first layer to the last.",
        advice: [
          'Replace sigmoid or tanh by "relu" (shallow) or "swish" (deep), with weightInitializer: "auto".',
          "Put BatchNorm or LayerNorm between the layers.",
          "Add skip connections (Residual), or use fewer layers.",
        ],
      },
      "vanishing-gradients",
    ),
  ];
};

/** The same the other way round: see `vanishingGradients`. */
export const explodingGradients: Rule = (run) => {
  const flow = flowOf(run);
  if (flow === null || flow.ratio < FACTOR) return [];
  const { ratio, first, last } = flow;
  return [
    finding(
      {
        name: "explodingGradients",
        severity: ratio > 1e5 ? 0.95 : 0.8,
        place: first,
        seen: `Gradients explode on their way back: relative to the weights, those of ${first} are ${digits(ratio)} times larger than those of ${last}.`,
        usual: "They differ by a factor of less than 100 from the first layer to the last.",
        advice: [
          'Start with smaller weights: weightInitializer: "heNormal" for relu, "glorotUniform" for tanh.',
          "Clip the gradients: globalClipNorm: 1 in the optimizer's options.",
          "Put BatchNorm or LayerNorm between the layers.",
        ],
      },
      "exploding-gradients",
    ),
  ];
};

function flowOf({ records }: DiagnosisInput): Flow | null {
  const flows = records.map(flowIn).filter((flow): flow is Flow => flow !== null);
  return flows.length === 0 ? null : { ...flows[0], ratio: median(flows.map(({ ratio }) => ratio)) };
}

/** The flow of one record; null where there are fewer than four layers with gradients. */
function flowIn(record: TrainingRecord): Flow | null {
  const weights = matricesOf(record).filter(({ gradient, weight }) => gradient !== null && gradient > 0 && weight > 0);
  if (weights.length < 4) return null;
  const third = Math.ceil(weights.length / 3);
  const relative = ({ gradient, weight }: ParameterRecord): number => (gradient as number) / weight;
  const ratio = geometricMean(weights.slice(0, third).map(relative)) / geometricMean(weights.slice(-third).map(relative));
  return { ratio, first: weights[0].path, last: (weights.at(-1) as ParameterRecord).path };
}

/** Weights of two axes and more, in the order of the forward. Of embeddings only the rows that a batch reads have a gradient: they are left out. */
export function matricesOf({ layers, parameters }: TrainingRecord): ParameterRecord[] {
  const embeddings = new Set(layers.filter(({ type }) => type.includes("Embedding")).map(({ path }) => path));
  const holder = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf(".")));
  return parameters.filter(({ path, shape }) => shape.length > 1 && !embeddings.has(holder(path)));
}
