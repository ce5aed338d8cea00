import { expect, test, vi } from "vitest";
import { RunBar } from "../../src/cli/bar.js";
import type { TrainingContext } from "../../src/train/callbacks.js";

test("of a training that goes on, the bar shows its epoch, and estimates the time left from what was trained since", () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(1000);
  const lines: string[] = [];
  const bar = new RunBar({ write: (text) => lines.push(text) });
  bar.onTrainBegin({ epochs: 10, initialEpoch: 5, steps: 10, resumed: true } as TrainingContext);
  bar.onBatchEnd(6, { loss: 1 });
  now.mockReturnValue(3000);
  bar.onBatchEnd(9, { loss: 1 });
  now.mockReturnValue(4000);
  bar.onEpochEnd(5, { loss: 0.5 });
  now.mockRestore();
  expect(lines.length).toBe(3);
  expect(lines[0]).toContain("epoch 6/10");
  // 0.4 epochs took 3 seconds; 4 are left.
  expect(lines[2]).toContain("epoch 7/10");
  expect(lines[2]).toContain("30.0 s left");
  // Those 4 steps.
  expect(lines[2]).toContain("1 steps/s");
});

test("behind the figures the losses of the epochs are a curve", () => {
  const lines: string[] = [];
  const bar = new RunBar({ write: (text) => lines.push(text), columns: 200 });
  bar.onTrainBegin({ epochs: 3, initialEpoch: 0, steps: 1, resumed: false } as TrainingContext);
  for (const [epoch, loss] of [2, 1, 0].entries()) bar.onEpochEnd(epoch, { loss });
  expect(lines.at(-1)).toMatch(/loss 0\.000 {2}█▅▁/);
});
