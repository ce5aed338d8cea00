import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import * as kernels from "../kernels/generated.js";
import { allocateTemporary, releaseTemporary } from "../memory/heap.js";
import { views } from "../memory/memory.js";
import { blockView } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import { shareOf } from "../options/share.js";
import { checkTensor } from "../tensor/check.js";
import { tensor } from "../tensor/creation.js";
import type { TensorLike } from "../tensor/nested.js";
import { rowsOf } from "../tensor/rows.js";
import { Tensor } from "../tensor/tensor.js";

/** Samples with their labels. `fit`, `evaluate` and `batches` take them in this form. */
export interface Labelled {
  x: Tensor;
  y: Tensor;
}

/** A data set for classification. */
export interface Dataset {
  train: Labelled;
  test: Labelled;
  /** The names of the classes: label i means classNames[i]. */
  classNames: readonly string[];
}

/** A part of samples, such as `x` or `y`, with the samples along the first axis. */
export type Part = TensorLike | readonly Tensor[] | undefined;

/** The same parts with a selection of the samples, as tensors. */
export type Some<T> = { [K in keyof T]: NonNullable<T[K]> extends readonly Tensor[] ? Tensor[] : Tensor };

/** A share of the samples, or their number. */
const share = option<number, { required: true }>(
  "a share above 0 and below 1, or a whole number of samples",
  (value) => typeof value === "number" && value > 0 && (value < 1 || Number.isSafeInteger(value)),
  { required: true },
);

const SPLIT = {
  /** Test samples: a share of all samples, above 0 and below 1, or their number, from 1. Required. */
  test: share,
  /** Whether samples are shuffled first. If not, the last ones are for testing, and those before them for validation. Default true. */
  shuffle: flag({ default: true }),
  /** Whether every class of `y` [n] has the same share in each part, as far as whole numbers allow. Default false. */
  stratify: flag({ default: false }),
  /**
   * The group of each sample, numbers or texts: no group is in two parts. Shares and numbers are then of groups. Default null: each sample by
   * itself.
   */
  groups: option<Tensor | ArrayLike<number> | readonly string[], { default: null }>(
    "a list of groups",
    (value) => typeof value === "object",
    {
      default: null,
    },
  ),
  /** Seed of the order, a whole number from 0 to 2⁵³ − 1; `manualSeed` has no influence. Default 0. */
  seed: number({ default: 0, min: 0, whole: true, aka: ["randomState"] }),
};

const TRAIN_TEST_SPLIT = declare("trainTestSplit", SPLIT);
const TRAIN_VALIDATION_TEST_SPLIT = declare("trainValidationTestSplit", {
  ...SPLIT,
  /** Validation samples: a share of all samples, above 0 and below 1, or their number, from 1. Required. */
  validation: share,
});

/** Options of `trainTestSplit`. */
export interface SplitOptions extends OptionsOf<typeof TRAIN_TEST_SPLIT> {}

/** Options of `trainValidationTestSplit`. */
export interface ThreeWaySplitOptions extends OptionsOf<typeof TRAIN_VALIDATION_TEST_SPLIT> {}

/**
 * Splits samples in two.
 *
 * @param data { x, y, … }: tensors, arrays, or lists of tensors, with n samples along the first axis
 * @param options.test share above 0 and below 1, or number of samples; a share of n is rounded
 * @param options.groups the group of each sample, numbers or texts: no group is in both, and `test` counts groups
 * @returns { train, test } with the same parts, copied
 * @throws ArgumentError for an invalid option, and if train or test would be empty
 * @throws ShapeError for parts of different lengths
 * @example
 * const { train, test } = trainTestSplit({ x, y }, { test: 0.2, stratify: true });
 */
export function trainTestSplit<T extends Record<keyof T, Part>>(data: T, options: SplitOptions): { train: Some<T>; test: Some<T> } {
  const { op } = TRAIN_TEST_SPLIT;
  checkArity(op, arguments.length, 2);
  const settings = TRAIN_TEST_SPLIT.readOptions(options);
  const [train, test] = split(op, data, { test: settings.test }, settings);
  return { train, test };
}

