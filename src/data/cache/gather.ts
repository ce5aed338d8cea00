import { dataStorage } from "../../tensor/storage.js";
import { Tensor } from "../../tensor/tensor.js";
import type { Batch } from "../../train/data.js";
import type { Assembler } from "../rows/batches.js";
import type { Window } from "../rows/windows.js";
import type { CachedField } from "./field.js";

/** A field as it lies in a row. */
export interface PlacedField extends CachedField {
  /** Where it begins among the numbers of a row. */
  readonly at: number;
  /** The place of each code among the categories. */
  readonly ranks: readonly number[] | null;
}

/** How a part of batches is made of fields. */
export interface PartSettings {
  readonly standardize: boolean;
  /** Whether missing numbers become the mean. */
  readonly fill: boolean;
}

/** Fills a part of a batch, row by row. */
interface Filler {
  fill(numbers: Float32Array, from: number, row: number): void;
  tensor(): Tensor;
}

/** Makes batches of the rows of a cache. @param width numbers of a row */
export function gather(
  width: number,
  x: readonly PlacedField[],
  y: PlacedField | null,
  weight: PlacedField | null,
  settings: PartSettings,
): (rows: number) => Assembler {
  const features = featuresOf(x, settings);
  return (rows) => {
    const parts: Record<string, Filler> = { x: features(rows) };
    if (y !== null) parts.y = targets(y, rows);
    if (weight !== null) parts.weight = values(weight, rows, [rows]);
    const fillers = Object.values(parts);
    let row = 0;
    return {
      take({ bytes: [bytes], order }: Window, from: number, to: number) {
        const numbers = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
        for (let i = from; i < to; i++, row++) for (const filler of fillers) filler.fill(numbers, order[i] * width, row);
      },
      done: () => Object.fromEntries(Object.entries(parts).map(([name, filler]) => [name, filler.tensor()])) as unknown as Batch,
    };
  };
}

/** The size from which the platform's copying is faster than a loop. */
const LONG = 16;

/** The features side by side: numbers as they are or standardized, each category in a place of its own. */
function featuresOf(fields: readonly PlacedField[], { standardize, fill }: PartSettings): (rows: number) => Filler {
  // Neighbours are copied together.
  const runs: { at: number; to: number; length: number }[] = [];
  const places: { at: number; to: number; ranks: readonly number[] }[] = [];
  const shift: number[] = [];
  const scale: number[] = [];
  let to = 0;
  for (const field of fields) {
    if (field.ranks !== null && field.categories !== null) {
      places.push({ at: field.at, to, ranks: field.ranks });
      to += field.categories.length;
      continue;
    }
    const last = runs.at(-1);
    if (last !== undefined && last.at + last.length === field.at && last.to + last.length === to) last.length += field.width;
    else runs.push({ at: field.at, to, length: field.width });
    for (let i = to; i < to + field.width; i++) {
      shift[i] = field.mean;
      scale[i] = standardize ? 1 / (field.std || 1) : 1;
    }
    to += field.width;
  }
  const width = to;
  return (rows) => {
    const out = new Float32Array(rows * width);
    return {
      fill(numbers, from, row) {
        const base = row * width;
        for (const { at, to, length } of runs) {
          if (length >= LONG) out.set(numbers.subarray(from + at, from + at + length), base + to);
          else for (let i = 0; i < length; i++) out[base + to + i] = numbers[from + at + i];
          if (!standardize && !fill) continue;
          for (let i = to; i < to + length; i++) {
            const value = out[base + i];
            const filled = Number.isNaN(value) ? shift[i] : value;
            out[base + i] = standardize ? (filled - shift[i]) * scale[i] : filled;
          }
        }
        for (const { at, to, ranks } of places) {
          const code = numbers[from + at];
          // What is missing is none of the categories.
          if (!Number.isNaN(code)) out[base + to + ranks[code]] = 1;
        }
      },
      tensor: () => new Tensor(dataStorage("float32", out, "cached"), Object.freeze([rows, width])),
    };
  };
}

/** Targets: classes and whole numbers as int32 [n], others as float32 [n, width]. */
function targets(field: PlacedField, rows: number): Filler {
  const { ranks, at } = field;
  if (ranks === null && !(field.isWhole && field.width === 1)) return values(field, rows, [rows, field.width]);
  const out = new Int32Array(rows);
  return {
    fill(numbers, from, row) {
      const code = numbers[from + at];
      out[row] = ranks === null ? code : ranks[code];
    },
    tensor: () => new Tensor(dataStorage("int32", out, "cached"), Object.freeze([rows])),
  };
}

function values({ at, width }: PlacedField, rows: number, shape: readonly number[]): Filler {
  const out = new Float32Array(rows * width);
  return {
    fill(numbers, from, row) {
      for (let i = 0; i < width; i++) out[row * width + i] = numbers[from + at + i];
    },
    tensor: () => new Tensor(dataStorage("float32", out, "cached"), Object.freeze([...shape])),
  };
}
