import { DTypeError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import type { DType } from "../memory/views.js";
import { MAX_RANK } from "../tensor/shape.js";
import { FORMATS } from "./elements.js";
import { FileError } from "./error.js";

/**
 * The header of a .npy file: the magic string, the version, the length of a text, and the text, which is a dictionary of Python with
 * element type, order and shape. Version 1.0 has a length of two bytes, 2.0 of four; 3.0 has its text in UTF-8.
 */
export interface NpyHeader {
  /** A name of FORMATS. */
  format: string;
  /** Whether the most significant byte of an element stands first. */
  bigEndian: boolean;
  shape: number[];
  /** Whether the first axis runs fastest. */
  fortran: boolean;
}

/** The bytes that tell where the elements begin. */
export const NPY_FIRST = 12;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** The longest text that is read. numpy itself refuses more than 10,000 characters. */
const MAX_TEXT_BYTES = 65_535;

/** The names of the element types, of numpy and of safetensors. */
const TYPES: Readonly<Record<string, string>> = {
  f8: "F64",
  f4: "F32",
  f2: "F16",
  i8: "I64",
  i4: "I32",
  i2: "I16",
  i1: "I8",
  u8: "U64",
  u4: "U32",
  u2: "U16",
  u1: "U8",
  b1: "BOOL",
};

/** What other element types are, and what to write in Python instead. */
const OTHERS: Readonly<Record<string, readonly [what: string, mend: string]>> = {
  O: ["Python objects; they are pickled, and what is pickled may run code", 'Save a.astype("float32") in Python.'],
  U: ["strings", "Save numbers in Python: np.unique(a, return_inverse=True)[1]."],
  S: ["strings of bytes", "Save numbers in Python: np.unique(a, return_inverse=True)[1]."],
  c: ["complex numbers", "Save a.real and a.imag in Python."],
  f: ["longer than 64 bits", 'Save a.astype("float64") in Python.'],
  M: ["dates", "Save the days or seconds since a date in Python."],
  m: ["spans of time", 'Save a.astype("float64") in Python.'],
  V: ["records of several fields, or raw bytes", 'Save each field in Python: a["name"].'],
};

const NO_NPY = "This is no .npy file.";

/**
 * The byte of the file at which the elements begin.
 * @param first the first NPY_FIRST bytes of the file, or all of a shorter one @param size bytes of the whole file
 * @throws FileError
 */
export function npyStart(op: string, first: Uint8Array, size: number): number {
  if (size < 10) throw new FileError(message(op, `the file has ${size} bytes; the magic string, version and length alone have 10`, NO_NPY));
  if (MAGIC.some((byte, i) => first[i] !== byte)) throw new FileError(message(op, "it does not begin with \\x93NUMPY", NO_NPY));
  const [major, minor] = [first[6], first[7]];
  if (major < 1 || major > 3 || minor !== 0) throw new FileError(message(op, `the version is ${major}.${minor}; expected 1.0, 2.0 or 3.0`));
  const head = major === 1 ? 10 : 12;
  if (size < head) throw new FileError(message(op, `the file has ${size} bytes; it is truncated`));
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_TEXT_BYTES) throw new FileError(message(op, `the header has ${length} bytes; at most ${MAX_TEXT_BYTES} are read`));
  if (length > size - head)
    throw new FileError(message(op, `the header has ${length} bytes, ${size - head} are there; the file is truncated`));
  return head + length;
}

/**
 * Reads and checks everything but the elements.
 * @param head the file up to its first element @param size bytes of the whole file
 * @throws FileError, DTypeError, ShapeError
 */
export function readNpyHeader(op: string, head: Uint8Array, size: number): NpyHeader {
  const { descr, fortran_order: order, shape: axes } = dictionary(op, head);
  const [format, bigEndian] = elementType(op, descr);
  if (order !== "True" && order !== "False") throw bad(op, `fortran_order is ${order ?? "missing"}; expected True or False`);
  const shape = shapeOf(op, axes);
  // A BigInt, since the product may be above 2⁵³.
  const needed = shape.reduce((product, extent) => product * BigInt(extent), BigInt(FORMATS[format].bytes));
  const found = size - head.length;
  if (needed !== BigInt(found)) {
    const what = needed > found ? "it is truncated" : "a file of one array ends there";
    throw new FileError(message(op, `shape ${shapeText(shape)} of ${format} needs ${needed} bytes, ${found} follow the header; ${what}`));
  }
  return { format, bigEndian, shape, fortran: order === "True" };
}

