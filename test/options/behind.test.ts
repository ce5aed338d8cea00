import { expect, test } from "vitest";
import { readBehind } from "../../src/options/behind.js";
import { declare } from "../../src/options/declare.js";
import { number, text } from "../../src/options/kinds.js";
import { failure } from "../support/errors.js";

test("options behind any number of positional arguments", () => {
  const range = declare(
    "range",
    { name: text({ default: "n" }) },
    { start: number({ required: true }), stop: number({}), step: number({ default: 1 }) },
  );
  const standard = { start: 1, stop: undefined, step: 1, name: "n" };
  expect(readBehind(range, [1])).toEqual(standard);
  expect(readBehind(range, [1, { name: "x" }])).toEqual({ ...standard, name: "x" });
  expect(readBehind(range, [1, 2, { name: "x" }])).toEqual({ ...standard, stop: 2, name: "x" });
  expect(readBehind(range, [1, 2, 3, { name: "x" }])).toEqual({ start: 1, stop: 2, step: 3, name: "x" });
  expect(failure(() => readBehind(range, [{ name: "x" }]))).toBe("ARGUMENT range: start is an object; expected a finite number.");
  expect(failure(() => readBehind(range, [1, { name: "x" }, 2]))).toBe("ARGUMENT range: stop is an object; expected a finite number.");
  expect(failure(() => readBehind(range, [1, 2, { step: 3 }]))).toBe(
    'ARGUMENT range: unknown option "step". Known: name. Pass step in front of the options.',
  );
  expect(failure(() => readBehind(range, [1, 2, 3, {}, 4]))).toBe("ARGUMENT range: 5 arguments were given; it takes at most 4.");
});
