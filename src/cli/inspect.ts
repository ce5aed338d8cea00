import pico from "picocolors";
import { SimdgradError } from "../errors/errors.js";
import { bytesText, shapeText } from "../errors/message.js";
import { readCheckpoint } from "../io/checkpointFile.js";
import { isCheckpoint, ownMetadata } from "../io/checkpointNames.js";
import { withTensorFile } from "../io/tensorFile.js";
import { FORMAT_KEY } from "../model/fileMetadata.js";
import type { Model } from "../model/model.js";
import { isOfTables } from "../tables/saved.js";
import { TableModel } from "../tables/tableModel.js";
import type { SavedState } from "../tensor/savedState.js";
import type { TrainingState } from "../train/trainingState.js";
import { amount, epochsText } from "./course.js";
import { open } from "./open.js";
import { jsonLine, print } from "./output.js";
import { planText } from "./tableText.js";

/** The most tensors, and characters of an entry of the metadata, that people are shown. */
const [MOST_TENSORS, MOST_TEXT] = [60, 100];

interface TensorFacts {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** What a file says of itself. */
interface Facts {
  readonly tensors: readonly TensorFacts[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Prints what a safetensors file holds. */
export async function inspect(file: string, { json }: { json?: boolean }): Promise<void> {
  const facts = await withTensorFile(
    file,
    "inspect",
    async ({ entries, metadata }): Promise<Facts> => ({
      tensors: Array.from(entries.values(), ({ name, format, shape, begin, end }) => ({ name, dtype: format, shape, bytes: end - begin })),
      metadata,
    }),
  );
  const progress = isCheckpoint(facts.metadata) ? progressIn((await readCheckpoint("inspect", file)).state) : null;
  if (json) {
    const metadata = Object.fromEntries(Object.entries(ownMetadata(facts.metadata)).map(([name, text]) => [name, readValue(text)]));
    jsonLine({ event: "inspect", file, tensors: facts.tensors, metadata, checkpoint: progress });
    return;
  }
  print(tensorsText(file, facts));
  const model = await modelIn(file, facts);
  print(metadataText(facts, model instanceof SimdgradError ? model : null));
  if (progress !== null) print(`\n${progressText(progress)}`);
  if (model === null || model instanceof SimdgradError) return;
  print(`\n${pico.bold("Model")}`);
  model.summary(print);
  if (isOfTables(model)) print(`\n${tableText(model)}`);
}

function tensorsText(file: string, { tensors }: Facts): string {
  const shown = tensors.slice(0, MOST_TENSORS);
  const rows = shown.map(({ name, dtype, shape, bytes }) => [name, dtype, shapeText(shape), bytesText(bytes)]);
  const widths = [0, 1, 2].map((i) => rows.reduce((most, row) => Math.max(most, row[i].length), 0));
  const all = tensors.reduce((sum, { bytes }) => sum + bytes, 0);
  const elements = tensors.reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0);
  return [
    `${pico.bold(file)}: ${amount(tensors.length)} tensors, ${amount(elements)} elements, ${bytesText(all)}`,
    ...rows.map((row) => `  ${row.map((cell, i) => (i < 3 ? cell.padEnd(widths[i]) : cell)).join("  ")}`),
    ...(tensors.length > shown.length ? [pico.dim(`  and ${amount(tensors.length - shown.length)} more`)] : []),
  ].join("\n");
}

/** @param failure why the model in the file cannot be made */
function metadataText({ metadata }: Facts, failure: SimdgradError | null): string {
  const entries = Object.entries(ownMetadata(metadata));
  if (entries.length === 0) return pico.dim("no metadata");
  const width = Math.max(...entries.map(([name]) => name.length));
  const lines = entries.map(([name, text]) => {
    const line = text.replace(/\s+/g, " ");
    const cut = line.length > MOST_TEXT ? `${line.slice(0, MOST_TEXT)}… (${amount(text.length)} characters)` : line;
    return `  ${name.padEnd(width)}  ${cut}`;
  });
  const why = failure === null ? [] : [`${pico.yellow("The architecture cannot be read:")} ${failure.message}`];
  return [pico.bold("Metadata"), ...lines, ...why].join("\n");
}

/** The model in the file; null if it holds none, and the error if it cannot be made, such as one with layers of somebody's own. */
async function modelIn(file: string, { metadata }: Facts): Promise<Model | SimdgradError | null> {
  if (metadata[FORMAT_KEY] === undefined) return null;
  try {
    return await open("inspect", file);
  } catch (error) {
    if (error instanceof SimdgradError) return error;
    throw error;
  }
}

function tableText(network: Model): string {
  const { plan, preprocessing } = TableModel.of("inspect", network);
  const parts = preprocessing.parts.map(({ columns, by }) => `  ${[columns].flat().join(", ")}: ${nameOf(by.toJSON())}`);
  return [planText(network.metadata.dataset ?? "Table", null, plan, false), pico.bold("Preprocessing"), ...parts].join("\n");
}

/** The name of a preprocessor, of a pipeline those of its steps. */
function nameOf({ type, state }: { readonly type: string; readonly state?: unknown }): string {
  const { steps } = (state ?? {}) as { steps?: { type: string }[] };
  return Array.isArray(steps) ? steps.map((step) => step.type).join(" → ") : type;
}

/** How far a training is. */
interface Progress {
  /** Epochs and steps of the running one that are done; null for a loop of somebody's own. */
  readonly epoch: number | null;
  readonly batch: number | null;
  /** Whether a callback ended the training. */
  readonly stopped: boolean;
  /** Names of what a loop of somebody's own keeps. */
  readonly parts: readonly string[];
  /** The figures of the last epoch. */
  readonly last: Readonly<Record<string, number>> | null;
}

/** Reads how far a training is from the state in its checkpoint. */
function progressIn(state: SavedState): Progress {
  const { training, parts } = (state ?? {}) as { training?: Partial<TrainingState>; parts?: object };
  const { epoch = null, batch = null, stopped = false, callbacks = [] } = training ?? {};
  const history = callbacks.find(({ type }) => type === "History")?.state as
    | { figures?: ReadonlyMap<string, readonly number[]> }
    | undefined;
  const last = [...(history?.figures ?? [])].flatMap(([name, list]) => (list.length === 0 ? [] : [[name, list[list.length - 1]] as const]));
  return { epoch, batch, stopped, parts: Object.keys(parts ?? {}), last: last.length === 0 ? null : Object.fromEntries(last) };
}

function progressText({ epoch, batch, stopped, parts, last }: Progress): string {
  const title = pico.bold("Checkpoint");
  if (epoch === null) return `${title} of a loop with ${parts.length === 0 ? "nothing of its own" : parts.join(", ")}`;
  const place = `after ${epochsText(epoch)}${batch ? ` and ${batch === 1 ? "1 batch" : `${amount(batch)} batches`}` : ""}${stopped ? ", ended by a callback" : ""}`;
  const figures = Object.entries(last ?? {}).map(([name, value]) => `${name} ${value.toPrecision(4)}`);
  return [`${title} ${place}`, ...(figures.length === 0 ? [] : [`  last epoch: ${figures.join(", ")}`])].join("\n");
}

/** What an entry of the metadata says, where it is JSON; else its text. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
