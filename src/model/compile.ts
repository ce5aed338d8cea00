import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import * as losses from "../nn/losses.js";
import { type OptimizerSpec, optimizerNamed } from "../optim/named.js";
import { lookUp, type Named } from "../options/lookUp.js";
import type { Trainee } from "../train/loop.js";
import * as metrics from "../train/metrics.js";
import type { Loss } from "../train/objective.js";

/** The names of the losses. */
export type LossName = keyof typeof losses;
/** "crossEntropy", { name: "huber", delta: 0.5 }, or a function of prediction and target. */
export type LossSpec = Loss | Named<LossName>;

/** The names of the metrics: TopK is "topK", MSE is "mse". */
export type MetricName = {
  [K in Exclude<keyof typeof metrics, "Metric">]: K extends Uppercase<K> ? Lowercase<K> : Uncapitalize<K>;
}[Exclude<keyof typeof metrics, "Metric">];
/** "accuracy", { name: "topK", k: 3 }, or a metric. */
export type MetricSpec = metrics.Metric | Named<MetricName>;

export interface CompileOptions {
  /** "adam", { name: "sgd", momentum: 0.9 } or an optimizer; one without parameters is given the model's. */
  optimizer: OptimizerSpec;
  /** "crossEntropy", { name: "huber", delta: 0.5 }, a function, or one for each output; those of several outputs are added up. */
  loss: LossSpec | readonly LossSpec[];
  /** "accuracy", { name: "topK", k: 3 }, or Metric objects, all of the first output. Default: none. */
  metrics?: readonly MetricSpec[];
}

/** Optimizer, losses and metrics as they were chosen. @throws ArgumentError */
export function resolve({ optimizer, loss, metrics = [] }: CompileOptions): Omit<Trainee, "model"> {
  const specs = (Array.isArray(loss) ? loss : [loss]) as LossSpec[];
  const resolved = {
    optimizer: optimizerNamed("compile", optimizer),
    losses: specs.map(resolveLoss),
    metrics: resolveMetrics(metrics, specs[0]),
  };
  if (specs.length === 0) throw new ArgumentError(message("compile", "the list of losses is empty"));
  return resolved;
}

/** A loss by name; options beside the name are handed on at every call. */
function resolveLoss(spec: LossSpec): Loss {
  if (typeof spec === "function") return spec;
  const { found, options } = lookUp(
    "compile",
    "loss",
    losses as unknown as Record<string, Loss>,
    spec,
    "a name, { name, … } or a function",
  );
  if (Object.keys(options).length === 0) return found;
  const configured: Loss = (prediction, target, more) => found(prediction, target, { ...options, ...more });
  return Object.assign(configured, { capturable: true });
}

type MetricClass = (new (options: object) => metrics.Metric) & { readonly tellsClasses?: boolean };

const METRICS = Object.fromEntries(
  Object.entries(metrics as unknown as Record<string, MetricClass>)
    .filter(([, found]) => found.prototype instanceof metrics.Metric)
    .map(([name, found]) => [/[a-z]/.test(name) ? name[0].toLowerCase() + name.slice(1) : name.toLowerCase(), found]),
);

function resolveMetrics(specs: readonly MetricSpec[], loss: LossSpec): metrics.Metric[] {
  if (!Array.isArray(specs))
    throw new ArgumentError(message("compile", `metrics is ${kindText(specs)}; expected an array`, 'Write metrics: ["accuracy"].'));
  const resolved = specs.map((spec): metrics.Metric => resolveMetric(spec, loss));
  const names = resolved.map(({ name }) => name);
  const twice = names.find((name, i) => name === "loss" || names.indexOf(name) < i);
  if (twice !== undefined)
    throw new ArgumentError(message("compile", `two figures are called "${twice}"`, "Give one of the metrics another name."));
  return resolved;
}

/** A metric by name. One that tells classes takes a single column for logits beside binaryCrossEntropy, as the loss does. */
function resolveMetric(spec: MetricSpec, loss: LossSpec): metrics.Metric {
  if (spec instanceof metrics.Metric) return spec;
  const { found, options } = lookUp("compile", "metric", METRICS, spec, "a name, { name, … } or a Metric");
  const binary = loss === losses.binaryCrossEntropy || (typeof loss === "string" ? loss : loss.name) === "binaryCrossEntropy";
  return new found(found.tellsClasses && binary ? { fromLogits: true, ...options } : options);
}
