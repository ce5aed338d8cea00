/**
 * Built-in objects, told without `instanceof`: those of another realm (a vm context, a frame, a test runner's sandbox) have classes of
 * their own, and are as good. Arrays are told by Array.isArray, views of bytes by ArrayBuffer.isView.
 */

/** The name that a built-in class gives its objects: "Map", "Float32Array"; "" for most other values. */
export function tagOf(value: unknown): string {
  const tag = (value as { [Symbol.toStringTag]?: unknown } | null | undefined)?.[Symbol.toStringTag];
  return typeof tag === "string" ? tag : "";
}

export function isMap<K, V>(value: unknown): value is Map<K, V> {
  return tagOf(value) === "Map";
}

export function isSet<V>(value: unknown): value is Set<V> {
  return tagOf(value) === "Set";
}

export function isDate(value: unknown): value is Date {
  return Object.prototype.toString.call(value) === "[object Date]";
}

export function isError(value: unknown): value is Error {
  return Object.prototype.toString.call(value) === "[object Error]" || tagOf(value) === "DOMException";
}
