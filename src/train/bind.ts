import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Module } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";

/** Optimizers that were given all parameters of their model here. */
const boundHere = new WeakSet<Optimizer>();

/** Gives the optimizer the model's parameters, or sees to it that those it has are the model's. @throws ArgumentError */
export function bindOptimizer(optimizer: Optimizer, model: Module): void {
  const parameters = model.parameters();
  if (!optimizer.bound) {
    optimizer.bind(parameters);
    boundHere.add(optimizer);
    return;
  }
  const own = new Set(parameters);
  const known = optimizer.groups.flatMap(({ params }) => params);
  if (!known.every((parameter) => own.has(parameter)) || (boundHere.has(optimizer) && known.length < own.size)) {
    throw new ArgumentError(message("fit", "the optimizer is bound to other parameters than the model's", "Compile the model anew."));
  }
}
