import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { Parameter } from "../graph/parameter.js";

/** The parameters that a method of second order trains. @throws ArgumentError */
export function readTrained(op: string, params: Parameter | Iterable<Parameter>): Parameter[] {
  const list: unknown[] = params instanceof Parameter ? [params] : isIterable(params) ? [...params] : [params];
  const wrong = list.findIndex((one) => !(one instanceof Parameter));
  if (wrong >= 0 || list.length === 0) {
    const found = list.length === 0 ? "the list of parameters is empty" : `found ${kindText(list[wrong])}; expected parameters`;
    throw new ArgumentError(message(op, found, "Pass model.parameters()."));
  }
  const trained = [...new Set(list as Parameter[])].filter(({ requiresGrad }) => requiresGrad);
  if (trained.length > 0) return trained;
  throw new ArgumentError(message(op, "all parameters are frozen; expected one that requires a gradient at least"));
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return value !== null && typeof value === "object" && Symbol.iterator in value;
}
