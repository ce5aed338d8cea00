import { PbfWriter } from "pbf";
import type { Histogram } from "../train/trainingRecord.js";
import type { SummaryValue } from "./eventFile.js";
import { writeHParamsPluginData } from "./messages.js";

/** The values that TensorBoard shows, as messages. */

export function scalar(tag: string, value: number): SummaryValue {
  return { tag, simple_value: value };
}

/** @param moments the sums over the numbers, where they are known: else those of the middles of the bins */
export function histogram(tag: string, { min, max, counts }: Histogram, moments?: { sum: number; squares: number }): SummaryValue {
  const width = (max - min) / counts.length;
  const middles = counts.map((_, i) => min + (i + 0.5) * width);
  const sum = moments?.sum ?? counts.reduce((all, count, i) => all + count * middles[i], 0);
  const squares = moments?.squares ?? counts.reduce((all, count, i) => all + count * middles[i] * middles[i], 0);
  return {
    tag,
    histo: {
      min,
      max,
      num: counts.reduce((all, count) => all + count, 0),
      sum,
      sum_squares: squares,
      // The upper bounds of the bins. Where all numbers are equal there is one bin, which has a width all the same.
      bucket_limit: width === 0 ? [max + 1e-12 * Math.max(1, Math.abs(max))] : counts.map((_, i) => min + (i + 1) * width),
      bucket: width === 0 ? [counts.reduce((all, count) => all + count, 0)] : counts,
    },
  };
}

/** @param channels 1: grey, 3: RGB @param png the file */
export function image(
  tag: string,
  { width, height, channels }: { width: number; height: number; channels: number },
  png: Uint8Array,
): SummaryValue {
  return { tag, image: { height, width, colorspace: channels, encoded_image_string: png } };
}

/** TensorFlow's number of the element type string. */
const DT_STRING = 7;

/** @param content the text, as Markdown */
export function text(tag: string, content: string): SummaryValue {
  return {
    tag: `${tag}/text_summary`,
    metadata: { plugin_data: { plugin_name: "text" } },
    tensor: { dtype: DT_STRING, tensor_shape: { dim: [{ size: 1 }] }, string_val: [new TextEncoder().encode(content)] },
  };
}

export type HParam = string | number | boolean;

/** The numbers of api.proto's DataType. */
const TYPES: Readonly<Record<string, number>> = { string: 1, boolean: 2, number: 3 };

/** What the experiment varies, and by which figures it is judged. */
export function experiment(hparams: Readonly<Record<string, HParam>>, metrics: readonly { group: string; tag: string }[]): SummaryValue {
  return plugin("_hparams_/experiment", {
    experiment: {
      time_created_secs: Date.now() / 1000,
      hparam_infos: Object.entries(hparams).map(([name, value]) => ({ name, type: TYPES[typeof value] })),
      metric_infos: metrics.map((name) => ({ name })),
    },
  });
}

export function sessionStart(hparams: Readonly<Record<string, HParam>>): SummaryValue {
  const entries = Object.entries(hparams).map(([key, value]) => ({ key, value: { [`${kindOf(value)}_value`]: value } }));
  return plugin("_hparams_/session_start_info", { session_start_info: { hparams: entries, start_time_secs: Date.now() / 1000 } });
}

/** @param succeeded whether training came to its end */
export function sessionEnd(succeeded: boolean): SummaryValue {
  return plugin("_hparams_/session_end_info", { session_end_info: { status: succeeded ? 1 : 2, end_time_secs: Date.now() / 1000 } });
}

function kindOf(value: HParam): string {
  return typeof value === "boolean" ? "bool" : typeof value;
}

function plugin(tag: string, content: object): SummaryValue {
  const pbf = new PbfWriter();
  writeHParamsPluginData(content, pbf);
  return { tag, metadata: { plugin_data: { plugin_name: "hparams", content: pbf.finish() } } };
}