/**
 * Splits samples in three; see `trainTestSplit`. The test samples are the same whatever `validation` is.
 *
 * @param options.validation validation samples: a share of all samples, or their number
 * @returns { train, validation, test }
 * @throws ArgumentError, ShapeError
 * @example
 * const { train, validation, test } = trainValidationTestSplit({ x, y }, { validation: 0.25, test: 0.25 });
 */
export function trainValidationTestSplit<T extends Record<keyof T, Part>>(
  data: T,
  options: ThreeWaySplitOptions,
): { train: Some<T>; validation: Some<T>; test: Some<T> } {
  const { op } = TRAIN_VALIDATION_TEST_SPLIT;
  checkArity(op, arguments.length, 2);
  const settings = TRAIN_VALIDATION_TEST_SPLIT.readOptions(options);
  const [train, test, validation] = split(op, data, { test: settings.test, validation: settings.validation }, settings);
  return { train, validation, test };
}

/** Splits samples into the wanted parts, which are taken one after the other, and `train`, which gets the rest. */
function split<T extends Record<keyof T, Part>>(
  op: string,
  data: T,
  wanted: Record<string, number>,
  { shuffle, stratify, seed, groups }: { shuffle: boolean; stratify: boolean; seed: number; groups: object | null },
): Some<T>[] {
  const { parts, n: rows } = checkParts(op, data);
  if (groups !== null && stratify) throw new ArgumentError(message(op, "stratify and groups are both given", "Choose one."));
  const unitOf = groups === null ? null : numbered(op, groups instanceof Tensor ? groups.view() : (groups as ArrayLike<number>), rows);
  const n = unitOf === null ? rows : new Set(unitOf).size;
  const sizes = Object.values(wanted).map((share) => (share < 1 ? Math.round(shareOf(n, share)) : share));
  const taken = sizes.reduce((sum, size) => sum + size, 0);
  if (taken >= n || sizes.includes(0)) {
    const counts = Object.keys(wanted).map((name, i) => `${sizes[i]} for ${name}`);
    throw new ArgumentError(
      message(
        op,
        `of ${n} ${unitOf === null ? "samples" : "groups"} ${counts.join(" and ")} would leave ${n - taken} for train; no part may be empty`,
      ),
    );
  }

  const labels = stratify ? classes(op, parts.get("y")) : new Float64Array(n);
  const inOrder = (count: number): Int32Array => (shuffle ? shuffled(count, seed) : Int32Array.from({ length: count }, (_, i) => i));
  const order = inOrder(n);
  const part = new Uint8Array(n);
  // The wanted parts are taken from the end, so that without shuffling a test set follows its training set.
  const backwards = order.slice().reverse();
  for (const [i, size] of sizes.entries()) assign(part, i + 1, size, backwards, labels);
  const all = unitOf === null ? order : inOrder(rows);
  const partOf = (row: number): number => part[unitOf === null ? row : unitOf[row]];
  return [0, ...sizes].map(
    (_, i) =>
      takeRows(
        parts,
        all.filter((row) => partOf(row) === i),
      ) as Some<T>,
  );
}

/** The number of each sample's group, in the order in which they are met. @throws ShapeError */
function numbered(op: string, groups: ArrayLike<number>, rows: number): number[] {
  if (groups.length !== rows) throw new ShapeError(message(op, `there are ${rows} samples, but ${groups.length} groups`));
  const numbers = new Map<unknown, number>();
  return Array.from(groups, (group) => {
    if (!numbers.has(group)) numbers.set(group, numbers.size);
    return numbers.get(group) as number;
  });
}

