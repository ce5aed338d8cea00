import type { TrainingRecord } from "../../train/trainingRecord.js";
import type { DiagnosisInput } from "../input.js";
import { geometricMean, median } from "../numbers.js";
import type { Rule } from "../rule.js";
import { matricesOf } from "./matrices.js";
import { digits, finding } from "./words.js";

/** How the gradients of the first third of the layers compare with those of the last. */
interface Flow {
  readonly ratio: number;
  readonly first: string;
  readonly last: string;
}

/** From these factors on the first layers learn nothing, or too much. */
const VANISHED = 1e-3;
const EXPLODED = 200;

/**
 * Gradients that are multiplied by less than 1 in each layer vanish (Hochreiter 1991; Glorot & Bengio 2010). Each weight's gradient is divided
 * by the weight's own size, so that layers of different widths compare.
 */
export const vanishingGradients: Rule = (run) => {
  const flow = flowOf(run, (record) =>
    matricesOf(record).map(({ path, gradient, weight }) => ({ path, size: weight > 0 ? (gradient ?? 0) / weight : 0 })),
  );
  if (flow === null || flow.ratio > VANISHED) return [];
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

/**
 * Gradients that are multiplied by more than 1 in each layer explode. What comes back to a layer's outputs tells: weights that are too large
 * make outputs as large, so that relative to each other their gradients look the same.
 */
export const explodingGradients: Rule = (run) => {
  const flow = flowOf(run, ({ layers }) =>
    layers.map(({ path, gradient, shape }) => ({ path, size: (gradient ?? 0) * Math.sqrt(shape.reduce((n, extent) => n * extent, 1)) })),
  );
  if (flow === null || flow.ratio < EXPLODED) return [];
  const { ratio, first, last } = flow;
  return [
    finding(
      {
        name: "explodingGradients",
        severity: ratio > 1e5 ? 0.95 : 0.8,
        place: first,
        seen: `Gradients explode on their way back: by norm, that of the outputs of ${first} is ${digits(ratio)} times that of ${last}.`,
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

interface Gradient {
  readonly path: string;
  readonly size: number;
}

function flowOf({ records }: DiagnosisInput, gradientsOf: (record: TrainingRecord) => readonly Gradient[]): Flow | null {
  const flows = records.map((record) => flowIn(gradientsOf(record))).filter((flow): flow is Flow => flow !== null);
  return flows.length === 0 ? null : { ...flows[0], ratio: median(flows.map(({ ratio }) => ratio)) };
}

/** The flow of one record; null where there are fewer than four layers with gradients. */
function flowIn(gradients: readonly Gradient[]): Flow | null {
  const reached = gradients.filter(({ size, path }) => size > 0 && path !== "");
  if (reached.length < 4) return null;
  const third = Math.ceil(reached.length / 3);
  const sizes = reached.map(({ size }) => size);
  const ratio = geometricMean(sizes.slice(0, third)) / geometricMean(sizes.slice(-third));
  return { ratio, first: reached[0].path, last: reached[reached.length - 1].path };
}
