import type { Module } from "./module.js";

/** Runs `fn` with each module in training or in evaluation, as `training` says of it; afterwards every module is as it was before. */
export function inModes<T>(modules: readonly Module[], training: (module: Module) => boolean, fn: () => T): T {
  const before = modules.map((module) => module.training);
  for (const module of modules) module.training = training(module);
  try {
    return fn();
  } finally {
    for (const [i, module] of modules.entries()) module.training = before[i];
  }
}

/** Runs `fn` with the modules in evaluation; afterwards every module is as it was before. */
export function evaluating<T>(modules: readonly Module[], fn: () => T): T {
  return inModes(modules, () => false, fn);
}
