import { isMap } from "../options/builtin.js";
import { isPlain } from "../options/plain.js";
import { Tensor } from "../tensor/tensor.js";

/**
 * How tensors stand within arrays, plain objects and Maps: what a step is given and what it returns. The same layout around other
 * tensors is the same structure.
 */
export type Layout =
  | { readonly kind: "tensor" }
  | { readonly kind: "array"; readonly parts: readonly Layout[] }
  | { readonly kind: "object" | "map"; readonly keys: readonly unknown[]; readonly parts: readonly Layout[] }
  | { readonly kind: "other"; readonly value: unknown };

const TENSOR: Layout = { kind: "tensor" };

/** Takes a value apart. @param tensors is given the value's tensors in order @param others is given what is no tensor */
export function layoutOf(value: unknown, tensors: Tensor[], others: unknown[] = []): Layout {
  if (value instanceof Tensor) {
    tensors.push(value);
    return TENSOR;
  }
  if (Array.isArray(value)) return { kind: "array", parts: value.map((part) => layoutOf(part, tensors, others)) };
  if (isMap(value)) return keyed("map", [...value.keys()], [...value.values()], tensors, others);
  if (isPlain(value)) return keyed("object", Object.keys(value), Object.values(value), tensors, others);
  others.push(value);
  return { kind: "other", value };
}

function keyed(kind: "object" | "map", keys: unknown[], values: unknown[], tensors: Tensor[], others: unknown[]): Layout {
  return { kind, keys, parts: values.map((part) => layoutOf(part, tensors, others)) };
}

/** Puts a value together from tensors in the order of `layoutOf`. */
export function rebuild(layout: Layout, tensors: readonly Tensor[]): unknown {
  return layout.kind === "tensor" ? tensors[0] : build(layout, tensors[Symbol.iterator]());
}

function build(layout: Layout, tensors: Iterator<Tensor>): unknown {
  switch (layout.kind) {
    case "tensor":
      return tensors.next().value;
    case "array":
      return layout.parts.map((part) => build(part, tensors));
    case "object":
      return Object.fromEntries(layout.parts.map((part, i) => [layout.keys[i], build(part, tensors)]));
    case "map":
      return new Map(layout.parts.map((part, i) => [layout.keys[i], build(part, tensors)]));
    case "other":
      return layout.value;
  }
}

/** Whether two layouts have their tensors in the same places, and besides them the same values. */
export function sameLayout(a: Layout, b: Layout): boolean {
  if (a.kind === "tensor" || b.kind === "tensor") return a.kind === b.kind;
  if (a.kind === "other") return b.kind === "other" && sameValue(a.value, b.value);
  if (b.kind !== a.kind || a.parts.length !== b.parts.length) return false;
  for (let i = 0; i < a.parts.length; i++) if (!sameLayout(a.parts[i], b.parts[i])) return false;
  return a.kind === "array" || sameKeys(a.keys, (b as typeof a).keys);
}

function sameKeys(a: readonly unknown[], b: readonly unknown[]): boolean {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** A function is made anew by each call of a step, and counts for nothing. */
export function sameValue(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || (typeof a === "function" && typeof b === "function");
}
