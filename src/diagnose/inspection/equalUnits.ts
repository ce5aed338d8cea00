import type { Parameter } from "../../graph/parameter.js";

/** A layer whose units are all the same. */
export interface EqualUnits {
  /** The path of the weight. */
  readonly path: string;
  readonly units: number;
  /** The element that all weights are; null: they differ within a unit. */
  readonly constant: number | null;
}

/** The number of units that are compared at most, and of weights of each. */
const UNITS = 64;
const WEIGHTS = 1024;

/** The weights whose rows are all equal, to the bit. The last one is left out: what it reads differs from unit to unit, and it may start at 0. */
export function equalUnits(parameters: ReadonlyMap<string, Parameter>): EqualUnits[] {
  const weights = [...parameters].filter(([, { shape }]) => shape.length > 1);
  return weights.slice(0, -1).flatMap(([path, weight]) => {
    if (weight.shape[0] < 2 || !areRowsEqual(weight)) return [];
    const elements = weight.view();
    return { path, units: weight.shape[0], constant: elements.every((value) => value === elements[0]) ? Number(elements[0]) : null };
  });
}

function areRowsEqual(weight: Parameter): boolean {
  const elements = weight.view();
  const units = weight.shape[0];
  const width = weight.size / units;
  for (let unit = 1; unit < Math.min(units, UNITS); unit++) {
    for (let i = 0; i < Math.min(width, WEIGHTS); i++) if (elements[unit * width + i] !== elements[i]) return false;
  }
  return true;
}
