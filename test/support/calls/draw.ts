import type { DType } from "../../../src/memory/views.js";
import { Block, random } from "../kernels.js";

/** How operands of kernels are drawn at random, and the usual shapes of them. */

/** Makes the operands of a call, all positive: which NaN comes out is not part of the promise. */
export class Draw {
  readonly blocks: Block[] = [];
  readonly next: () => number;

  constructor(seed: number) {
    this.next = random(seed);
  }

  size(most: number): number {
    return 1 + Math.floor(this.next() * most);
  }

  floats(n: number): number {
    const values = new Float32Array(n);
    for (let i = 0; i < n; i++) values[i] = 0.1 + 3 * this.next();
    return this.keep(values);
  }

  /** Numbers of which one may be NaN: of several, threads may each report one. */
  perhapsFinite(n: number): number {
    const values = Float32Array.from({ length: n }, () => this.next());
    if (this.next() < 0.5) values[Math.floor(this.next() * n)] = Number.NaN;
    return this.keep(values);
  }

  integers(n: number, bound: number): number {
    return this.keep(
      Array.from({ length: n }, () => Math.floor(this.next() * bound)),
      "int32",
    );
  }

  whole(n: number): number {
    return this.keep(Float32Array.from({ length: n }, () => Math.floor(1000 * this.next())));
  }

  counts(values: number[]): number {
    return this.keep(values, "int32");
  }

  uniforms(n: number): number {
    return this.keep(Float32Array.from({ length: n }, () => 0.999 * this.next()));
  }

  doubles(values: number[]): number {
    return this.keep(values, "float64");
  }

  private keep(values: ArrayLike<number>, dtype?: DType): number {
    const block = Block.of(values, dtype);
    this.blocks.push(block);
    return block.at;
  }
}

export type Maker = (draw: Draw) => { args: Record<string, number>; units: number };

export const MOST = 3000;

/** x, out and others of one length. */
export function elements(names: string[], extra: (draw: Draw) => Record<string, number> = () => ({})): Maker {
  return (draw) => {
    const units = draw.size(MOST);
    return { args: { ...Object.fromEntries(names.map((name) => [name, draw.floats(units)])), ...extra(draw) }, units };
  };
}

/** [outer, reduced, inner] → [outer, inner]. */
export function reduction(extra: (draw: Draw, units: number) => Record<string, number> = () => ({})): Maker {
  return (draw) => {
    const [outer, reduced] = [draw.size(40), draw.size(40)];
    const inner = draw.next() < 0.5 ? 1 : draw.size(40);
    const units = outer * inner;
    return { args: { x: draw.floats(outer * reduced * inner), out: draw.floats(units), reduced, inner, ...extra(draw, units) }, units };
  };
}

export function rows(
  names: string[],
  width: string,
  extra: (draw: Draw, n: number, units: number) => Record<string, number> = () => ({}),
): Maker {
  return (draw) => {
    const [units, n] = [draw.size(60), draw.size(60)];
    const operands = Object.fromEntries(names.map((name) => [name, draw.floats(units * n)]));
    return { args: { ...operands, [width]: n, ...extra(draw, n, units) }, units };
  };
}

export const stream = (draw: Draw) => ({ counter: draw.doubles([0]), key0: 5, key1: 7 });
export const chance = (draw: Draw) => ({ ...stream(draw), p: draw.doubles([0.4]) });

/** An operand that may be missing: 0. */
export const maybe = (draw: Draw, n: number): number => (draw.next() < 0.3 ? 0 : draw.floats(n));
