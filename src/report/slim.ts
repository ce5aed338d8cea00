import type { Histogram, TrainingRecord } from "../train/trainingRecord.js";
import type { Run } from "./run.js";

/** The most records that a page gets, and those among them that keep their histograms. */
const MOST_RECORDS = 80;
const MOST_HISTOGRAMS = 10;
/** The most histograms of a page in all. */
const MOST_IN_ALL = 2400;

/** A run that fits into a page: of many records some, of their histograms fewer. The first and the last stay. */
export function slim(run: Run): Run {
  const records = spaced(run.records, MOST_RECORDS);
  const last = records.at(-1);
  const each = Math.max(1, (last?.layers.length ?? 0) + 2 * (last?.parameters.length ?? 0));
  const kept = new Set(spaced(records, Math.max(2, Math.min(MOST_HISTOGRAMS, Math.floor(MOST_IN_ALL / each)))));
  return { ...run, records: records.map((record) => (kept.has(record) ? record : bare(record))) };
}

/** Some elements of a list, evenly spaced. @param most the number of elements at most */
function spaced<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))]);
}

const none = ({ min, max }: Histogram): Histogram => ({ min, max, counts: [] });

function bare(record: TrainingRecord): TrainingRecord {
  return {
    ...record,
    layers: record.layers.map((layer) => ({ ...layer, histogram: none(layer.histogram) })),
    parameters: record.parameters.map((parameter) => ({ ...parameter, histogram: none(parameter.histogram), gradientHistogram: null })),
  };
}
