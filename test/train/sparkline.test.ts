import { expect, test } from "vitest";
import { sparkline } from "../../src/train/sparkline.js";

test("a bar for each number, gaps for those that are not finite, the first and the last of many", () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 10)).toBe("▁▂▃▄▅▆▇█");
  expect(sparkline([3, Number.NaN, 1, Infinity], 10)).toBe("█ ▁ ");
  expect(sparkline([5, 5], 10)).toBe("▁▁");
  expect(sparkline([], 10)).toBe("");
  expect(sparkline(Array.from({ length: 100 }, (_, i) => i), 8)).toBe("▁▂▃▄▅▆▇█"); // biome-ignore format: short
});
