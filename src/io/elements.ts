import { kindText, message } from "../errors/message.js";
import type { DType, NumberArray } from "../memory/views.js";
import { FileError } from "./error.js";

/** Throws an error that says that the element at an index does not fit into the element type. */
export type Misfit = (index: number, value: number | bigint) => never;

/** An element type of safetensors files: its bytes in a file, the element type that it becomes, and the conversion. */
export interface Format {
  bytes: number;
  dtype: DType;
  /** @param bytes a copy of its own, which the result may take over; it begins at a multiple of eight bytes of its buffer */
  read(bytes: Uint8Array, misfit: Misfit): NumberArray;
}

/** The names of the element types that are written, widest first. A file has its tensors in this order, so that all are aligned. */
export const WRITTEN: Readonly<Record<DType, string>> = { float64: "F64", float32: "F32", int32: "I32", uint8: "U8", bool: "BOOL" };

/** The element types that are read. Half precision becomes float32; other integers become int32, if they fit. */
export const FORMATS: Readonly<Record<string, Format>> = {
  F64: { bytes: 8, dtype: "float64", read: (bytes) => new Float64Array(...span(bytes, 8)) },
  F32: { bytes: 4, dtype: "float32", read: (bytes) => new Float32Array(...span(bytes, 4)) },
  I32: { bytes: 4, dtype: "int32", read: (bytes) => new Int32Array(...span(bytes, 4)) },
  U8: { bytes: 1, dtype: "uint8", read: (bytes) => bytes },
  BOOL: { bytes: 1, dtype: "bool", read: readBool },
  F16: { bytes: 2, dtype: "float32", read: (bytes) => readHalf(new Uint16Array(...span(bytes, 2))) },
  BF16: { bytes: 2, dtype: "float32", read: (bytes) => readBrainHalf(new Uint16Array(...span(bytes, 2))) },
  I8: { bytes: 1, dtype: "int32", read: (bytes) => Int32Array.from(new Int8Array(...span(bytes, 1))) },
  I16: { bytes: 2, dtype: "int32", read: (bytes) => Int32Array.from(new Int16Array(...span(bytes, 2))) },
  U16: { bytes: 2, dtype: "int32", read: (bytes) => Int32Array.from(new Uint16Array(...span(bytes, 2))) },
  U32: { bytes: 4, dtype: "int32", read: readUint32 },
  I64: { bytes: 8, dtype: "int32", read: readInt64 },
  U64: { bytes: 8, dtype: "int32", read: readUint64 },
};

/**
 * The elements of a tensor, or of a part of it.
 * @param bytes a copy of its own @param from the number of the first element
 * @throws FileError naming an element that does not fit into the element type
 */
export function decode(op: string, { name, format }: { name: string; format: string }, bytes: Uint8Array, from = 0): NumberArray {
  const { dtype, read } = FORMATS[format];
  const misfit: Misfit = (index, value) => {
    const holds = dtype === "bool" ? "0 or 1" : "a number that int32 holds";
    const problem = `tensor ${kindText(name)} (${format}) has ${value} at element ${from + index}; expected ${holds}`;
    throw new FileError(message(op, problem));
  };
  if (bytes.length > FEW.length) return read(bytes, misfit);
  // V8 keeps so small an array in its heap, as long as nobody asks for its buffer: a file may have a hundred thousand of them.
  FEW.set(bytes);
  return read(FEW.subarray(0, bytes.length), misfit).slice();
}

const FEW = new Uint8Array(64);

/** The arguments that make a typed array of these bytes. */
function span({ buffer, byteOffset, byteLength }: Uint8Array, width: number): [ArrayBufferLike, number, number] {
  return [buffer, byteOffset, byteLength / width];
}

function readBool(bytes: Uint8Array, misfit: Misfit): Uint8Array {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] > 1) misfit(i, bytes[i]);
  return bytes;
}

/** Converts IEEE 754 binary16, which float32 holds exactly: a sign, five bits of exponent (bias 15), ten bits of fraction. */
function readHalf(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  const floats = new Float32Array(words.buffer);
  for (let i = 0; i < halves.length; i++) {
    const [sign, exponent, fraction] = [halves[i] >>> 15, (halves[i] >>> 10) & 31, halves[i] & 1023];
    // Subnormal numbers are whole multiples of 2⁻²⁴. In float32 they are normal numbers.
    if (exponent === 0) floats[i] = (sign ? -fraction : fraction) / 16777216;
    else words[i] = (sign << 31) | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
  }
  return floats;
}

/** Converts bfloat16, which is the upper half of a float32. */
function readBrainHalf(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = halves[i] << 16;
  return new Float32Array(words.buffer);
}

function readUint32(bytes: Uint8Array, misfit: Misfit): Int32Array {
  const words = new Int32Array(...span(bytes, 4));
  for (let i = 0; i < words.length; i++) if (words[i] < 0) misfit(i, words[i] >>> 0);
  return words;
}

function readInt64(bytes: Uint8Array, misfit: Misfit): Int32Array {
  const words = new Int32Array(...span(bytes, 4));
  return Int32Array.from({ length: words.length / 2 }, (_, i) => {
    const [low, high] = [words[2 * i], words[2 * i + 1]];
    return high === low >> 31 ? low : misfit(i, BigInt.asIntN(64, wide(low, high)));
  });
}

function readUint64(bytes: Uint8Array, misfit: Misfit): Int32Array {
  const words = new Int32Array(...span(bytes, 4));
  return Int32Array.from({ length: words.length / 2 }, (_, i) => {
    const [low, high] = [words[2 * i], words[2 * i + 1]];
    return high === 0 && low >= 0 ? low : misfit(i, wide(low, high));
  });
}

function wide(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
