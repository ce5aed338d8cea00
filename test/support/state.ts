import type { Module } from "../../src/nn/index.js";
import { stateKey } from "../../src/nn/walk.js";
import type { Tensor } from "../../src/tensor/tensor.js";

/** Puts tensors in the place of a module's parameters, by the names of `stateDict`, so that a test sees their gradients. */
export function replaceState(module: Module, state: Readonly<Record<string, Tensor>>): void {
  const found = new Map([...module.namedModules()].map(([path, owner]) => [stateKey(path), owner]));
  for (const [name, value] of Object.entries(state)) {
    const end = name.lastIndexOf(".");
    const owner = found.get(end < 0 ? "" : name.slice(0, end)) as unknown as Record<string, unknown>;
    const field = Object.keys(owner).find((key) => stateKey(key) === name.slice(end + 1)) as string;
    owner[field] = value;
  }
}
