import type { Parameter } from "../../graph/parameter.js";
import { CELLS, type CellKind, type CellWeights } from "../../ops/recurrentCells.js";
import type { Seed } from "../../tensor/seed.js";
import type { Shape } from "../../tensor/shape.js";
import { drawn, initializerOf } from "../drawn.js";
import { uniform } from "../initializers.js";
import type { CellSettings, LayerSettings } from "./options.js";

/** The parameters of one direction of one layer by their fields without suffix, in PyTorch's order; null for what is left out. */
export type CellShapes = Readonly<Record<keyof CellWeights, Shape | null>>;

/** Extents of h in each direction. */
export function outputSize({ hiddenSize, projSize = 0 }: { readonly hiddenSize: number; readonly projSize?: number }): number {
  return projSize === 0 ? hiddenSize : projSize;
}

export function directionsOf({ bidirectional }: LayerSettings): number {
  return bidirectional ? 2 : 1;
}

/** The shapes of a cell's parameters. */
export function cellShapes(
  kind: CellKind,
  settings: { readonly hiddenSize: number; readonly bias: boolean; readonly projSize?: number },
  inputSize: number,
): CellShapes {
  const { hiddenSize, bias, projSize = 0 } = settings;
  const rows = CELLS[kind].gates * hiddenSize;
  return {
    weightIh: [rows, inputSize],
    weightHh: [rows, outputSize(settings)],
    biasIh: bias ? [rows] : null,
    biasHh: bias ? [rows] : null,
    weightHr: projSize === 0 ? null : [projSize, hiddenSize],
  };
}

/** What PyTorch appends to the names of a layer's parameters, such as "_l0_reverse", in our spelling. */
export function suffixOf(layer: number, direction: number): string {
  return `L${layer}${direction === 0 ? "" : "Reverse"}`;
}

/** The shapes of the parameters of a stack by field: weightIhL0, weightHhL0, … */
export function stackShapes(kind: CellKind, settings: LayerSettings, inputSize: number): Record<string, Shape | null> {
  const directions = directionsOf(settings);
  const shapes: Record<string, Shape | null> = {};
  for (let layer = 0; layer < settings.numLayers; layer++) {
    for (let direction = 0; direction < directions; direction++) {
      const own = cellShapes(kind, settings, layer === 0 ? inputSize : directions * outputSize(settings));
      for (const [name, shape] of Object.entries(own)) shapes[name + suffixOf(layer, direction)] = shape;
    }
  }
  return shapes;
}

/** Makes parameters of their shapes, which start at U(±1/√hiddenSize) unless the settings say otherwise. */
export function drawParameters(
  op: string,
  shapes: Readonly<Record<string, Shape | null>>,
  { hiddenSize, weightInitializer, biasInitializer }: CellSettings,
  seed: Seed,
): Record<string, Parameter | null> {
  const limit = 1 / Math.sqrt(hiddenSize);
  const usual = uniform({ low: -limit, high: limit });
  const weights = weightInitializer === null ? usual : initializerOf(op, "weightInitializer", weightInitializer);
  const biases = biasInitializer === null ? usual : initializerOf(op, "biasInitializer", biasInitializer);
  const made = Object.entries(shapes).map(([name, shape]) => {
    const start = name.startsWith("bias") ? biases : weights;
    return [name, shape && drawn(shape, start, seed)] as const;
  });
  return Object.fromEntries(made);
}
