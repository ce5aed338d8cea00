import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Architecture } from "../nn/architecture.js";
import { extentsText } from "../nn/options.js";
import type { Reparameterized } from "../nn/reparameterization.js";
import { declare } from "../options/declare.js";
import { text } from "../options/kinds.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import { isDType } from "../tensor/dtype.js";
import { MAX_RANK, type Shape } from "../tensor/shape.js";
import { FORMAT_VERSION } from "./fileMetadata.js";

/** Reads what a file says of a model. Nothing in it is trusted: a file may be damaged, or made to do harm. */

/** The versions that are read. What version 1 called by other names stands in the layers' declarations, as `formerly`. */
const VERSIONS: readonly number[] = [1, FORMAT_VERSION];

/** Models in models: deeper ones are nobody's. */
const MOST_LEVELS = 100;

const shape = option<Shape, object>("an array of whole numbers", isShape, { show: extentsText });
const list = (of: string) => option<unknown[], object>(`an array of ${of}`, Array.isArray, {});
const whole = option<number, object>("a whole number", (value) => Number.isSafeInteger(value) && (value as number) >= 0, {});

/** What may stand in a description; see `Architecture`. */
const LAYER = declare("architecture", {
  type: text({ required: true }),
  config: option<unknown, object>("anything", () => true, {}),
  builtFor: shape,
  below: option<Record<string, unknown>, object>("an object of shapes by path", isPlain, {}),
  reparameterized: option<Reparameterized, object>("{ by: a name, options: an object }", isRule, {}),
  layers: list("layers"),
  same: whole,
  inputs: list("shapes"),
  dtypes: list("element types"),
  steps: list("steps"),
  outputs: list("positions"),
  outputNames: list("names"),
});

const STEP = declare("architecture", { layer: whole, operands: list("positions"), results: whole });

/**
 * The architecture in a file's metadata.
 * @param op the name in errors
 * @throws ArgumentError that names the damaged place
 */
export function architectureIn(op: string, metadata: string): Architecture {
  const header = parsed(op, metadata);
  if (!isPlain(header)) throw damaged(op, `it is ${kindText(header)}; expected an object`);
  const { version, architecture } = header;
  if (!VERSIONS.includes(version as number)) {
    const reads = `this simdgrad reads ${VERSIONS.join(" and ")}`;
    throw new ArgumentError(message(op, `the file has version ${kindText(version)}; ${reads}`, "Update simdgrad."));
  }
  checkLayer(`${op}: architecture`, architecture, 0);
  return architecture as Architecture;
}

function parsed(op: string, metadata: string): unknown {
  try {
    return JSON.parse(metadata);
  } catch {
    throw damaged(op, "it is no JSON");
  }
}

function damaged(op: string, what: string): ArgumentError {
  return new ArgumentError(message(op, `the architecture in the file is damaged: ${what}`));
}

/** @param op the name in errors, and the place in the file */
function checkLayer(op: string, described: unknown, level: number): void {
  if (level > MOST_LEVELS) throw new ArgumentError(message(op, `models lie in models, more than ${MOST_LEVELS} deep`));
  const { below = {}, layers = [], inputs, dtypes, steps = [], outputs = [], outputNames } = LAYER.readOptions(objectAt(op, described), op);
  for (const [path, given] of Object.entries(below)) checkIs(`${op}.below`, path, given, isShape, "an array of whole numbers");
  for (const [i, layer] of layers.entries()) {
    const place = `${op}.layers[${i}]`;
    checkLayer(place, layer, level + 1);
    const { same } = layer as Architecture;
    if (same !== undefined && !(same < i))
      throw new ArgumentError(message(place, `same is ${same}; expected the position of a layer before`));
  }
  if (inputs === undefined) return;
  for (const [i, given] of inputs.entries()) checkIs(op, `inputs[${i}]`, given, isShape, "an array of whole numbers");
  for (const i of inputs.keys()) if (dtypes !== undefined) checkIs(op, `dtypes[${i}]`, dtypes[i], isDType, "the name of an element type");
  let known = inputs.length;
  for (const [i, step] of steps.entries()) {
    const place = `${op}.steps[${i}]`;
    const { layer, operands, results = 1 } = STEP.readOptions(objectAt(place, step), place);
    checkPosition(place, "layer", layer, layers.length);
    checkPositions(place, "operands", operands, known);
    known += results;
  }
  checkPositions(op, "outputs", outputs, known);
  if (outputNames === undefined) return;
  for (const i of outputs.keys())
    checkIs(op, `outputNames[${i}]`, outputNames[i], isNewName(outputNames, i), "another name for each output");
}

function objectAt(op: string, value: unknown): object {
  if (isPlain(value)) return value;
  throw new ArgumentError(message(op, `it is ${kindText(value)}; expected an object`));
}

function checkPositions(op: string, name: string, positions: unknown[] | undefined, most: number): void {
  if (positions === undefined || positions.length === 0) throw new ArgumentError(message(op, `${name} names nothing; expected positions`));
  for (const [i, position] of positions.entries()) checkPosition(op, `${name}[${i}]`, position, most);
}

function checkPosition(op: string, name: string, position: unknown, most: number): void {
  const isPosition = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < most;
  checkIs(op, name, position, isPosition, `a whole number from 0 to below ${most}`);
}

function checkIs(op: string, name: string, value: unknown, holds: (value: unknown) => boolean, expected: string): void {
  if (!holds(value)) throw new ArgumentError(message(op, `${name} is ${extentsText(value)}; expected ${expected}`));
}

/** Tells whether a value is a name that none of the outputs before has. */
function isNewName(names: unknown[], i: number): (value: unknown) => boolean {
  return (value) => typeof value === "string" && names.indexOf(value) === i;
}

function isRule(value: unknown): boolean {
  return isPlain(value) && typeof value.by === "string" && isPlain(value.options);
}

function isShape(value: unknown): boolean {
  return Array.isArray(value) && value.length <= MAX_RANK && value.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
}
