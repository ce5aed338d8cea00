import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Module } from "../nn/module.js";
import { Tensor } from "../tensor/tensor.js";
import { type Batch, inputsOf } from "./data.js";

/** What a model makes of a batch: one result or several. @throws ArgumentError for anything but tensors */
export function outputsOf(op: string, model: Module, batch: Batch): Tensor[] {
  const result: unknown = model.forward(...inputsOf(batch));
  const outputs = Array.isArray(result) ? result : [result];
  for (const output of outputs) {
    if (!(output instanceof Tensor))
      throw new ArgumentError(message(op, `the model's forward gave ${kindText(output)}; expected a tensor, or a list of tensors`));
  }
  return outputs;
}
