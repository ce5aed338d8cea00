import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { Module } from "../../nn/module.js";

/** @throws ArgumentError unless it is a model */
export function checkModel(op: string, model: unknown): void {
  if (!(model instanceof Module)) throw new ArgumentError(message(op, `model is ${kindText(model)}; expected a model`));
}
