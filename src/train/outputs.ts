import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { logitsOf } from "../nn/logits.js";
import type { Module } from "../nn/module.js";
import { rememberLogits, type Squashed } from "../ops/squashed.js";
import { Tensor } from "../tensor/tensor.js";
import { type Batch, inputsOf, joinRows } from "./data.js";

/** A model that knows what it takes. */
interface Feedable extends Module {
  /** @throws ArgumentError, ShapeError */
  checkInputs?(op: string, inputs: readonly Tensor[]): void;
}

/** What a model makes of a batch: one result or several. @throws ArgumentError for anything but tensors */
export function outputsOf(op: string, model: Module, batch: Batch): Tensor[] {
  const inputs = inputsOf(batch);
  (model as Feedable).checkInputs?.(op, inputs);
  const result: unknown = model.forward(...inputs);
  const outputs = Array.isArray(result) ? result : [result];
  for (const output of outputs) {
    if (!(output instanceof Tensor))
      throw new ArgumentError(message(op, `the model's forward gave ${kindText(output)}; expected a tensor, or a list of tensors`));
  }
  return outputs;
}

/** A result with what a softmax or a sigmoid made it of, in a form that a captured step can return; null for other results. */
export interface Output {
  readonly result: Tensor;
  readonly squashed: Squashed | null;
}

/** Results as a step returns them: a captured one returns copies, of which nobody would know what they were made of. */
export function withLogits(outputs: readonly Tensor[]): Output[] {
  return outputs.map((result) => {
    const squashed = logitsOf(result);
    return { result, squashed: squashed && { name: squashed.name, logits: squashed.logits, axis: squashed.axis } };
  });
}

/** Keeps outputs readable when other graphs are opened. */
export function retainOutputs(outputs: readonly Output[]): void {
  for (const { result, squashed } of outputs) for (const tensor of [result, squashed?.logits]) tensor?.retain();
}

/** What `withLogits` was given, which losses and metrics find the logits of. */
export function withoutLogits(outputs: readonly Output[]): Tensor[] {
  return outputs.map(({ result, squashed }) =>
    squashed === null ? result : rememberLogits(result, squashed.name, squashed.logits, squashed.axis),
  );
}

/** The outputs of several batches, one below the other. */
export function joinOutputs(batches: readonly (readonly Output[])[]): Output[] {
  if (batches.length === 1) return [...batches[0]];
  return batches[0].map(({ squashed }, i) => {
    const parts = batches.map((outputs) => outputs[i]);
    const result = joinRows(parts.map((part) => part.result));
    const logits = parts.flatMap((part) => part.squashed?.logits ?? []);
    return { result, squashed: squashed === null || logits.length < parts.length ? null : { ...squashed, logits: joinRows(logits) } };
  });
}
