import type { Named } from "../options/lookUp.js";
import { Names } from "../options/names.js";
import * as common from "./metrics/common.js";
import { Metric } from "./metrics/metric.js";
import type * as metrics from "./metrics.js";

/** The names of the metrics: TopK is "topK", MSE is "mse". */
export type MetricName = {
  [K in keyof typeof metrics]: K extends Uppercase<K> ? Lowercase<K> : Uncapitalize<K>;
}[keyof typeof metrics];

/** "accuracy", { name: "topK", k: 3 }, or a metric. */
export type MetricSpec = Metric | Named<MetricName>;

type MetricClass = new (...options: object[]) => Metric;

/** The metrics by name. */
export const METRICS: Names<MetricClass> = new Names("metric", metricsByName(common), "a name, { name, … } or a Metric");

/** Classes of metrics by their names in strings. */
export function metricsByName(classes: object): Record<string, MetricClass> {
  const entries = Object.entries(classes as Record<string, MetricClass>);
  return Object.fromEntries(
    entries.map(([name, found]) => [/[a-z]/.test(name) ? name[0].toLowerCase() + name.slice(1) : name.toLowerCase(), found]),
  );
}

/** A metric by its name; one that is given as such is returned. @throws ArgumentError for an unknown name or option */
export function metricNamed(op: string, spec: MetricSpec): Metric {
  if (spec instanceof Metric) return spec;
  const { found, options } = METRICS.lookUp(op, spec);
  return Object.keys(options).length === 0 ? new found() : new found(options);
}
