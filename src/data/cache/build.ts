import { ArgumentError } from "../../errors/errors.js";
import { didYouMean, kindText, message } from "../../errors/message.js";
import { FileError } from "../../io/error.js";
import { RecordError } from "../../io/recordError.js";
import { isPlain } from "../../options/plain.js";
import { Tensor } from "../../tensor/tensor.js";
import type { CsvSource } from "../csv/source.js";
import { FieldFigures } from "./field.js";
import { beginBytes, checksum, endBytes, rowBytesOf } from "./format.js";

/** The bytes of a block of rows, about: each is read by a call of its own. */
const BLOCK = 1 << 20;

/** Rows that come one after the other, as numbers side by side. */
interface RowMaker {
  readonly fields: readonly FieldFigures[];
  /** Parts of rows: how many there are, and what writes number i of them to a place. */
  parts(): AsyncGenerator<{ rows: number; write(row: number, into: Float32Array, at: number): void }, void, undefined>;
}

/** The bytes of a cache file, piece by piece. The memory of a piece is taken again for the next. @throws FileError */
export async function* cacheBytes(op: string, key: string, maker: RowMaker): AsyncGenerator<Uint8Array, void, undefined> {
  const width = rowBytesOf(maker.fields) / 4;
  const blockRows = Math.max(1, Math.floor(BLOCK / (4 * width)));
  const block = new Float32Array(blockRows * width);
  const bytes = new Uint8Array(block.buffer);
  const checksums: number[] = [];
  let rows = 0;
  let filled = 0;
  yield beginBytes();
  const take = (): Uint8Array => {
    const piece = bytes.subarray(0, 4 * filled * width);
    checksums.push(checksum(piece));
    filled = 0;
    return piece;
  };
  for await (const part of maker.parts()) {
    for (let row = 0; row < part.rows; row++) {
      part.write(row, block, filled++ * width);
      rows++;
      if (filled === blockRows) yield take();
    }
  }
  if (filled > 0) yield take();
  if (rows === 0) throw new FileError(message(op, "there are no records to be cached"));
  const results = maker.fields.map((field) => field.result(op));
  const [fields, ranks] = [results.map(({ field }) => field), results.map((result) => result.ranks)];
  yield endBytes({ version: 1, key, rows, blockRows, fields, ranks, checksums });
}

/** @throws ArgumentError for a name that is dropped and that there is not */
function checkDropped(op: string, drop: readonly string[], names: readonly string[]): void {
  const unknown = drop.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const mend = `There are ${names.join(", ")}.${didYouMean(unknown, names)}`;
  throw new ArgumentError(message(op, `there is no field ${kindText(unknown)}, which is to be dropped`, mend));
}

/** The rows of a CSV file, without an object for each. */
export async function csvRows(op: string, source: CsvSource, drop: readonly string[]): Promise<RowMaker> {
  const head = await source.head();
  const isNumber = head.readings.map((reading) => reading === "number");
  const [numbers, texts] = [isNumber.filter(Boolean).length, isNumber.filter((is) => !is).length];
  let [number, text] = [0, 0];
  checkDropped(op, drop, head.names);
  const columns = head.names.map((name, i) => ({ name, isNumber: isNumber[i], slot: isNumber[i] ? number++ : text++ }));
  const kept = columns.filter(({ name }) => !drop.includes(name));
  const fields = kept.map((column) => new FieldFigures(column.name, 1, !column.isNumber));
  return {
    fields,
    async *parts() {
      for await (const block of source.blocks()) {
        const { rows, bad } = block;
        // The rows before a bad one are of no use to a file that is written whole or not at all.
        if (bad.length > 0) throw bad[0].error;
        const write = (row: number, into: Float32Array, at: number): void => {
          for (let i = 0; i < kept.length; i++) {
            const { slot } = kept[i];
            if (kept[i].isNumber) {
              const value = block.numbers[row * numbers + slot];
              into[at + i] = value;
              fields[i].add(value);
            } else into[at + i] = fields[i].code(op, block.texts[row * texts + slot]);
          }
        };
        yield { rows, write };
      }
    },
  };
}

/** The rows of records: objects of numbers, texts, booleans, arrays and tensors. */
export async function recordRows(op: string, records: AsyncIterable<unknown>, drop: readonly string[]): Promise<RowMaker> {
  const iterator = records[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) throw new FileError(message(op, "there are no records to be cached"));
  const names = isPlain(first.value) ? Object.keys(first.value).filter((name) => !drop.includes(name)) : [];
  if (names.length === 0) {
    await iterator.return?.();
    throw new RecordError(op, `it is ${kindText(first.value)}; expected an object of numbers, texts and arrays`, { index: 0 });
  }
  const given = first.value as Record<string, unknown>;
  checkDropped(op, drop, Object.keys(given));
  const fields = names.map((name) => new FieldFigures(name, widthOf(given[name]), typeof given[name] === "string"));
  let index = 0;
  const write = (record: unknown, into: Float32Array, at: number): void => {
    let place = at;
    for (const field of fields) {
      const value = isPlain(record) ? record[field.name] : undefined;
      if (!fits(field, value)) {
        const expected = field.isText ? "a text" : field.width === 1 ? "a number" : `${field.width} numbers`;
        throw new RecordError(op, `field ${kindText(field.name)} is ${kindText(value)}; expected ${expected}, as in the first`, { index });
      }
      if (field.isText) into[place] = field.code(op, value as string | null);
      else if (field.width === 1 && !isArray(value)) {
        const number = value === null ? Number.NaN : Number(value);
        into[place] = number;
        field.add(number);
      } else {
        const list = elementsOf(value);
        for (let i = 0; i < field.width; i++) {
          into[place + i] = list[i];
          field.add(list[i]);
        }
      }
      place += field.width;
    }
    index++;
  };
  return {
    fields,
    async *parts() {
      try {
        for (let step: IteratorResult<unknown> = first; !step.done; step = await iterator.next()) {
          const { value } = step;
          yield { rows: 1, write: (_, into, at) => write(value, into, at) };
        }
      } finally {
        await iterator.return?.();
      }
    },
  };
}

function isArray(value: unknown): boolean {
  return Array.isArray(value) || ArrayBuffer.isView(value) || value instanceof Tensor;
}

function elementsOf(value: unknown): ArrayLike<number> {
  return value instanceof Tensor ? value.view() : (value as ArrayLike<number>);
}

/** The numbers of a field. */
function widthOf(value: unknown): number {
  return isArray(value) ? Math.max(1, elementsOf(value).length) : 1;
}

function fits(field: FieldFigures, value: unknown): boolean {
  if (field.isText) return value === null || typeof value === "string";
  if (!isArray(value)) return field.width === 1 && (value === null || typeof value === "number" || typeof value === "boolean");
  const list = elementsOf(value);
  return list.length === field.width && (!Array.isArray(value) || value.every((each) => typeof each === "number"));
}
