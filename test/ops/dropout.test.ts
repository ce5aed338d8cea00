import { expect, test } from "vitest";
import { ones } from "../../src/index.js";
import { dropout } from "../../src/ops/dropout.js";
import { checkOp } from "../support/checkOp.js";

test.each([1, 3, 4, 5, 17, 64, 1030])("%d elements", (n) => {
  checkOp({ op: (x) => dropout(x, { p: 0.4, key: [1, 2], counter: 3 }), shapes: [[n]], result: [n] });
});

test("another key or counter is another mask, above 2³² too", () => {
  const mask = (key: [number, number], counter: number): string => dropout(ones([64]), { p: 0.5, key, counter }).data.join("");
  const masks = [mask([1, 2], 0), mask([1, 2], 1), mask([1, 2], 2 ** 32), mask([2, 2], 0), mask([1, 3], 0)];
  expect(new Set(masks).size).toBe(5);
});
