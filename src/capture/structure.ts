import { Tensor } from "../tensor/tensor.js";

/**
 * Tensors within arrays, plain objects and Maps: what a step is given and what it gives back. `leaves` lists the tensors in
 * order; `rebuild` makes the same structure of others. Everything that is no tensor stands in `others`.
 */
export interface Structure {
  readonly leaves: Tensor[];
  readonly others: unknown[];
  rebuild(leaves: readonly Tensor[]): unknown;
}

/** Takes a value apart. */
export function structureOf(value: unknown): Structure {
  const leaves: Tensor[] = [];
  const others: unknown[] = [];
  return { leaves, others, rebuild: visit(value, leaves, others) };
}

type Rebuild = (leaves: readonly Tensor[]) => unknown;

function visit(value: unknown, leaves: Tensor[], others: unknown[]): Rebuild {
  if (value instanceof Tensor) {
    const i = leaves.push(value) - 1;
    return (made) => made[i];
  }
  if (Array.isArray(value)) {
    const parts = value.map((part) => visit(part, leaves, others));
    return (made) => parts.map((part) => part(made));
  }
  if (value instanceof Map) {
    const parts = [...value].map(([key, part]) => [key, visit(part, leaves, others)] as const);
    return (made) => new Map(parts.map(([key, part]) => [key, part(made)]));
  }
  if (value !== null && typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    const parts = Object.entries(value).map(([key, part]) => [key, visit(part, leaves, others)] as const);
    return (made) => Object.fromEntries(parts.map(([key, part]) => [key, part(made)]));
  }
  others.push(value);
  return () => value;
}
