import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import { CELL } from "../generated/constants.js";
import type { AdamArgs, RmspropArgs, SgdArgs } from "../generated.js";

/** g ← ±factor·clip(g) + λp;  v ← μv + (1 − τ)g, at the first step v ← g;  p ← p − lr·v, with Nesterov p − lr·(g + μv) */
export function sgd(r: SgdArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  const cell = readCell(r.cell);
  for (let i = from; i < to; i++) {
    const at = r.p / size + i;
    const velocityAt = r.v / size + i;
    const g = (r.maximize ? -1 : 1) * cell.gradientFactor * clipped(v[r.g / size + i], cell.clipValue) + r.weightDecay * v[at];
    let direction = g;
    if (r.momentum !== 0) {
      v[velocityAt] = cell.first ? g : r.momentum * v[velocityAt] + (1 - r.dampening) * g;
      direction = r.nesterov ? g + r.momentum * v[velocityAt] : v[velocityAt];
    }
    v[at] -= cell.learningRate * direction;
  }
}

/**
 * g ← ±factor·clip(g) + λp;  m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;
 * p ← (1 − lr·λ′)p − lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
 */
export function adam(r: AdamArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  const cell = readCell(r.cell);
  for (let i = from; i < to; i++) {
    const at = r.p / size + i;
    const firstAt = r.m / size + i;
    const secondAt = r.v / size + i;
    const greatestAt = r.vMax / size + i;
    const g = (r.maximize ? -1 : 1) * cell.gradientFactor * clipped(v[r.g / size + i], cell.clipValue) + r.coupledDecay * v[at];
    v[firstAt] = r.beta1 * v[firstAt] + (1 - r.beta1) * g;
    v[secondAt] = r.beta2 * v[secondAt] + (1 - r.beta2) * g * g;
    if (r.vMax) v[greatestAt] = Math.max(v[greatestAt], v[secondAt]);
    const root = Math.sqrt(v[r.vMax ? greatestAt : secondAt]) / Math.sqrt(cell.biasCorrection2) + r.epsilon;
    v[at] = (1 - cell.learningRate * r.decoupledDecay) * v[at] - ((cell.learningRate / cell.biasCorrection1) * v[firstAt]) / root;
  }
}

/**
 * g ← ±factor·clip(g) + λp;  v ← ρv + (1 − ρ)g²;  d = g / (√v + ε), centered g / (√(v − m²) + ε) with m ← ρm + (1 − ρ)g;
 * p ← p − lr·d, with momentum u ← μu + d and p ← p − lr·u
 */
export function rmsprop(r: RmspropArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  const cell = readCell(r.cell);
  for (let i = from; i < to; i++) {
    const at = r.p / size + i;
    const squareAt = r.v / size + i;
    const meanAt = r.mean / size + i;
    const velocityAt = r.velocity / size + i;
    const g = (r.maximize ? -1 : 1) * cell.gradientFactor * clipped(v[r.g / size + i], cell.clipValue) + r.weightDecay * v[at];
    v[squareAt] = r.rho * v[squareAt] + (1 - r.rho) * g * g;
    let variance = v[squareAt];
    if (r.mean) {
      v[meanAt] = r.rho * v[meanAt] + (1 - r.rho) * g;
      // Rounding may leave less than nothing.
      variance = Math.max(0, variance - v[meanAt] * v[meanAt]);
    }
    let direction = g / (Math.sqrt(variance) + r.epsilon);
    if (r.momentum !== 0) {
      direction += r.momentum * v[velocityAt];
      v[velocityAt] = direction;
    }
    v[at] -= cell.learningRate * direction;
  }
}

function clipped(g: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, g));
}

function readCell(pointer: number) {
  const at = pointer / 8;
  return {
    learningRate: views.f64[at + CELL.learningRate],
    gradientFactor: views.f64[at + CELL.gradientFactor],
    biasCorrection1: views.f64[at + CELL.biasCorrection1],
    biasCorrection2: views.f64[at + CELL.biasCorrection2],
    first: views.f64[at + CELL.first] !== 0,
    clipValue: views.f64[at + CELL.clipValue],
  };
}
