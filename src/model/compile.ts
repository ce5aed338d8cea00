import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Loss } from "../nn/losses.js";
import { type LossSpec, lossNamed } from "../nn/lossNamed.js";
import { penalty } from "../nn/regularization.js";
import { type OptimizerSpec, optimizerNamed } from "../optim/named.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import { figureOf, outputName, validationName } from "../train/figureNames.js";
import type { Trainee } from "../train/loop.js";
import { type MetricSpec, metricNamed } from "../train/metricNamed.js";
import type { Measured } from "../train/metrics/measured.js";
import { inOrder, type PerOutput } from "./perOutput.js";

/** One metric, or several. */
type Metrics = MetricSpec | readonly MetricSpec[];

/** Metrics of the first output, or of each. */
type MetricsOption = readonly MetricSpec[] | PerOutput<Metrics>;

/** Accepts every value: a specification is checked where its name is looked up. */
const anything = (): boolean => true;
/** An object by the names of outputs; one with a name of its own is a specification. */
const isByOutput = (value: unknown): boolean => isPlain(value) && !("name" in value);
const listed = {
  default: [],
  mend: (value: unknown) => `Write metrics: [${typeof value === "string" ? JSON.stringify(value) : '"accuracy"'}].`,
};
const isNumbers = (value: unknown): boolean =>
  (Array.isArray(value) || isPlain(value)) && Object.values(value).every((one) => typeof one === "number" && Number.isFinite(one));

const COMPILE = declare("compile", {
  /** "adam", { name: "sgd", momentum: 0.9 } or an optimizer. An optimizer without parameters gets those of the model. Required. */
  optimizer: option<OptimizerSpec, { required: true }>("an optimizer", anything, { required: true }),
  /**
   * "crossEntropy", { name: "huber", delta: 0.5 } or a function. Of several outputs the losses are added up: one for all, a list, or an
   * object by the outputs' names. Required.
   */
  loss: option<LossSpec | PerOutput<LossSpec>, { required: true }>("a loss", anything, { required: true }),
  /** What the loss of each output is multiplied with in the sum, finite numbers: a list, or an object by the outputs' names. Default 1. */
  lossWeights: option<PerOutput<number>, object>("finite numbers, a list or an object by output", isNumbers, { aka: ["lossWeight"] }),
  /**
   * "accuracy", { name: "topK", k: 3 } or Metric objects: a list of those of the first output, a list of lists with those of each, or an
   * object by the outputs' names. Default none.
   */
  metrics: option<MetricsOption, { default: readonly MetricSpec[] }>(
    "an array",
    (value) => Array.isArray(value) || isByOutput(value),
    listed,
  ),
  /**
   * What weights add to the loss, `l2(1e-4)` or a function of a weight, which gives a scalar: all parameters of two axes or more that have no
   * penalty of their own. Default none.
   */
  penalty: penalty({ aka: ["regularizer", "weightPenalty", "kernelRegularizer"] }),
});

/** Options of `compile`. */
export interface CompileOptions extends OptionsOf<typeof COMPILE> {}

/**
 * The chosen optimizer, losses and metrics.
 * @param outputNames null if the model does not tell its outputs
 * @throws ArgumentError
 */
export function resolve(options: CompileOptions, outputNames: readonly string[] | null): Omit<Trainee, "model"> {
  const { optimizer, loss, lossWeights, metrics, penalty: ofWeights = null } = COMPILE.readOptions(options);
  const chosen = optimizerNamed("compile", optimizer);
  const losses = lossesOf(loss, outputNames);
  const weights = lossWeights === undefined ? [] : inOrder("lossWeights", lossWeights, outputNames).map((weight) => weight ?? 1);
  if (weights.length > 0 && weights.every((weight) => weight === 0))
    throw new ArgumentError(message("compile", "each of lossWeights is 0, so nothing would be trained"));
  const measured = measuredOf(metrics, outputNames);

  const outputs = outputNames?.length ?? Math.max(losses.length, weights.length);
  checkNames(measured, outputs, outputNames);
  for (const { metric, output } of measured) metric.beside?.(losses[losses.length === 1 ? 0 : output]);
  return { optimizer: chosen, losses, lossWeights: weights, outputNames, metrics: measured, penalty: ofWeights };
}

/** One loss for all outputs, or one for each. */
function lossesOf(given: LossSpec | PerOutput<LossSpec>, names: readonly string[] | null): Loss[] {
  if (!Array.isArray(given) && !isByOutput(given)) return [lossNamed("compile", given as LossSpec)];
  if (Array.isArray(given) && given.length === 1) return [lossNamed("compile", given[0])];
  const specs = Array.isArray(given) && given.length === 0 ? [] : inOrder("loss", given as PerOutput<LossSpec>, names);
  if (specs.length === 0) throw new ArgumentError(message("compile", "the list of losses is empty"));
  return specs.map((spec, i) => {
    if (spec !== undefined || Array.isArray(given)) return lossNamed("compile", spec as LossSpec);
    throw new ArgumentError(
      message("compile", `loss names none for output "${outputName(names, i)}"`, "Give one for each output, or one for all."),
    );
  });
}

function measuredOf(given: MetricsOption, names: readonly string[] | null): Measured[] {
  if (Array.isArray(given) && !given.some(Array.isArray)) {
    const metrics = (given as readonly MetricSpec[]).map((spec) => metricNamed("compile", spec));
    return metrics.map((metric) => ({ metric, output: 0, name: metric.name }));
  }
  return inOrder("metrics", given as PerOutput<Metrics>, names).flatMap((specs, output) =>
    [specs ?? []].flat().map((spec) => {
      const metric = metricNamed("compile", spec);
      return { metric, output, name: names?.length === 1 ? metric.name : figureOf(outputName(names, output), metric.name) };
    }),
  );
}

/** @throws ArgumentError for two figures of one name, and for a metric that would gather two figures */
function checkNames(measured: readonly Measured[], outputs: number, outputNames: readonly string[] | null): void {
  const losses = outputs < 2 ? [] : Array.from({ length: outputs }, (_, i) => figureOf(outputName(outputNames, i), "loss"));
  const figures = ["loss", "penalty", ...losses, ...measured.map(({ name }) => name)];
  const all = [...figures, ...figures.map(validationName)];
  const twice = all.find((name, i) => all.indexOf(name) < i);
  if (twice !== undefined)
    throw new ArgumentError(message("compile", `two figures are called "${twice}"`, "Give one of the metrics another name."));
  const shared = measured.find(({ metric }, i) => measured.findIndex((other) => other.metric === metric) < i);
  if (shared !== undefined)
    throw new ArgumentError(message("compile", `metric "${shared.metric.name}" is given for two outputs`, "Make one for each output."));
}
