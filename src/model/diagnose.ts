import { findingsOf } from "../diagnose/findings.js";
import { inspect } from "../diagnose/inspection.js";
import { NoiseScale } from "../diagnose/noise.js";
import { type Look, probe } from "../diagnose/probe.js";
import { standing } from "../diagnose/standing.js";
import { inModes } from "../nn/modes.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { callable, count, flag } from "../options/kinds.js";
import { bindOptimizer } from "../train/bind.js";
import type { Batch, TrainingData } from "../train/data.js";
import type { Finding } from "../train/finding.js";
import type { Trainee } from "../train/loop.js";
import type { TrainingRecord } from "../train/trainingRecord.js";
import { TrainingStep } from "../train/trainingStep.js";
import { diagnosisText } from "./diagnosisText.js";
import type { Model } from "./model.js";
import { build } from "./rehearsed.js";
import { subjectOf } from "./sanity/subject.js";

const DIAGNOSE = declare("diagnose", {
  /** The samples that it looks at, at most, ≥ 2. Default 256. */
  samples: count({ default: 256 }),
  /** Whether the outputs of a layer are looked at, by its path. Default: of all. */
  layers: callable<(path: string) => boolean>()("a function of a path", {}),
  /** The bins of histograms. Default 32. */
  bins: count({ default: 32 }),
  /** Whether the noise scale of the gradient is measured. Default true. */
  noiseScale: flag({ default: true }),
  /** Whether the largest eigenvalue of the Hessian is computed: some dozens of passes. Default false. */
  curvature: flag({ default: false, aka: ["hessian", "sharpness"] }),
});

/** Options of `diagnose`. */
export interface DiagnoseOptions extends OptionsOf<typeof DIAGNOSE> {}

/** What `diagnose` saw. */
export interface ModelDiagnosis {
  /** How layers and parameters stand; null where the loss is no number. */
  readonly record: TrainingRecord | null;
  /** What is wrong, the worst first. */
  readonly findings: readonly Finding[];
  /** All of it to be read: the findings, then a table of the layers and one of the parameters. */
  readonly text: string;
}

/**
 * Looks at a compiled model as it stands, before a training or after it: one pass forward and back over some samples, in training mode, tells
 * how the outputs of every layer, gradients and weights are spread, and what is wrong. `fit(data, { diagnose: true })` does so while the model
 * trains, and finds more, such as steps that are too large.
 *
 * Nothing is trained: weights, running statistics, gradients, modes and random numbers are as before. A lazy model is built, and its optimizer bound.
 * @param model compiled
 * @param data { x, y, weight? }, of which samples from all over are taken, or an (async) iterable of such batches, of which the first is
 * @param options.samples the samples that it looks at, at most; default 256
 * @param options.layers whether the outputs of a layer are looked at, by its path; default: of all
 * @param options.bins the bins of histograms; default 32
 * @param options.noiseScale whether the noise scale of the gradient is measured; default true
 * @param options.curvature whether the largest eigenvalue of the Hessian is computed, some dozens of passes; default false
 * @throws GraphError before compile, ArgumentError, ShapeError
 * @example
 * const { findings, text } = await diagnose(model, { x, y });
 * console.log(text);
 */
export async function diagnose(model: Model, data: TrainingData, options?: DiagnoseOptions): Promise<ModelDiagnosis> {
  const { op } = DIAGNOSE;
  checkArity(op, arguments.length, 3);
  const settings = DIAGNOSE.readOptions(options);
  const { trainee, batch } = await subjectOf(op, model, data, settings.samples);
  await build(op, model, batch);
  bindOptimizer(trainee.optimizer, model);
  const look = looked(trainee, batch, settings);
  const record = look === null ? null : recordOf(look);
  const inspection = inspect(op, model, batch, trainee);
  const findings = findingsOf(standing(op, trainee, { look, record, batch, data, losses: [], inspection }));
  return { record, findings, text: diagnosisText(record, findings) };
}

function looked(trainee: Trainee, batch: Batch, settings: ReturnType<typeof DIAGNOSE.readOptions>): Look | null {
  const { layers: wanted = () => true, bins, noiseScale: noise, curvature } = settings;
  const step = new TrainingStep(trainee, undefined, false, 1);
  const modules = [...trainee.model.namedModules().values()];
  const probed = { ...trainee, lossOf: (part: Batch) => step.lossOf(part) };
  return inModes(
    modules,
    () => true,
    () => probe(probed, batch, { wanted, bins, noise, curvature, epoch: 0, before: null }),
  );
}

function recordOf({ record, noise }: Look): TrainingRecord {
  const scale = new NoiseScale();
  if (noise !== null) scale.add(noise);
  return { ...record, noiseScale: noise === null ? null : scale.value };
}
