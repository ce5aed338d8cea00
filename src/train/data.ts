import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { allocateArray } from "../memory/views.js";
import { isPlain } from "../options/plain.js";
import { shareOf } from "../options/share.js";
import { meant } from "../options/unknown.js";
import { checkTensor } from "../tensor/check.js";
import { tensor } from "../tensor/creation.js";
import type { TensorLike } from "../tensor/nested.js";
import { rowsOf, widthOf } from "../tensor/rows.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { checkSampleWeights } from "./sampleWeight.js";

/** One input or several, as a model takes them. */
export type Inputs = Tensor | Tensor[];

/** Samples as tensors: inputs, targets, and a weight for each sample if they do not count alike. */
export interface Batch {
  x: Inputs;
  y?: Inputs | undefined;
  /** [n]; or one for each output */
  weight?: Inputs | undefined;
}

/** Samples along the first axis of every part; arrays are made tensors. */
export interface Samples {
  x: TensorLike | Tensor | Tensor[];
  y?: TensorLike | Tensor | Tensor[];
  /**
   * [n], how much each sample counts, finite numbers ≥ 0; default 1. A sample of weight 0 counts for nothing. A list of tensors holds a weight
   * for each of several outputs.
   */
  weight?: TensorLike | Tensor | Tensor[];
}

/** What can be trained on: samples in memory, or batches that somebody else makes. */
export type TrainingData = Samples | Iterable<Samples> | AsyncIterable<Samples>;

/** The parts of samples, with the words of others for them. */
const PARTS = {
  x: { aka: ["input", "inputs", "feature", "features", "xs"] },
  y: { aka: ["target", "targets", "label", "labels", "output", "outputs", "ys"] },
  weight: { aka: ["weights", "w", "sampleWeight", "sampleWeights"] },
};
const EXPECTED = "expected { x, y, weight? } or an iterable of such batches";

/** Whether the data are samples in memory, which can be counted, shuffled and split; else they are batches. */
export function isSamples(data: TrainingData): data is Samples {
  return data === null || typeof data !== "object" || !(Symbol.iterator in data || Symbol.asyncIterator in data);
}

/**
 * Refuses inputs that are given by themselves, as other libraries take them: `fit(x, y)`.
 * @throws ArgumentError
 */
export function checkData(op: string, data: unknown): void {
  if (data === null || typeof data !== "object") throw new ArgumentError(message(op, `the data are ${kindText(data)}; ${EXPECTED}`));
  const isArray = Array.isArray(data) && data.length > 0 && !hasParts(data[0]);
  if (!isArray && !(data instanceof Tensor) && !ArrayBuffer.isView(data)) return;
  const targets = op === "predict" ? "" : ", y";
  throw new ArgumentError(message(op, `the data are ${kindText(data)}; ${EXPECTED}`, `Write ${op}({ x${targets} }).`));
}

/** Samples as tensors of one number of rows. @throws ShapeError, ArgumentError */
export function toBatch(op: string, samples: Samples): Batch {
  checkData(op, samples);
  for (const name of Object.keys(samples)) {
    // A data set may well have other parts; what was meant as one of these must not go unnoticed.
    const hint = Object.hasOwn(PARTS, name) ? "" : meant(name, PARTS);
    if (hint !== "") throw new ArgumentError(message(op, `the data have a part "${name}"`, hint.trim()));
  }
  if (samples.x === undefined)
    throw new ArgumentError(message(op, "the data have no x", "Give { x, y, weight? }, or an iterable of such batches."));
  const batch: Batch = { x: toInputs(op, "x", samples.x) };
  if (samples.y !== undefined) batch.y = toInputs(op, "y", samples.y);
  if (samples.weight !== undefined) batch.weight = toInputs(op, "weight", samples.weight);
  checkRows(op, batch);
  for (const weight of weightsOf(batch)) checkSampleWeights(op, weight);
  return batch;
}

/** Whether something is an object of parts: neither a number nor a list nor a tensor. */
export function hasParts(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value) && !(value instanceof Tensor);
}

