import { expect, test } from "vitest";
import { textTable } from "../../src/model/table.js";

test("words to the left, numbers to the right, no blanks at the end", () => {
  const { lines, widths, rule } = textTable(
    [
      ["name", "kind", "n"],
      ["a", "long kind", "1,000"],
      ["longer name", "", ""],
    ],
    2,
  );
  expect(lines).toEqual(["name         kind           n", "a            long kind  1,000", "longer name"]);
  expect(widths).toEqual([11, 9, 5]);
  expect(rule).toBe("─".repeat(29));
});
