import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { Parameter } from "../graph/parameter.js";
import type { Named } from "../options/lookUp.js";
import { Names } from "../options/names.js";
import { currentSeed, nextDraw, type Seed } from "../tensor/seed.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { LayerActivation } from "./activations.js";
import * as common from "./initializers/common.js";
import type * as initializers from "./initializers.js";
import type { Initializer } from "./initializers.js";

type InitializerFactory = (options?: never) => Initializer;

/** The initializers by name. */
export const INITIALIZERS: Names<InitializerFactory> = new Names("initializer", common);

/** The names of all initializers. */
export type InitializerName = keyof typeof initializers;

/** An initializer, its name, its name with options, or "auto": the one that suits the layer's activation. */
export type InitializerSpec = InitializerName | "auto" | Named<InitializerName> | Initializer;

export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** The fans of a weight [out, in, ...receptive field]; of a vector its length, as in Keras. */
export function fansOf(shape: Shape): Fans {
  if (shape.length < 2) return { fanIn: sizeOf(shape), fanOut: sizeOf(shape) };
  const field = sizeOf(shape.slice(2));
  return { fanIn: shape[1] * field, fanOut: shape[0] * field };
}

/**
 * A parameter whose elements are drawn at their first use. They depend on a seed, and on the parameter's place in the model at that time.
 * @param seed default the current seed; a lazy layer passes the seed at its construction
 */
export function drawn(shape: Shape, initializer: Initializer, seed: Seed = currentSeed()): Parameter {
  const fans = fansOf(shape);
  return Parameter.drawn(shape, (elements, path) =>
    initializer(elements as Float32Array, { ...fans, shape, stream: placeOf("init", path, seed), seed }),
  );
}

/**
 * The name of a random stream at a place of a model. A layer outside of any model has no place: its stream is numbered, so that two
 * such layers differ.
 */
export function placeOf(purpose: string, path: string, seed: Seed): string {
  const place = `${purpose}/${path}`;
  return path.includes(".") ? place : `${place}#${nextDraw(place, seed)}`;
}

/**
 * The initializer that is meant.
 * @param activation what "auto" looks at
 * @throws ArgumentError for an unknown name
 */
export function initializerOf(op: string, what: string, spec: InitializerSpec, activation?: LayerActivation): Initializer {
  if (typeof spec === "function") return isFactory(spec) ? spec() : spec;
  if (spec === "auto") return common[activation?.initializer ?? "glorotUniform"]();
  if (spec === null || (typeof spec !== "string" && typeof spec !== "object")) {
    throw new ArgumentError(message(op, `${what} is ${String(spec)}; expected a name, { name, … } or a function`));
  }
  const { found, options } = INITIALIZERS.lookUp(op, spec, what);
  return found(options as never);
}

/** Whether a factory was passed where its result belongs: `initializers.zeros` instead of `initializers.zeros()`. */
function isFactory(spec: unknown): spec is () => Initializer {
  return (Object.values(INITIALIZERS.table) as unknown[]).includes(spec);
}
