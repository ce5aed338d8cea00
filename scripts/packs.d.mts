/** A function of a kernel, and what V8 packs in it. */
export interface Packing {
  name: string;
  /** Adjacent stores, with which packing begins. */
  pairs: number;
  /** Operations that V8 packs. */
  nodes: number;
  /** Instructions that packing saves, and that it costs. */
  saves: number;
  costs: number;
  /** What V8 says against the rest, and how often. */
  refusals: Map<string, number>;
  trace: string;
}

export function packings(build: "simd" | "relaxed", chosen?: readonly string[]): Map<string, Packing[]>;
