import fc from "fast-check";
import { expect, test } from "vitest";
import { byFrequency, textOf } from "../../scripts/text.mjs";
import { bytesOf } from "../../src/kernels/text.js";

test("bytes come back from their text, which needs no escapes in a string of JS", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      const text = textOf(bytes, byFrequency(bytes));
      expect(text).toMatch(/^[\x20-\x7e]*$/);
      expect(text).not.toMatch(/["'`\\$]/);
      expect([...bytesOf(text)]).toEqual([...bytes]);
    }),
    { seed: 1 },
  );
  const all = Uint8Array.from({ length: 1024 }, (_, i) => i);
  expect(bytesOf(textOf(all, byFrequency(all)))).toEqual(all);
});

test("the most frequent bytes come first, and take one character", () => {
  const first = byFrequency(Uint8Array.of(7, 9, 9), Uint8Array.of(9, 7, 200));
  expect([...first.slice(0, 4)]).toEqual([9, 7, 200, 0]);
  expect(new Set(first).size).toBe(256);
  expect(textOf(first.slice(0, 88), first).length).toBe(512 + 88);
  expect(textOf(first.slice(88), first).length).toBe(512 + 2 * (256 - 88));
});
