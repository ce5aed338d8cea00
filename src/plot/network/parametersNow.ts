import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import type { Module } from "../../nn/module.js";
import { checkArity } from "../../options/arity.js";
import { declare } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { exactHistogram } from "../../train/histogram.js";
import type { ParameterRecord, TrainingRecord } from "../../train/trainingRecord.js";
import { checkModel } from "./model.js";

/** What figures of parameters read of a record. Those of `history.records` have more. */
export interface ParametersRecord extends Pick<TrainingRecord, "step"> {
  readonly parameters: readonly Pick<ParameterRecord, "path" | "shape" | "gradient" | "histogram">[];
}

const NOW = declare(
  "parametersNow",
  {},
  {
    step: number({ required: true, min: 0, whole: true }),
  },
);

/** @throws ArgumentError unless they are records with parameters */
export function checkRecords(op: string, given: unknown): readonly ParametersRecord[] {
  const isRecord = (one: unknown): boolean => Array.isArray((one as { parameters?: unknown } | null | undefined)?.parameters);
  if (Array.isArray(given) && given.every(isRecord)) return given;
  const mend = "Write history.records of a training with { diagnose: true }, or a list of what parametersNow gave.";
  throw new ArgumentError(message(op, `the records are ${kindText(given)}; expected a list of records of parameters`, mend));
}

/** Bins of the histograms. */
const BINS = 40;

/**
 * How the parameters of a model are now: the root mean square of their gradients, which are there in `onStep` of a callback and between
 * `backward` and `zeroGrad`, and how their values are spread. Where `fit` is told to `diagnose`, `history.records` has the same.
 * @param step the number of the step that the record tells, from 0
 * @throws ArgumentError for what is no model
 * @example const record = parametersNow(model, 0);
 */
export function parametersNow(model: Module, step: number): ParametersRecord {
  const { op } = NOW;
  checkArity(op, arguments.length, 2);
  checkModel(op, model);
  const read = NOW.read([step]);
  const parameters = [...model.namedParameters()].map(([path, parameter]) => ({
    path,
    shape: [...parameter.shape],
    gradient: parameter.grad === null ? null : rootMeanSquare(parameter.grad.view()),
    histogram: exactHistogram(parameter.view(), BINS),
  }));
  return { step: read.step, parameters };
}

export function rootMeanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return Math.sqrt(sum / values.length);
}
