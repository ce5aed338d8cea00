import { ArgumentError, DTypeError, ShapeError } from "../../errors/errors.js";
import { kindText, message, shapeText } from "../../errors/message.js";
import { allocateArray, type DType, type NumberArray } from "../../memory/views.js";
import { isPlain } from "../../options/plain.js";
import { holds } from "../../tensor/dtype.js";
import { flatten, type TensorLike } from "../../tensor/nested.js";
import { type Shape, sizeOf } from "../../tensor/shape.js";
import { dataStorage } from "../../tensor/storage.js";
import { Tensor } from "../../tensor/tensor.js";

/** The numbers that fill up sequences which are shorter than the longest of their batch, by part. */
export type Padding = Readonly<Record<string, number>>;

/** The part of a record that is itself an array or a number. */
export const WHOLE = "";

/** What fills targets and weights up: what losses ignore, and what counts for nothing. */
const FILLERS = { y: -100, weight: 0 };

/** @param pad a number for x, or for records that are arrays; or numbers by part */
export function paddingOf(pad: number | Padding | null): Padding | null {
  if (pad === null) return null;
  return typeof pad === "number" ? { ...FILLERS, x: pad, [WHOLE]: pad } : { ...FILLERS, ...pad };
}

const OP = "batch";

/** Records one behind the other: see `Batched`. @throws ShapeError, DTypeError, ArgumentError for records that do not go together */
export function stackRecords(records: readonly unknown[], pad: Padding | null): unknown {
  return stack(records, WHOLE, pad);
}

/** @param part the name of the part that the values are, as errors say it */
function stack(values: readonly unknown[], part: string, pad: Padding | null): unknown {
  const [first] = values;
  if (Array.isArray(first) && first.some((one) => one instanceof Tensor)) return stackLists(values, first.length, part, pad);
  if (isPlain(first) && !(first instanceof Tensor)) return stackObjects(values, first, part, pad);
  return stackRows(values, part, pad?.[part]);
}

function stackObjects(values: readonly unknown[], first: object, part: string, pad: Padding | null): object {
  const names = Object.keys(first).filter((name) => (first as Record<string, unknown>)[name] !== undefined);
  const columns = names.map((): unknown[] => []);
  for (const [i, value] of values.entries()) {
    if (!isPlain(value)) throw unlike(part, i, kindText(value), "an object");
    const record = value as Record<string, unknown>;
    for (const [k, name] of names.entries()) {
      if (record[name] === undefined) throw unlike(part, i, `an object without ${name}`, `${names.join(", ")}, as the first one has`);
      columns[k].push(record[name]);
    }
    for (const name of Object.keys(record))
      if (record[name] !== undefined && !names.includes(name))
        throw unlike(part, i, `an object with ${name}`, `${names.join(", ")}, as the first one has`);
  }
  const path = part === WHOLE ? "" : `${part}.`;
  return Object.fromEntries(names.map((name, k) => [name, stack(columns[k], `${path}${name}`, pad)]));
}

function stackLists(values: readonly unknown[], length: number, part: string, pad: Padding | null): unknown[] {
  for (const [i, value] of values.entries())
    if (!Array.isArray(value) || value.length !== length) throw unlike(part, i, kindText(value), `a list of ${length} tensors`);
  return Array.from({ length }, (_, k) =>
    stackRows(
      values.map((value) => (value as unknown[])[k]),
      `${part}[${k}]`,
      pad?.[part],
    ),
  );
}

interface Row {
  readonly elements: ArrayLike<number | boolean>;
  readonly shape: Shape;
  readonly dtype: DType;
}

function stackRows(values: readonly unknown[], part: string, filler: number | undefined): Tensor {
  const rows = values.map((value, i) => rowOf(value, part, i));
  const [{ shape, dtype }] = rows;
  const isSequence = filler !== undefined && shape.length > 0;
  let longest = shape[0];
  for (const [i, row] of rows.entries()) {
    if (row.dtype !== dtype) {
      const problem = `${nameOf(part, i)} is of ${row.dtype}, ${nameOf(part, 0)} of ${dtype}; expected one type`;
      throw new DTypeError(message(OP, problem, "Let map give all records arrays of one type."));
    }
    if (!fits(row.shape, shape, isSequence)) {
      const isImage = row.shape.length === 3;
      const mend = isImage ? "Give images one size: imageFolder(path, { size: 64 })." : "To fill sequences up write batch(…, { pad: 0 }).";
      const problem = `${nameOf(part, i)} has shape ${shapeText(row.shape)}, ${nameOf(part, 0)} has ${shapeText(shape)}`;
      throw new ShapeError(message(OP, `${problem}; expected one shape`, row.shape.length === shape.length ? mend : undefined));
    }
    if (isSequence) longest = Math.max(longest, row.shape[0]);
  }
  const rowShape = isSequence ? [longest, ...shape.slice(1)] : shape;
  const width = sizeOf(rowShape);
  // A type that does not hold the filler would depend on whether a batch is filled up: so it never is.
  const kept = isSequence && !holds(dtype, filler) ? widerType(dtype, filler) : dtype;
  const elements: NumberArray = allocateArray(kept, rows.length * width);
  if (isSequence) elements.fill(filler);
  for (const [i, row] of rows.entries()) {
    if (width === 1) elements[i] = Number(row.elements[0] ?? filler);
    else elements.set(row.elements as ArrayLike<number>, i * width);
  }
  return new Tensor(dataStorage(kept, elements, OP), Object.freeze([rows.length, ...rowShape]));
}

/** Whether a row is of the shape of the first, but for the length of a sequence. */
function fits(shape: Shape, first: Shape, isSequence: boolean): boolean {
  return shape.length === first.length && shape.every((extent, axis) => extent === first[axis] || (isSequence && axis === 0));
}

function widerType(dtype: DType, filler: number): DType {
  return holds("int32", filler) && dtype !== "float32" ? "int32" : "float32";
}

function rowOf(value: unknown, part: string, index: number): Row {
  if (typeof value === "number") return { elements: [value], shape: [], dtype: "float32" };
  if (value instanceof Tensor) return { elements: value.view(), shape: value.shape, dtype: value.dtype };
  if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "number"))
    return { elements: value, shape: [value.length], dtype: "float32" };
  if (typeof value === "boolean" || Array.isArray(value) || ArrayBuffer.isView(value)) return flatten(value as TensorLike, undefined);
  const mend = "Let map make numbers of it: map(({ size, price }) => ({ x: [size], y: [price] })).";
  throw new ArgumentError(message(OP, `${nameOf(part, index)} is ${kindText(value)}; expected numbers or tensors`, mend));
}

function unlike(part: string, index: number, found: string, expected: string): ArgumentError {
  return new ArgumentError(message(OP, `${nameOf(part, index)} is ${found}; expected ${expected}`));
}

/** A part of a record of the batch, as errors name it. */
function nameOf(part: string, index: number): string {
  return part === WHOLE ? `record ${index} of the batch` : `${part} of record ${index} of the batch`;
}
