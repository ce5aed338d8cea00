import { checkArity } from "../../options/arity.js";
import { declare } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import type { Seed } from "../../tensor/seed.js";
import type { Shape } from "../../tensor/shape.js";

/** What an initializer knows of the parameter beside its elements. */
export interface Site {
  /** Inputs that meet in one output. */
  readonly fanIn: number;
  /** Outputs that one input reaches. */
  readonly fanOut: number;
  /** The parameter's. */
  readonly shape: Shape;
  /** The stream that random elements come from: it belongs to the parameter's place in the model. */
  readonly stream: string;
  readonly seed: Seed;
}

/** Writes the initial elements of a parameter; they are zeros before. */
export type Initializer = (elements: Float32Array, site: Site) => void;

/** Options of the initializers that scale with the fans. */
export interface GainOptions {
  /** Factor of the standard deviation, > 0. Default 1. */
  gain?: number;
}

/** Makes an initializer that scales with the fans. */
export type ScaledInitializer = (options?: GainOptions) => Initializer;

/** An initializer whose only option is its gain. */
export function scaled(
  name: string,
  { gain: standard, aka }: { readonly gain: number; readonly aka?: readonly string[] },
  start: (gain: number) => Initializer,
): ScaledInitializer {
  const declaration = declare(name, { gain: number({ default: standard, above: 0, aka: ["scale"] }) });
  const make = function (options?: GainOptions): Initializer {
    checkArity(name, arguments.length, 1);
    return start(declaration.readOptions(options).gain);
  };
  return Object.assign(make, { aka });
}