/** Moves `size` rows from part 0 to part `mark`: of each class a proportional number of rows, the first in `order`. */
function assign(part: Uint8Array, mark: number, size: number, order: Int32Array, labels: ArrayLike<number>): void {
  const rest = new Map<number, number[]>();
  let left = 0;
  for (const row of order) {
    if (part[row] !== 0) continue;
    const rows = rest.get(labels[row]);
    if (rows) rows.push(row);
    else rest.set(labels[row], [row]);
    left++;
  }
  // Classes with the largest remainders get one row more; of equal ones the smaller label. All numbers are whole.
  const groups = [...rest]
    .sort(([a], [b]) => a - b)
    .map(([, rows]) => ({ rows, count: Math.floor((size * rows.length) / left), remainder: (size * rows.length) % left }));
  let missing = groups.reduce((sum, { count }) => sum - count, size);
  for (const group of [...groups].sort((a, b) => b.remainder - a.remainder)) if (missing-- > 0) group.count++;
  for (const { rows, count } of groups) for (const row of rows.slice(0, count)) part[row] = mark;
}

/** All parts as tensors, and the number of samples. */
export function checkParts(op: string, data: object): { parts: Map<string, Tensor | Tensor[]>; n: number } {
  if (data === null || typeof data !== "object" || data instanceof Tensor || Array.isArray(data)) {
    throw new ArgumentError(message(op, "the data are no object", "Write { x, y }."));
  }
  const parts = new Map<string, Tensor | Tensor[]>();
  for (const [name, value] of Object.entries(data) as [string, Part][])
    if (value !== undefined) parts.set(name, toTensors(op, name, value));
  const all = [...parts].flatMap(([name, part]) => [part].flat().map((one) => ({ name, one })));
  if (all.length === 0) throw new ArgumentError(message(op, "the data have no parts", "Write { x, y }."));
  const n = all[0].one.shape[0];
  for (const { name, one } of all) {
    if (one.rank === 0 || one.shape[0] !== n) {
      const expected = n === undefined ? "samples along the first axis" : `[${n}, …] as of ${all[0].name}`;
      throw new ShapeError(message(op, `${name} has shape ${shapeText(one.shape)}; expected ${expected}`));
    }
  }
  return { parts, n };
}

function toTensors(op: string, name: string, value: TensorLike | readonly Tensor[]): Tensor | Tensor[] {
  if (value instanceof Tensor) return value;
  if (!Array.isArray(value) || !value.some((one) => one instanceof Tensor)) return tensor(value as TensorLike);
  for (const [i, one] of value.entries()) checkTensor(op, `${name}[${i}]`, one);
  return value as Tensor[];
}

function classes(op: string, y: Tensor | Tensor[] | undefined): ArrayLike<number> {
  if (y instanceof Tensor && y.rank === 1) return y.view();
  const found = y === undefined ? "there is no y" : Array.isArray(y) ? "y is a list" : `y has shape ${shapeText(y.shape)}`;
  throw new ShapeError(message(op, `stratify needs the classes in y; ${found}, expected [n]`, "Take argmax(…) of one-hot rows."));
}

/** The numbers 0 … n − 1 in an order that depends on the seed alone: they are sorted by random bits. */
export function shuffled(n: number, seed: number): Int32Array {
  const out = allocateTemporary(4 * n);
  const counter = allocateTemporary(8);
  try {
    views.u32.fill(0, counter >>> 2, (counter >>> 2) + 2);
    kernels.randomBits({ out, counter, key0: seed >>> 0, key1: Math.floor(seed / 4294967296) }, 0, n);
    const bits = blockView("int32", out, n).slice();
    return Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => bits[a] - bits[b] || a - b);
  } finally {
    releaseTemporary(out, 4 * n);
    releaseTemporary(counter, 8);
  }
}

/** All parts with the given rows, in that order. */
export function takeRows(parts: Map<string, Tensor | Tensor[]>, rows: Int32Array): Record<string, Tensor | Tensor[]> {
  const take = (one: Tensor): Tensor => rowsOf("trainTestSplit", one, rows);
  return Object.fromEntries([...parts].map(([name, part]) => [name, Array.isArray(part) ? part.map(take) : take(part)]));
}
