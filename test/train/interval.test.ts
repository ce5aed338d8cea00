import { expect, test } from "vitest";
import { readInterval } from "../../src/train/interval.js";

test("an interval is a number of steps, or a number with its unit", () => {
  const cases: [unknown, string | null][] = [
    [100, "100 step"],
    ["100 steps", "100 step"],
    ["1 step", "1 step"],
    ["2 epochs", "2 epoch"],
    ["1epoch", "1 epoch"],
    ["60s", "60 s"],
    ["1.5 m", "1.5 m"],
    ["2h", "2 h"],
  ];
  for (const [given, read] of cases) {
    const found = readInterval(given);
    expect(found && `${found.count} ${found.unit}`, String(given)).toBe(read);
  }
  for (const given of [
    0,
    -1,
    1.5,
    NaN,
    "",
    "0 steps",
    "1.5 steps",
    "-3 epochs",
    "60",
    "60 seconds",
    "steps",
    "1e3 steps",
    null,
    undefined,
    {},
    ["5s"],
  ])
    expect(readInterval(given), String(given)).toBeNull();
});
