import type { Module } from "../nn/module.js";
import { Tensor } from "../tensor/tensor.js";

/** The axis along which the units of a layer lie; null where there is none. */
export function unitAxisOf(module: Module, { rank }: Tensor, before: number): number | null {
  if (rank < 2) return null;
  if (rank === 2) return 1;
  return weightAxis(module) ?? before;
}

/**
 * Where the units of a layer with a weight are: a weight over windows [out, in, k, …] gives channels, axis 1; a matrix gives the last axis,
 * −1. Null for a layer without: its input tells.
 */
export function weightAxis(module: Module): 1 | -1 | null {
  const { weight } = module as { weight?: unknown };
  if (!(weight instanceof Tensor) || weight.rank < 2) return null;
  return weight.rank > 2 ? 1 : -1;
}

/** Which units of a layer were anything but 0, over all results that were looked at. */
export class Alive {
  #alive: Uint8Array | null = null;

  /** @param axis of the units; negative: from the end */
  add({ shape }: Tensor, elements: ArrayLike<number>, axis: number): void {
    const at = axis < 0 ? shape.length + axis : axis;
    const units = shape[at];
    this.#alive ??= new Uint8Array(units);
    if (this.#alive.length !== units) return;
    const inner = shape.slice(at + 1).reduce((product, extent) => product * extent, 1);
    const outer = units * inner === 0 ? 0 : elements.length / (units * inner);
    for (let unit = 0; unit < units; unit++)
      if (this.#alive[unit] === 0 && fires(elements, unit, units, inner, outer)) this.#alive[unit] = 1;
  }

  /** The share of units that were always 0; null where none were looked at. */
  get dead(): number | null {
    if (this.#alive === null || this.#alive.length === 0) return null;
    return this.#alive.reduce((dead, alive) => dead + 1 - alive, 0) / this.#alive.length;
  }
}

/** Whether a unit is not 0 somewhere. Of a unit that lives that is found out soon. */
function fires(elements: ArrayLike<number>, unit: number, units: number, inner: number, outer: number): boolean {
  for (let i = 0; i < outer; i++) {
    const from = (i * units + unit) * inner;
    for (let at = from; at < from + inner; at++) if (elements[at] !== 0) return true;
  }
  return false;
}
