import { DTypeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { MAX_RANK, sizeOf } from "../tensor/shape.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { FileError } from "./error.js";
import { checkBytes, readFile } from "./file.js";
import { gunzip, isGzip } from "./gzip.js";
import { type Path, pathText } from "./node.js";

/** The element types by the third byte of the magic number. */
const TYPES: Readonly<Record<number, string>> = { 8: "uint8", 9: "int8", 11: "int16", 12: "int32", 13: "float32", 14: "float64" };

/**
 * A tensor from a file in the IDX format of MNIST, gzipped or not. The format is two zero bytes, the element type, the number of axes,
 * the extents as big-endian 32-bit numbers, and the elements in row-major order. Only uint8 elements are read.
 *
 * @param bytes the whole file
 * @throws FileError that says whether the magic number, the axes or the length are wrong
 * @throws DTypeError for other element types
 * @throws ArgumentError for anything but bytes
 * @example
 * const labels = await parseIdx(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1])); // [7, 2, 1]
 */
export async function parseIdx(bytes: Uint8Array | ArrayBuffer): Promise<Tensor> {
  checkArity("parseIdx", arguments.length, 1);
  return readIdx("parseIdx", bytes);
}

/**
 * Reads a tensor from an IDX file on disk, gzipped or not; see `parseIdx`.
 * @throws FileError, DTypeError
 * @example
 * const images = await loadIdx("t10k-images-idx3-ubyte.gz"); // [10000, 28, 28]
 */
export async function loadIdx(path: Path): Promise<Tensor> {
  checkArity("loadIdx", arguments.length, 1);
  return readIdx(`loadIdx: ${pathText("loadIdx", path)}`, await readFile(path, "loadIdx"));
}

/** @internal `parseIdx`, whose errors begin with the name `op` */
export async function readIdx(op: string, given: Uint8Array | ArrayBuffer): Promise<Tensor> {
  const whole = checkBytes(op, given);
  const packed = isGzip(whole);
  const bytes = packed ? await gunzip(op, whole, (begin) => announced(op, begin)) : whole;
  const shape = readShape(op, bytes);
  const header = 4 + 4 * shape.length;
  const [expected, found] = [sizeOf(shape), bytes.length - header];
  if (found !== expected) {
    const what = found < expected ? "it is truncated" : "it is too long";
    const count = packed && found > expected ? "more" : found;
    throw new FileError(message(op, `shape ${shapeText(shape)} needs ${expected} bytes, ${count} follow the header; ${what}`));
  }
  return new Tensor(dataStorage("uint8", bytes.slice(header), "parseIdx"), Object.freeze(shape));
}

/** The bytes of a whole file that begins so; null where its header is not there yet. */
function announced(op: string, begin: Uint8Array): number | null {
  if (begin.length < 4 || begin.length < 4 + 4 * begin[3]) return null;
  const shape = readShape(op, begin);
  return 4 + 4 * shape.length + sizeOf(shape);
}

function readShape(op: string, bytes: Uint8Array): number[] {
  if (bytes.length < 4) {
    throw new FileError(message(op, `the file has ${bytes.length} bytes; an IDX file has at least 8, so it is truncated`));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [zeros, type, rank] = [view.getUint16(0), bytes[2], bytes[3]];
  if (zeros !== 0 || TYPES[type] === undefined) {
    const magic = view.getUint32(0).toString(16).padStart(8, "0");
    throw new FileError(message(op, `the magic number is 0x${magic}; expected 0x000008 and the number of axes`, "This is no IDX file."));
  }
  if (TYPES[type] !== "uint8")
    throw new DTypeError(message(op, `the elements are ${TYPES[type]} (type 0x0${type.toString(16)}); expected uint8 (0x08)`));
  if (rank < 1 || rank > MAX_RANK) throw new FileError(message(op, `the number of axes is ${rank}; expected 1 to ${MAX_RANK}`));
  if (bytes.length < 4 + 4 * rank) {
    throw new FileError(message(op, `the file has ${bytes.length} bytes; the header alone has ${4 + 4 * rank}, so it is truncated`));
  }
  return Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
}
