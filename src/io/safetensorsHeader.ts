import { DTypeError, ShapeError } from "../errors/errors.js";
import { didYouMean, kindText, listText, message, shapeText } from "../errors/message.js";
import { MAX_RANK } from "../tensor/shape.js";
import { FORMATS } from "./elements.js";
import { FileError } from "./error.js";

/** The longest header that is read: the limit of the format's own reader. */
export const MAX_HEADER_BYTES = 100_000_000;

/** The name of the one entry of the header that is not a tensor. */
export const METADATA = "__metadata__";

/** A tensor as the header describes it. */
export interface Entry {
  name: string;
  /** A key of FORMATS. */
  format: string;
  shape: readonly number[];
  /** First byte of the elements, counted from the end of the header. */
  begin: number;
  /** The byte after the last byte of the elements. */
  end: number;
}

export interface Header {
  /** The entries in the order of their bytes. Together they cover all bytes behind the header, without overlap or gap. */
  entries: Entry[];
  metadata: Record<string, string>;
  /** The byte of the file at which the elements begin. */
  start: number;
}

/** Bytes at the beginning of a file that hold the header's length. */
export const LENGTH_BYTES = 8;

/**
 * The byte of the file at which the elements begin.
 * @param first the first LENGTH_BYTES bytes of the file, or all of a shorter one @param size bytes of the whole file
 * @throws FileError
 */
export function headerEnd(op: string, first: Uint8Array, size: number): number {
  if (size < LENGTH_BYTES) {
    throw new FileError(message(op, `the file has ${size} bytes; the header's length alone has 8, so it is truncated`));
  }
  const length = new DataView(first.buffer, first.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw new FileError(
      message(op, `the header's length is ${length} bytes; at most ${MAX_HEADER_BYTES} are allowed`, "This is no safetensors file."),
    );
  }
  if (length > size - LENGTH_BYTES) {
    throw new FileError(message(op, `the header has ${length} bytes, ${size - LENGTH_BYTES} are there; the file is truncated`));
  }
  return LENGTH_BYTES + Number(length);
}

/**
 * Reads and checks everything but the elements.
 * @param head the file up to its first element @param size bytes of the whole file
 * @throws FileError, DTypeError, ShapeError
 */
export function readHeader(op: string, head: Uint8Array, size: number): Header {
  const json = headerObject(op, head.subarray(LENGTH_BYTES), "header");
  const metadata = Object.hasOwn(json, METADATA) ? json[METADATA] : {};
  checkMetadata(op, metadata);
  const entries: Entry[] = [];
  for (const name of Object.keys(json)) if (name !== METADATA) entries.push(readEntry(op, name, json[name]));
  checkPlaces(op, entries, size - head.length);
  return { entries, metadata, start: head.length };
}

/** The object that is written as JSON. @param what what errors call it @throws FileError for anything else, and for keys that stand twice */
export function headerObject(op: string, bytes: Uint8Array, what: string): Record<string, unknown> {
  const bad = (problem: string) => new FileError(message(op, `bad ${what}: ${problem}`));
  if (bytes[0] !== 0x7b) throw bad(`it must begin with "{"${bytes.length === 0 ? " and is empty" : ""}`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw bad("it is not UTF-8");
  }
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text);
  } catch {
    throw bad("it is not JSON");
  }
  const twice = duplicateKey(text);
  if (twice !== null) throw bad(`${kindText(twice)} is named twice`);
  return json;
}

const [OPEN, CLOSE, QUOTE, BACKSLASH] = [0x7b, 0x7d, 0x22, 0x5c];

/** A key that stands twice in one object of valid JSON, or null. JSON.parse would silently keep the last value. */
function duplicateKey(json: string): string | null {
  const open: Set<string>[] = [];
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === OPEN) open.push(new Set());
    else if (code === CLOSE) open.pop();
    else if (code === QUOTE) {
      const from = i++;
      let plain = true;
      for (let next = json.charCodeAt(i); next !== QUOTE; next = json.charCodeAt(++i)) {
        if (next !== BACKSLASH) continue;
        plain = false;
        i++;
      }
      let after = i + 1;
      while (" \t\r\n".includes(json[after])) after++;
      if (json[after] !== ":") continue;
      const key = plain ? json.slice(from + 1, i) : (JSON.parse(json.slice(from, i + 1)) as string);
      const keys = open[open.length - 1];
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return null;
}

