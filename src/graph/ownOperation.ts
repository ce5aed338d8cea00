import { checkArity } from "../options/arity.js";
import { declare } from "../options/declare.js";
import { callable, flag, text } from "../options/kinds.js";
import { type OptionSpec, option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import { isDType } from "../tensor/dtype.js";
import { defineOp as define, type OperationFunction } from "./define.js";
import type { OperandName, OperationSpec } from "./operation.js";

/**
 * Makes an operation out of its shape rule, its forward and one gradient formula per differentiable operand. The library's own
 * operations are made with it; one made outside is equal to them in every way.
 *
 * @throws ArgumentError for a specification of another form, and a `save` or `grad` that names no operand
 * @example
 * // y = x³, dx = 3x² · g
 * const cube = defineOp({
 *   name: "cube", inputs: ["x"], save: ["x"],
 *   shape: ({ x }) => x.shape,
 *   forward: ({ x, out }) => out.view().set(x.view().map((v) => v * v * v)),
 *   grad: { x: (g, { x }) => g.mul(x).mul(x).mul(3) },
 * });
 */
export function defineOp<const I extends readonly string[], const S extends OperandName<I[number]> | "out" = never, A = undefined>(
  spec: OperationSpec<I[number], S, A> & { readonly inputs: I },
): OperationFunction<I, NoInfer<A>> {
  checkArity("defineOp", arguments.length, 1);
  SPEC.readOptions(spec);
  return define(spec);
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const texts = <const S extends OptionSpec<readonly string[]>>(spec: S) =>
  option<readonly string[], S>("an array of names", (value) => Array.isArray(value) && value.every(isText), spec);
const rule = callable<(...args: never[]) => unknown>();

/** What a specification holds; the types of OperationSpec say it to the compiler. */
const SPEC = declare("defineOp", {
  name: text({ required: true }),
  inputs: texts({ required: true }),
  save: texts({}),
  shape: rule("a function of the operands", { required: true }),
  dtype: option("the name of an element type, or a function of the operands", (value) => typeof value === "function" || isDType(value), {}),
  workspace: rule("a function of the operands", {}),
  forward: rule("a function of the operands and out", {}),
  alias: flag({ default: false }),
  grad: option("an object of functions by operand", isFormulas, {}),
  backward: rule("a function of the backward pass", {}),
});

function isFormulas(value: unknown): boolean {
  return isPlain(value) && Object.values(value).every((formula) => formula === undefined || typeof formula === "function");
}