function checkRows(op: string, batch: Batch): void {
  const n = countSamples(batch);
  for (const [name, part] of Object.entries(batch) as [string, Inputs][]) {
    for (const { rank, shape } of Array.isArray(part) ? part : [part]) {
      if (rank === 0 && name === "x") throw new ShapeError(message(op, "x is a scalar; expected samples along the first axis"));
      if (rank === 0 || shape[0] !== n) {
        // A record of a few features and a target or two looks so.
        const mayBeSample = rank === 0 || (rank === 1 && !Array.isArray(batch.x) && batch.x.rank === 1);
        const mend = mayBeSample ? "A single sample is no batch: batch(32) of a DataStream makes batches." : undefined;
        throw new ShapeError(message(op, `x has ${n} samples, ${name} has shape ${shapeText(shape)}; expected [${n}, …]`, mend));
      }
    }
  }
  for (const { size, shape } of weightsOf(batch)) {
    if (size !== n) throw new ShapeError(message(op, `weight has shape ${shapeText(shape)}; expected one for each sample, [${n}]`));
  }
}

/** The weights of a batch: none, one for all outputs, or one for each. */
export function weightsOf({ weight }: Batch): Tensor[] {
  return weight === undefined ? [] : [weight].flat();
}

/** The weights of the samples for an output. */
export function weightOf({ weight }: Batch, output: number): Tensor | undefined {
  return Array.isArray(weight) ? weight[output] : weight;
}

/** The number of rows of a batch. */
export function countSamples({ x }: Batch): number {
  return (Array.isArray(x) ? x[0] : x).shape[0] ?? 0;
}

/** The inputs as a model's `forward` takes them. */
export function inputsOf({ x }: Batch): Tensor[] {
  return Array.isArray(x) ? x : [x];
}

/** The rows named, in that order, as data. */
export function takeRows(batch: Batch, rows: ArrayLike<number>): Batch {
  return eachPart(batch, (x) => rowsOf("batches", x, rows));
}

/** The rows from `from` to before `to`, as data. */
export function takeRange(batch: Batch, from: number, to: number): Batch {
  return eachPart(batch, (x) => {
    const width = widthOf(x);
    return asData(x, to - from, x.view().slice(from * width, to * width));
  });
}

/** The last `share` of the samples for validation, the others for training. @throws ArgumentError if either would be empty */
export function splitOff(whole: Batch, share: number): { train: Batch; validation: Batch } {
  const n = countSamples(whole);
  const cut = n - Math.floor(shareOf(n, share));
  if (cut === 0 || cut === n) {
    throw new ArgumentError(
      message("fit", `validationSplit ${share} of ${n} samples leaves ${cut} to train on and ${n - cut} to validate; neither may be empty`),
    );
  }
  return { train: takeRange(whole, 0, cut), validation: takeRange(whole, cut, n) };
}

/** Rows of several results, one below the other. */
export function joinRows(parts: readonly Tensor[]): Tensor {
  if (parts.length === 1) return parts[0];
  const rows = parts.reduce((sum, { shape }) => sum + shape[0], 0);
  const joined = allocateArray(parts[0].dtype, rows * widthOf(parts[0]));
  let at = 0;
  for (const part of parts) {
    joined.set(part.view(), at);
    at += part.size;
  }
  return asData(parts[0], rows, joined);
}

/** A batch of what `take` makes of every part. */
export function eachPart({ x, y, weight }: Batch, take: (part: Tensor) => Tensor): Batch {
  const taken: Batch = { x: Array.isArray(x) ? x.map(take) : take(x) };
  if (y !== undefined) taken.y = Array.isArray(y) ? y.map(take) : take(y);
  if (weight !== undefined) taken.weight = Array.isArray(weight) ? weight.map(take) : take(weight);
  return taken;
}

function asData(like: Tensor, rows: number, elements: ReturnType<typeof allocateArray>): Tensor {
  return new Tensor(dataStorage(like.dtype, elements, "batches"), Object.freeze([rows, ...like.shape.slice(1)]));
}

function toInputs(op: string, name: string, value: TensorLike | Tensor | Tensor[]): Inputs {
  if (isPlain(value)) {
    const list = Object.keys(value).join(", ");
    throw new ArgumentError(message(op, `${name} is an object; expected a tensor or a list of them`, `Write ${name}: [${list}].`));
  }
  if (!Array.isArray(value) || !value.some((one) => one instanceof Tensor)) return toTensor(value as TensorLike);
  for (const [i, one] of value.entries()) checkTensor(op, `${name}[${i}]`, one);
  return value as Tensor[];
}

function toTensor(value: TensorLike): Tensor {
  return value instanceof Tensor ? value : tensor(value);
}
