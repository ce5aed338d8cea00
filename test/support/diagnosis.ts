import type { DiagnosisInput } from "../../src/diagnose/input.js";
import type { Inspection } from "../../src/diagnose/inspection.js";
import type { LayerRecord, ParameterRecord, TrainingRecord } from "../../src/train/trainingRecord.js";

const HISTOGRAM = { min: -1, max: 1, counts: [1, 2, 1] };

/** A layer as one is in a sound training. */
export function layerRecord(path: string, own: Partial<LayerRecord> = {}): LayerRecord {
  const usual = { type: "Dense", activation: "relu", shape: [32, 16], mean: 0.4, deviation: 0.6, zeros: 0.5 };
  return { path, ...usual, dead: 0, saturated: null, histogram: HISTOGRAM, gradient: 1e-3, ...own };
}

/** A weight as one is in a sound training. */
export function parameterRecord(path: string, own: Partial<ParameterRecord> = {}): ParameterRecord {
  const usual = { shape: [16, 16], weight: 0.1, gradient: 1e-3, update: 1e-3, histogram: HISTOGRAM };
  return { path, ...usual, gradientHistogram: HISTOGRAM, ...own };
}

/** A sound step. */
export function trainingRecord(step: number, own: Partial<TrainingRecord> = {}): TrainingRecord {
  const layers = ["0", "1", "2", "3"].map((path) => layerRecord(path));
  const parameters = ["0.weight", "1.weight", "2.weight", "3.weight"].map((path) => parameterRecord(path));
  return { step, epoch: 0, loss: 1, learningRate: 1e-3, noiseScale: 50, curvature: null, layers, parameters, ...own };
}

export const SOUND_INSPECTION: Inspection = {
  frozen: [],
  leftInTraining: [],
  linearChains: [],
  equalUnits: [],
  recurrences: [],
  batchDependence: 1e-7,
  squashedTwice: [null],
};

/** A sound training of a classifier of three classes. */
export function soundRun(own: Partial<DiagnosisInput> = {}): DiagnosisInput {
  const losses = Array.from({ length: 100 }, (_, i) => 1.1 / (1 + i / 10));
  return {
    records: [1, 33, 66, 100].map((step) => trainingRecord(step)),
    losses,
    epochs: [0, 1, 2, 3].map((epoch) => ({ loss: losses[25 * epoch + 12], valLoss: losses[25 * epoch + 12] * 1.05 })),
    diverged: null,
    incidents: 0,
    batchSize: 32,
    data: {
      samples: 300,
      inputs: [{ shape: [32, 4], mean: 0, deviation: 1, min: -3, max: 3, features: { least: 0.9, greatest: 1.1, constant: 0, count: 4 } }],
      targets: [{ shape: [32], mean: 1, deviation: 0.8, min: 0, max: 2, features: null, labels: [100, 100, 100] }],
    },
    outputs: [{ loss: "crossEntropy", classes: 3, shape: [32, 3] }],
    optimizer: { type: "Adam", adaptive: true, learningRate: 1e-3, settings: {} },
    penalties: [],
    inspection: SOUND_INSPECTION,
    ...own,
  };
}