function checkMetadata(op: string, metadata: unknown): asserts metadata is Record<string, string> {
  const problem = (text: string) => new FileError(message(op, `bad header: ${text}; expected texts by name`));
  if (!isObject(metadata)) throw problem(`${METADATA} is no object`);
  const other = Object.keys(metadata).find((name) => typeof metadata[name] !== "string");
  if (other !== undefined) throw problem(`${METADATA} has ${kindText(other)}: ${kindText(metadata[other])}`);
}

function readEntry(op: string, name: string, entry: unknown): Entry {
  const what = `tensor ${kindText(name)}`;
  const bad = (problem: string) => new FileError(message(op, `bad header: ${what} ${problem}`));
  if (!isObject(entry)) throw bad("is no object; expected dtype, shape and data_offsets");
  for (const key of ["dtype", "shape", "data_offsets"]) if (entry[key] === undefined) throw bad(`has no ${key}`);
  const { dtype, shape, data_offsets: offsets } = entry;

  if (typeof dtype !== "string" || !Object.hasOwn(FORMATS, dtype)) {
    const known = Object.keys(FORMATS);
    const mend = `Known: ${known.join(", ")}.${typeof dtype === "string" ? didYouMean(dtype, known) : ""}`;
    throw new DTypeError(message(op, `${what} has dtype ${kindText(dtype)}`, mend));
  }
  if (!isCounts(shape)) throw bad(`has shape ${valueText(shape)}; expected an array of whole numbers ≥ 0`);
  if (shape.length > MAX_RANK)
    throw new ShapeError(message(op, `${what} has ${shape.length} axes, shape ${listText(shape)}; at most ${MAX_RANK}`));
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw bad(`has data_offsets ${valueText(offsets)}; expected [begin, end] with begin ≤ end`);
  }

  const [begin, end] = offsets;
  // A BigInt, since the product may be above 2⁵³.
  const needed = shape.reduce((size, extent) => size * BigInt(extent), BigInt(FORMATS[dtype].bytes));
  if (needed !== BigInt(end - begin)) {
    const given = `data_offsets [${begin}, ${end}] hold ${end - begin}`;
    throw bad(`of ${dtype} and shape ${shapeText(shape)} needs ${needed} bytes; its ${given}`);
  }
  return { name, format: dtype, shape, begin, end };
}

/** Sorts the entries by place. @throws FileError unless they cover every byte exactly once */
function checkPlaces(op: string, entries: Entry[], size: number): void {
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  let last = "";
  for (const { name, begin, end } of entries) {
    if (begin < covered) {
      throw new FileError(
        message(
          op,
          `tensors ${kindText(last)} and ${kindText(name)} overlap: ${kindText(name)} begins at byte ${begin}, ${kindText(last)} ends at ${covered}`,
        ),
      );
    }
    if (begin > covered) {
      const after = covered === 0 ? "the header" : `tensor ${kindText(last)}`;
      throw new FileError(
        message(op, `missing bytes: ${covered} to ${begin}, between ${after} and tensor ${kindText(name)}, belong to no tensor`),
      );
    }
    covered = end;
    last = name;
  }
  if (covered > size) throw new FileError(message(op, `the tensors have ${covered} bytes, ${size} are there; the file is truncated`));
  if (covered < size)
    throw new FileError(message(op, `the tensors have ${covered} bytes, ${size} are there; the rest belongs to no tensor`));
}

/** A value of the header: a list with what is in it, cut where it is long or deep. */
function valueText(value: unknown): string {
  return Array.isArray(value) ? listText(value) : kindText(value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}
