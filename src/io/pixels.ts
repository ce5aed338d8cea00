import type { Shape } from "../tensor/shape.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";

/** byte / 255, rounded once. */
export const UNIT: Float32Array = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** Bytes as a float32 tensor: byte / 255. */
export function scaled(bytes: Uint8Array, shape: Shape, op: string): Tensor {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = UNIT[bytes[i]];
  return new Tensor(dataStorage("float32", values, op), Object.freeze(shape));
}
