import type { Parameter } from "../../graph/parameter.js";
import { typeOf } from "../../nn/architecture.js";
import type { Module } from "../../nn/module.js";
import { exp, ln } from "../../optim/schedules/exact.js";

/** A weight that is applied at every step of a sequence. */
export interface Recurrence {
  readonly path: string;
  /**
   * The spectral radius of the weight of a plain recurrence, by which a state grows in each step as long as the activation lets it; null where
   * gates decide.
   */
  readonly radius: number | null;
}

/** Steps of the power iteration over which the factor is averaged; as many come before, in which it settles. */
const STEPS = 30;

/** The recurrent weights of the modules of a model. */
export function recurrencesOf(modules: ReadonlyMap<string, Module>): Recurrence[] {
  const found: Recurrence[] = [];
  for (const [path, module] of modules) {
    for (const [name, parameter] of Object.entries(module)) {
      if (!name.startsWith("weightHh")) continue;
      const weight = parameter as Parameter;
      const stateName = name
        .replace(/^weightHh/, "weight_hh")
        .replace(/L(\d+)/, "_l$1")
        .replace(/Reverse$/, "_reverse");
      const radius = typeOf(module).startsWith("RNN") ? spectralRadius(weight.view() as Float32Array, weight.shape[0]) : null;
      found.push({ path: path === "" ? stateName : `${path}.${stateName}`, radius });
    }
  }
  return found;
}

/** The largest |eigenvalue| of a square matrix, by rows. Of a complex pair the growth swings; its mean over many steps does not. */
function spectralRadius(elements: Float32Array, n: number): number {
  let vector = Float64Array.from({ length: n }, (_, i) => 1 + ((i * 0.6180339887498949) % 1));
  let logs = 0;
  for (let step = 0; step < 2 * STEPS; step++) {
    const next = new Float64Array(n);
    let squares = 0;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += elements[i * n + j] * vector[j];
      next[i] = sum;
      squares += sum * sum;
    }
    const norm = Math.sqrt(squares);
    if (!(norm > 0 && Number.isFinite(norm))) return norm;
    if (step >= STEPS) logs += ln(norm);
    vector = next.map((value) => value / norm);
  }
  return exp(logs / STEPS);
}
