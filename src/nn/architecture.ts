import type { DType } from "../memory/views.js";
import type { Shape } from "../tensor/shape.js";
import type { Reparameterized } from "./reparameterization.js";

/** A model without its numbers, as JSON. */
export interface Architecture {
  /** Class names are mangled by bundlers, so layers carry their type. */
  type: string;
  /** What the constructor is called with. */
  config?: unknown;
  /** The shape that it was built for. */
  builtFor?: Shape;
  /** How its weight is computed of other parameters. */
  reparameterized?: Reparameterized;
  /** The shapes that lazy layers inside a module of one's own were built for, by path. */
  below?: Record<string, Shape>;
  /** Sequential and functional models. */
  layers?: Architecture[];
  /** Sequential: the position of the same layer further up. */
  same?: number;
  /** Functional models: shapes and types of the inputs, layer, operands and number of results of each step, positions of the outputs. */
  inputs?: Shape[];
  dtypes?: DType[];
  steps?: { layer: number; operands: number[]; results?: number }[];
  outputs?: number[];
  /** Names of the outputs, where they were given some. */
  outputNames?: string[] | undefined;
}

/** What a class may say of itself. A class that inherits it is another class, and says its own. */
interface Named {
  readonly name: string;
  /** A user's class. */
  readonly type?: string;
  /** A layer of the library. */
  readonly declaration?: { readonly op: string };
}

/** The type of a module: what its own class declares, which bundlers leave alone, else the name of the class. */
export function typeOf(module: object): string {
  const { name, type, declaration } = module.constructor as Named;
  if (Object.hasOwn(module.constructor, "type")) return type as string;
  return isLibraryLayer(module) ? (declaration as { op: string }).op : name;
}

/** What a person calls a module: its type, or the operation that it is. */
export function nameOf(module: object): string {
  return (module as { summaryName?: string }).summaryName ?? typeOf(module);
}

/** Whether a module is a layer of the library and of no class that a user derived from one: what it does is known. */
export function isLibraryLayer(module: object): boolean {
  return Object.hasOwn(module.constructor, "declaration");
}
