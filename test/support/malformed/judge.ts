import { expect } from "vitest";
import type { Tensor } from "../../../src/index.js";

/** The bytes of a tensor's elements. */
export function bytesOf(x: Tensor): Buffer {
  const { buffer, byteOffset, byteLength } = x.view();
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Expects bytes to be equal, without printing them. */
export function expectBytes(found: Uint8Array, expected: Uint8Array, what: string): void {
  if (Buffer.compare(found, expected) !== 0) throw new Error(`${what}: the bytes are not those of the file`);
}

/** Expects that everything of `part` is in `whole` with the same value: what a file says is not passed over. */
export function expectWithin(part: unknown, whole: unknown, path = "the file"): void {
  if (typeof part !== "object" || part === null) {
    expect(whole, path).toEqual(part);
    return;
  }
  expect(typeof whole === "object" && whole !== null && Array.isArray(part) === Array.isArray(whole), `${path} is of another kind`).toBe(
    true,
  );
  if (Array.isArray(part)) expect((whole as unknown[]).length, path).toBe(part.length);
  for (const [key, value] of Object.entries(part)) {
    expect(Object.hasOwn(whole as object, key), `${path} has ${key.slice(0, 40)}, which is passed over`).toBe(true);
    expectWithin(value, (whole as Record<string, unknown>)[key], `${path}.${key.slice(0, 40)}`);
  }
}
