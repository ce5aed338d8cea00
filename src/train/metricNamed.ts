import { lookUp, type Named } from "../options/lookUp.js";
import { Metric } from "./metrics/metric.js";
import * as metrics from "./metrics.js";

/** The names of the metrics: TopK is "topK", MSE is "mse". */
export type MetricName = {
  [K in keyof typeof metrics]: K extends Uppercase<K> ? Lowercase<K> : Uncapitalize<K>;
}[keyof typeof metrics];

/** "accuracy", { name: "topK", k: 3 }, or a metric. */
export type MetricSpec = Metric | Named<MetricName>;

type MetricClass = new (...options: object[]) => Metric;

const byName = Object.fromEntries(
  Object.entries(metrics as unknown as Record<string, MetricClass>).map(([name, found]) => [
    /[a-z]/.test(name) ? name[0].toLowerCase() + name.slice(1) : name.toLowerCase(),
    found,
  ]),
);

/** A metric by its name; one that is given as such is returned. @throws ArgumentError for an unknown name or option */
export function metricNamed(op: string, spec: MetricSpec): Metric {
  if (spec instanceof Metric) return spec;
  const { found, options } = lookUp(op, "metric", byName, spec, "a name, { name, … } or a Metric");
  return Object.keys(options).length === 0 ? new found() : new found(options);
}