function bad(op: string, problem: string): FileError {
  return new FileError(message(op, `bad header: ${problem}`));
}

/** The values of the dictionary as they are written, strings without their quotes. */
function dictionary(op: string, head: Uint8Array): Partial<Record<string, string>> {
  const version = head[6];
  let text: string;
  try {
    const bytes = head.subarray(version === 1 ? 10 : 12);
    text = new TextDecoder(version === 3 ? "utf-8" : "latin1", { fatal: true }).decode(bytes);
  } catch {
    throw bad(op, "it is not UTF-8");
  }
  const found: Partial<Record<string, string>> = {};
  const begin = /^\s*\{\s*/.exec(text);
  if (begin === null) throw bad(op, 'it must begin with "{"');
  const item = /(['"])(\w+)\1\s*:\s*(?:(['"])([^'"]*)\3|(True|False|\([\dL,\s]*\)|\[.*\]))\s*(?:,\s*|(?=\}))/y;
  item.lastIndex = begin[0].length;
  let end = item.lastIndex;
  for (let match = item.exec(text); match !== null; match = item.exec(text)) {
    const [, , key, , string, other] = match;
    if (found[key] !== undefined) throw bad(op, `${kindText(key)} is named twice`);
    found[key] = string ?? other;
    end = item.lastIndex;
  }
  if (!/^\}\s*$/.test(text.slice(end))) throw bad(op, `it cannot be read from ${kindText(text.slice(end))} on`);
  const other = Object.keys(found).find((key) => !["descr", "fortran_order", "shape"].includes(key));
  if (other !== undefined) throw bad(op, `it has ${kindText(other)}; expected descr, fortran_order and shape`);
  return found;
}

function elementType(op: string, descr: string | undefined): [format: string, bigEndian: boolean] {
  const [, order, kind, width] = /^([<>|=])?([a-zA-Z])(\d*)(?:\[\w+\])?$/.exec(descr ?? "") ?? [];
  const format = TYPES[kind + width];
  if (format !== undefined) return [format, order === ">"];
  const [what, mend] = OTHERS[descr?.startsWith("[") ? "V" : kind] ?? [];
  if (what === undefined) throw bad(op, `descr is ${descr === undefined ? "missing" : kindText(descr)}; expected an element type`);
  throw new DTypeError(message(op, `the elements, ${kindText(descr)}, are ${what}`, mend));
}

function shapeOf(op: string, tuple: string | undefined): number[] {
  const wrong = () => bad(op, `shape is ${tuple === undefined ? "missing" : kindText(tuple)}; expected whole numbers, such as (2, 3)`);
  if (tuple === undefined || !tuple.startsWith("(")) throw wrong();
  const parts = tuple
    .slice(1, -1)
    .split(",")
    .map((part) => part.trim());
  // A tuple of one number has a comma behind it; without it Python reads a number.
  if (parts.length === 1 && parts[0] !== "") throw wrong();
  if (parts[parts.length - 1] === "") parts.pop();
  if (parts.length > MAX_RANK) throw new ShapeError(message(op, `the array has ${parts.length} axes; at most ${MAX_RANK}`));
  return parts.map((part) => {
    // Python 2 wrote its long numbers with an L.
    const extent = /^\d+L?$/.test(part) ? Number.parseInt(part, 10) : Number.NaN;
    if (!Number.isSafeInteger(extent)) throw wrong();
    return extent;
  });
}

const DESCR: Readonly<Record<DType, string>> = { float64: "<f8", float32: "<f4", int32: "<i4", uint8: "|u1", bool: "|b1" };

/** The bytes before the elements, as numpy writes them: filled up with spaces to a multiple of 64. */
export function npyHead(dtype: DType, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': '${DESCR[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const size = Math.ceil((10 + text.length + 1) / 64) * 64;
  const head = new Uint8Array(size).fill(0x20);
  head.set([...MAGIC, 1, 0, (size - 10) & 255, (size - 10) >> 8]);
  head.set(new TextEncoder().encode(text), 10);
  head[size - 1] = 0x0a;
  return head;
}
