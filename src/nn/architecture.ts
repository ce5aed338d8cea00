import type { Shape } from "../tensor/shape.js";

/** A model without its numbers, as JSON. */
export interface Architecture {
  /** Class names are mangled by bundlers, so layers carry their type. */
  type: string;
  /** What the constructor is called with. */
  config?: unknown;
  /** The shape that it was built for. */
  builtFor?: Shape;
  /** The shapes that lazy layers inside a module of one's own were built for, by path. */
  below?: Record<string, Shape>;
  /** Sequential and functional models. */
  layers?: Architecture[];
  /** Sequential: the position of the same layer further up. */
  same?: number;
  /** Functional models: shapes of the inputs, layer and operands of each step, positions of the outputs. */
  inputs?: Shape[];
  steps?: { layer: number; operands: number[] }[];
  outputs?: number[];
}

/** The type of a module: its class's own `static type`, which bundlers leave alone, else the name of its class. */
export function typeOf(module: object): string {
  const { type, name } = module.constructor as { type?: string; name: string };
  return Object.hasOwn(module.constructor, "type") ? (type as string) : name;
}
