import { views } from "../../../memory/memory.js";
import type { NumberArray } from "../../../memory/views.js";
import { STRIP_WIDTH } from "../../generated/constants.js";

/** What the twins of recurrent cells have in common. */

/** A row of n numbers in the memory of a kernel. */
export class Row {
  constructor(
    private readonly v: NumberArray,
    private readonly at: number,
    readonly n: number,
  ) {}

  get(i: number): number {
    return this.v[this.at + i];
  }

  set(i: number, value: number): void {
    this.v[this.at + i] = value;
  }

  copy(from: Row): void {
    for (let i = 0; i < this.n; i++) this.set(i, from.get(i));
  }

  clear(): void {
    for (let i = 0; i < this.n; i++) this.set(i, 0);
  }

  /** this += x · B, B packed with k rows, from column 0 */
  addProduct(x: Row, packed: number): void {
    const b = packed / this.v.BYTES_PER_ELEMENT;
    for (let j = 0; j < this.n; j++) {
      const strip = b + Math.floor(j / STRIP_WIDTH) * x.n * STRIP_WIDTH + (j % STRIP_WIDTH);
      let sum = 0;
      for (let p = 0; p < x.n; p++) sum += x.get(p) * this.v[strip + p * STRIP_WIDTH];
      this.set(j, this.get(j) + sum);
    }
  }

  /** The part of it from element `first`. */
  part(first: number, n: number): Row {
    return new Row(this.v, this.at + first, n);
  }
}

/** Row `row` of step or slot t of [steps, batch, n] at an address. */
export function rowOf(v: NumberArray, address: number, t: number, r: { batch: number }, row: number, n: number): Row {
  return new Row(v, address / v.BYTES_PER_ELEMENT + (t * r.batch + row) * n, n);
}

/** Whether step t of a sample counts. */
export function counts({ lengths }: { lengths: number }, row: number, t: number): boolean {
  return lengths === 0 || t < views.i32[lengths / 4 + row];
}

/** A step, with the slots of the state before and behind it. */
interface Place {
  readonly t: number;
  readonly before: number;
  readonly after: number;
  /** Whether the kernel multiplies the h before it. */
  readonly multiplies: boolean;
}

/** The steps in order. */
export function stepsOf({ steps, reverse, begins }: { steps: number; reverse: number; begins: number }): Place[] {
  return Array.from({ length: steps }, (_, i) => {
    const t = reverse ? steps - 1 - i : i;
    return { t, before: t + reverse, after: t + 1 - reverse, multiplies: i > 0 || begins === 1 };
  });
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** The bias of unit i, or 0. */
export function biasOf(v: NumberArray, bias: number, i: number): number {
  return bias === 0 ? 0 : v[bias / v.BYTES_PER_ELEMENT + i];
}
