import type { Module } from "./module.js";

/** Runs `fn` with the modules in evaluation; afterwards every module is as it was before. */
export function evaluating<T>(modules: readonly Module[], fn: () => T): T {
  const training = modules.filter((module) => module.training);
  for (const module of training) module.training = false;
  try {
    return fn();
  } finally {
    for (const module of training) module.training = true;
  }
}
