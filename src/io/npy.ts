import type { NumberArray } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { checkTensor } from "../tensor/check.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { decode, FORMATS } from "./elements.js";
import { asItIs } from "./encode.js";
import { checkBytes, joined, withFile } from "./file.js";
import { type Path, pathText } from "./node.js";
import { NPY_FIRST, type NpyHeader, npyHead, npyStart, readNpyHeader } from "./npyHeader.js";
import { writeFile } from "./write.js";

/**
 * The array of a .npy file, numpy's own format: versions 1.0 to 3.0, elements of either order of bytes, in C or Fortran order.
 *
 * f8, f4, i4, u1 and b1 keep their type; f2 becomes float32; i1, i2, i8, u2, u4 and u8 become int32, if all elements fit.
 *
 * @param bytes the whole file, whose elements are copied
 * @throws FileError that says what is wrong, such as a truncated file
 * @throws DTypeError for strings, complex numbers, dates, records and Python objects, ShapeError for more than eight axes
 * @example
 * parseNpy(serializeNpy(tensor([1, 2]))); // [1, 2]
 */
export function parseNpy(bytes: Uint8Array | ArrayBuffer): Tensor {
  checkArity("parseNpy", arguments.length, 1);
  return npyTensor("parseNpy", checkBytes("parseNpy", bytes));
}

/**
 * `parseNpy`, whose errors begin with the name `op`.
 * @internal
 * @param own whether nobody else has the bytes: the elements then stay where they are, if they are aligned
 */
export function npyTensor(op: string, file: Uint8Array, own = false): Tensor {
  const start = npyStart(op, file, file.length);
  const header = readNpyHeader(op, file.subarray(0, start), file.length);
  const stay = own && file.length === file.buffer.byteLength && start % 8 === 0;
  return tensorOf(op, header, stay ? file.subarray(start) : file.slice(start));
}

/**
 * Reads an array from a .npy file on disk; see `parseNpy`.
 * @param path path of the file, or a file: URL
 * @throws FileError, DTypeError, ShapeError
 * @example
 * await saveNpy("x.npy", tensor([1, 2]));
 * const x = await loadNpy("x.npy"); // [1, 2]
 */
export async function loadNpy(path: Path): Promise<Tensor> {
  checkArity("loadNpy", arguments.length, 1);
  const op = `loadNpy: ${pathText("loadNpy", path)}`;
  return withFile(path, "loadNpy", async ({ size, read }) => {
    const start = npyStart(op, await read(0, Math.min(NPY_FIRST, size)), size);
    const header = readNpyHeader(op, await read(0, start), size);
    return tensorOf(op, header, await read(start, size));
  });
}

/**
 * The bytes of a .npy file, which `numpy.load` reads.
 * @param x a tensor
 * @throws ArgumentError for anything else
 * @example const bytes = serializeNpy(tensor([[1, 2], [3, 4]]));
 */
export function serializeNpy(x: Tensor): Uint8Array {
  checkArity("serializeNpy", arguments.length, 1);
  checkTensor("serializeNpy", "x", x);
  return joined("serializeNpy", npyPieces(x));
}

/**
 * Writes a tensor to a .npy file, which `numpy.load` reads. The file is written whole or not at all.
 * @param path path of the file, or a file: URL
 * @param x a tensor
 * @throws FileError that says why the file cannot be written; always in browsers, where `serializeNpy` gives the bytes
 * @example await saveNpy("x.npy", tensor([[1, 2], [3, 4]]));
 */
export async function saveNpy(path: Path, x: Tensor): Promise<void> {
  checkArity("saveNpy", arguments.length, 2);
  checkTensor("saveNpy", "x", x);
  await writeFile(path, npyPieces(x), "saveNpy");
}

/** The file of a tensor in pieces; the elements are a view. */
export function npyPieces(x: Tensor): Uint8Array[] {
  return [npyHead(x.dtype, x.shape), asItIs(x).elements()];
}

/** @param bytes the elements, a copy of its own */
function tensorOf(op: string, { format, bigEndian, shape, fortran }: NpyHeader, bytes: Uint8Array): Tensor {
  const { bytes: width, dtype } = FORMATS[format];
  if (bigEndian) reverseEach(bytes, width);
  const elements = decode(op, { name: "array", format }, bytes);
  return new Tensor(dataStorage(dtype, fortran ? rowMajor(elements, shape) : elements, op), Object.freeze(shape));
}

/** Turns the bytes of each element round. */
function reverseEach(bytes: Uint8Array, width: number): void {
  for (let begin = 0; begin < bytes.length; begin += width)
    for (let i = begin, j = begin + width - 1; i < j; i++, j--) {
      const byte = bytes[i];
      bytes[i] = bytes[j];
      bytes[j] = byte;
    }
}

/** Elements whose first axis runs fastest, in the order in which the last one does. */
function rowMajor(elements: NumberArray, shape: readonly number[]): NumberArray {
  const ordered = elements.slice();
  let stride = 1;
  const axes = shape.map((extent) => {
    const axis = { extent, stride, index: 0 };
    stride *= extent;
    return axis;
  });
  axes.reverse();
  let from = 0;
  for (let i = 0; i < ordered.length; i++) {
    ordered[i] = elements[from];
    for (const axis of axes) {
      from += axis.stride;
      if (++axis.index < axis.extent) break;
      from -= axis.stride * axis.extent;
      axis.index = 0;
    }
  }
  return ordered;
}
