import { expect, test } from "vitest";
import { memory } from "../../src/index.js";
import { withTemporaries } from "../../src/memory/temporaries.js";

test("blocks stay apart while they are used, and all are given back", () => {
  const before = memory().liveBytes;
  withTemporaries((take) => {
    const [first, second] = [take(100), take(200)];
    expect(Math.abs(first - second)).toBeGreaterThanOrEqual(100);
    expect(memory().liveBytes).toBeGreaterThanOrEqual(before + 300);
  });
  expect(memory().liveBytes).toBe(before);
});

test("also after an error", () => {
  const before = memory().liveBytes;
  const failing = (): void =>
    withTemporaries((take) => {
      take(100);
      throw new Error("own");
    });
  expect(failing).toThrow("own");
  expect(memory().liveBytes).toBe(before);
});
