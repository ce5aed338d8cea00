import { expect, test } from "vitest";
import { shareOf } from "../../src/options/share.js";

const COUNTS = [1, 3, 7, 10, 33, 100, 128, 350, 999, 1000, 1437, 1797, 60_000, 1_000_003, 2 ** 31];

test("shares of up to four decimals have the whole part, and the rounded value, of the exact decimal product", () => {
  const wrong: string[] = [];
  for (const n of COUNTS) {
    for (let k = 0; k <= 10_000; k++) {
      const product = BigInt(k) * BigInt(n);
      const [whole, rounded] = [Number(product / 10_000n), Number((product + 5_000n) / 10_000n)];
      const found = shareOf(n, Number(`${k}e-4`));
      if (Math.floor(found) !== whole || Math.round(found) !== rounded) wrong.push(`${k / 10_000} of ${n}: ${found}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("a share with the error of a subtraction counts as the number meant", () => {
  const wrong: string[] = [];
  for (const n of COUNTS) {
    for (let k = 0; k <= 100; k++) {
      const whole = Number((BigInt(100 - k) * BigInt(n)) / 100n);
      if (Math.floor(shareOf(n, 1 - k / 100)) !== whole) wrong.push(`1 - ${k / 100} of ${n}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(Math.floor(shareOf(10, 0.1 + 0.2))).toBe(3);
});

test("a share a little below is not raised", () => expect(Math.floor(shareOf(100, 0.289999999999999))).toBe(28));
