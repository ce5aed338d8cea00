import { hostArray } from "../tensor/storage.js";
import type { Tensor } from "../tensor/tensor.js";
import { WRITTEN } from "./elements.js";
import { toBrainHalves, toHalves } from "./halves.js";

/** The elements of a tensor as a file has them. */
export interface Encoded {
  /** A name of FORMATS. */
  readonly format: string;
  readonly bytes: number;
  /** The bytes; a view where they are the tensor's own. */
  elements(): Uint8Array;
}

/** Finds how a tensor is written. */
export type Encoder = (tensor: Tensor) => Encoded;

/** Every tensor in its own element type. */
export const asItIs: Encoder = ({ dtype, storage }) => ({
  format: WRITTEN[dtype],
  bytes: storage.bytes,
  elements: () => {
    const elements = storage.readable();
    return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  },
});

/** Element types in which floating-point tensors are written, with their names in files and their widths. */
const FLOATS = { float64: ["F64", 8], float32: ["F32", 4], float16: ["F16", 2], bfloat16: ["BF16", 2] } as const;

export type FloatType = keyof typeof FLOATS;

export const FLOAT_TYPES = Object.keys(FLOATS) as FloatType[];

/** Floating-point tensors in the element type `dtype`, unless it is null; other tensors in their own. */
export function floatsAs(op: string, dtype: FloatType | null): Encoder {
  if (dtype === null) return asItIs;
  const [format, width] = FLOATS[dtype];
  return (tensor) => {
    if (tensor.dtype === dtype || !tensor.dtype.startsWith("float")) return asItIs(tensor);
    const bytes = tensor.size * width;
    return { format, bytes, elements: () => converted(op, tensor, dtype, bytes) };
  };
}

function converted(op: string, { dtype: own, storage }: Tensor, dtype: FloatType, size: number): Uint8Array {
  const given = storage.readable();
  const bytes = hostArray(op, "uint8", size) as Uint8Array;
  if (dtype === "float64") new Float64Array(bytes.buffer).set(given);
  else if (dtype === "float32") new Float32Array(bytes.buffer).set(given);
  else {
    const floats = own === "float32" ? (given as Float32Array) : Float32Array.from(given);
    (dtype === "float16" ? toHalves : toBrainHalves)(floats, new Uint16Array(bytes.buffer));
  }
  return bytes;
}
