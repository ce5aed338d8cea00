import { expect, test } from "vitest";
import { type capture, memory } from "../../src/index.js";
import { data, trial } from "../support/captured.js";

test("memory stays as it is, and goes back when the capture is disposed of", () => {
  const { step } = trial(true);
  // The optimizer's state comes with the first step.
  step(data[0].x, data[0].y);
  const before = memory().liveBytes;
  for (let i = 0; i < 7; i++) step(data[0].x, data[0].y);
  const { liveBytes, reservedBytes } = memory();
  for (let i = 0; i < 2000; i++) step(data[0].x, data[0].y);
  expect(memory().liveBytes).toBe(liveBytes);
  expect(memory().reservedBytes).toBe(reservedBytes);
  const captured = step as ReturnType<typeof capture>;
  expect(captured.status().bytes).toBeGreaterThan(0);
  captured.dispose();
  expect(memory().liveBytes).toBeLessThan(liveBytes);
  expect(memory().liveBytes - before).toBeLessThan(20_000);
  expect(captured.status()).toEqual({ state: "eager", reason: null, replays: 0, bytes: 0 });
  expect(Number.isFinite(step(data[0].x, data[0].y).item())).toBe(true);
});
