import type { Run } from "../../src/report/run.js";

/** A run of three steps, with some parts that are others. */
export function aRun(parts: Partial<Run> = {}): Run {
  return {
    id: "one",
    name: "Sequential",
    started: "2026-01-01T00:00:00.000Z",
    ended: null,
    status: "running",
    version: "0.0.0",
    machine: null,
    model: null,
    optimizer: { type: "SGD", settings: { learningRate: 0.1 } },
    settings: { epochs: 3, batchSize: 4 },
    steps: { width: 1, count: 3, step: [1, 2, 3], loss: [3, 2, 1], low: [3, 2, 1], high: [3, 2, 1], learningRate: [0.1, 0.1, 0.1] },
    epochs: { epoch: [0], step: [3], seconds: [0.5], figures: { loss: [2] } },
    records: [],
    findings: [],
    incidents: [],
    evaluation: [],
    ...parts,
  };
}
