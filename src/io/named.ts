import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { isMap } from "../options/builtin.js";
import { isPlain } from "../options/plain.js";
import { checkTensor } from "../tensor/check.js";
import type { Tensor } from "../tensor/tensor.js";

/** Tensors by name: a `stateDict`, or an object. */
export type NamedTensors = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/** The names and tensors of a Map or an object. @throws ArgumentError for anything else, and for names that no file can hold */
export function namedTensors(op: string, tensors: NamedTensors): [string, Tensor][] {
  if (!isMap<string, Tensor>(tensors) && !isPlain(tensors))
    throw new ArgumentError(message(op, `the tensors are ${kindText(tensors)}; expected a Map or an object of tensors by name`));
  const named: [string, Tensor][] = [...(isMap<string, Tensor>(tensors) ? tensors : Object.entries(tensors))];
  for (const [name, value] of named) {
    checkText(op, "the name", name);
    checkTensor(op, kindText(name), value);
  }
  return named;
}

/** Refuses halves of surrogate pairs: UTF-8 cannot hold them, and other readers refuse them in JSON. */
export function checkText(op: string, what: string, text: unknown): asserts text is string {
  if (typeof text === "string" && !/\p{Surrogate}/u.test(text)) return;
  throw new ArgumentError(
    message(op, `${what} is ${kindText(text)}; expected a string${typeof text === "string" ? " of whole characters" : ""}`),
  );
}
