import { type Batch, countSamples, isSamples, type TrainingData, toBatch } from "../train/data.js";
import type { Trainee } from "../train/loop.js";
import type { TrainingRecord } from "../train/trainingRecord.js";
import { summaryOf } from "./dataSummary.js";
import type { DiagnosisInput } from "./input.js";
import type { Inspection } from "./inspection.js";
import type { Look } from "./probe.js";
import { optimizerSummary, outputSummary, penaltyNames } from "./trainee.js";

/** A look at a model that is not under training. */
export interface StandingLook {
  /** Null where the loss is no number. */
  readonly look: Look | null;
  /** What is told of the look; null with it. */
  readonly record: TrainingRecord | null;
  readonly batch: Batch;
  readonly data: TrainingData;
  /** The loss before the first step, if the model stands before it. */
  readonly losses: readonly number[];
  readonly inspection: Inspection;
}

/** What findings are told of a model as it stands: there are no epochs, no updates and no incidents. */
export function standing(op: string, trainee: Trainee, { look, record, batch, data, losses, inspection }: StandingLook): DiagnosisInput {
  return {
    records: record === null ? [] : [record],
    losses,
    epochs: [],
    diverged: null,
    incidents: 0,
    batchSize: countSamples(batch),
    data: summaryOf(isSamples(data) ? toBatch(op, data) : batch, trainee),
    outputs: look?.outputs.map((shape, i) => outputSummary(trainee, i, shape)) ?? [],
    optimizer: optimizerSummary(trainee.optimizer),
    penalties: penaltyNames(trainee),
    inspection,
  };
}
