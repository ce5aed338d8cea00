import { Tensor } from "../../src/index.js";

/** Everything that an iterable gives. */
export async function collect<T>(items: Iterable<T> | AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Items with their tensors as nested arrays, so that they can be compared. */
export function plain(value: unknown): unknown {
  if (value instanceof Tensor) return { dtype: value.dtype, values: value.toArray() };
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}
