import { CapturedStep } from "../../src/capture/capturedStep.js";

/** The number of replays of all captured steps during `work`. */
export async function replaysDuring(work: () => Promise<unknown>): Promise<number> {
  const { run } = CapturedStep.prototype;
  let replays = 0;
  CapturedStep.prototype.run = function (inputs) {
    const before = this.status().replays;
    const value = run.call(this, inputs);
    replays += this.status().replays - before;
    return value;
  };
  try {
    await work();
    return replays;
  } finally {
    CapturedStep.prototype.run = run;
  }
}
