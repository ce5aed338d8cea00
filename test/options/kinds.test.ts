import { expect, test } from "vitest";
import { declare } from "../../src/options/declare.js";
import { abortSignal, isInRange, rangeText } from "../../src/options/kinds.js";
import { failure } from "../support/errors.js";

test.each([
  [{}, "a finite number", [0, -1.5], [Infinity, Number.NaN, "0", 0n, null]],
  [{ infinite: true }, "a number", [Infinity, -Infinity], [Number.NaN]],
  [{ nan: true }, "a number", [Number.NaN, Infinity, 0], ["0", 0n, null]],
  [{ whole: true }, "a whole number", [-3, 2 ** 53 - 1], [0.5, 2 ** 53, Infinity]],
  [{ min: 0 }, "a number ≥ 0", [0, 1e300], [-1e-300, Infinity]],
  [{ above: 0 }, "a number > 0", [1e-300], [0]],
  [{ max: 1 }, "a number ≤ 1", [1], [1.1]],
  [{ below: 1 }, "a number < 1", [0.9], [1]],
  [{ min: 0, max: 1 }, "a number from 0 to 1", [0, 1], [-0.1, 1.1]],
  [{ min: 0, below: 1 }, "a number from 0 to below 1", [0, 0.9], [1]],
  [{ above: 0, below: 1 }, "a number from above 0 to below 1", [0.5], [0, 1]],
  [{ min: 1, whole: true }, "a whole number ≥ 1", [1], [0, 1.5]],
] as const)("%o", (range, text, inside, outside) => {
  expect(rangeText(range)).toBe(text);
  for (const value of inside) expect(isInRange(value, range), String(value)).toBe(true);
  for (const value of outside) expect(isInRange(value, range), String(value)).toBe(false);
});

test("what aborts", () => {
  const FIT = declare("fit", { signal: abortSignal({}) });
  const controller = new AbortController();
  expect(FIT.readOptions({ signal: controller.signal }).signal).toBe(controller.signal);
  expect(failure(() => FIT.readOptions({ signal: controller }))).toBe(
    "ARGUMENT fit: signal is an AbortController; expected an AbortSignal. Write controller.signal.",
  );
  for (const [signal, text] of [[true, "true"], [{ aborted: false }, "an object"], [null, "null"]] as const) // biome-ignore format: one line
    expect(failure(() => FIT.readOptions({ signal }))).toBe(`ARGUMENT fit: signal is ${text}; expected an AbortSignal.`);
});
