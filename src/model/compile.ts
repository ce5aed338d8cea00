import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { type LossSpec, lossNamed } from "../nn/lossNamed.js";
import { type OptimizerSpec, optimizerNamed } from "../optim/named.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { option } from "../options/option.js";
import type { Trainee } from "../train/loop.js";
import { type MetricSpec, metricNamed } from "../train/metricNamed.js";

/** Accepts every value: a specification is checked where its name is looked up. */
const anything = (): boolean => true;
const listed = {
  default: [],
  mend: (value: unknown) => `Write metrics: [${typeof value === "string" ? JSON.stringify(value) : '"accuracy"'}].`,
};

const COMPILE = declare("compile", {
  /** "adam", { name: "sgd", momentum: 0.9 } or an optimizer. An optimizer without parameters gets those of the model. Required. */
  optimizer: option<OptimizerSpec, { required: true }>("an optimizer", anything, { required: true }),
  /** "crossEntropy", { name: "huber", delta: 0.5 }, a function, or a list with a loss for each output, whose sum is trained. Required. */
  loss: option<LossSpec | readonly LossSpec[], { required: true }>("a loss", anything, { required: true }),
  /** "accuracy", { name: "topK", k: 3 }, or Metric objects, all of the first output. Default none. */
  metrics: option<readonly MetricSpec[], { default: readonly MetricSpec[] }>("an array", Array.isArray, listed),
});

/** Options of `compile`. */
export interface CompileOptions extends OptionsOf<typeof COMPILE> {}

/** The chosen optimizer, losses and metrics. @throws ArgumentError */
export function resolve(options: CompileOptions): Omit<Trainee, "model"> {
  const { optimizer, loss, metrics } = COMPILE.readOptions(options);
  const specs = (Array.isArray(loss) ? loss : [loss]) as readonly LossSpec[];
  const chosen = optimizerNamed("compile", optimizer);
  const losses = specs.map((spec) => lossNamed("compile", spec));
  if (losses.length === 0) throw new ArgumentError(message("compile", "the list of losses is empty"));
  const figures = metrics.map((spec) => metricNamed("compile", spec));
  const names = figures.map(({ name }) => name);
  const twice = names.find((name, i) => name === "loss" || names.indexOf(name) < i);
  if (twice !== undefined)
    throw new ArgumentError(message("compile", `two figures are called "${twice}"`, "Give one of the metrics another name."));
  // Metrics measure the first output, so they are told its loss.
  for (const metric of figures) metric.beside?.(losses[0]);
  return { optimizer: chosen, losses, metrics: figures };
}
