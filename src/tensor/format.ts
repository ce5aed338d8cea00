import type { NumberArray } from "../memory/views.js";
import { type Shape, sizeOf } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** A number, or nested arrays of numbers. All arrays at one depth have the same length. */
export type NestedNumbers = number | NestedNumbers[];

/** Elements as nested arrays. */
export function nest(elements: NumberArray, shape: Shape): NestedNumbers {
  if (shape.length === 0) return elements[0];
  const build = (axis: number, from: number): NestedNumbers[] => {
    const inner = sizeOf(shape.slice(axis + 1));
    return Array.from({ length: shape[axis] }, (_, i) =>
      axis === shape.length - 1 ? elements[from + i] : build(axis + 1, from + i * inner),
    );
  };
  return build(0, 0);
}

/** Rows and columns shown at each end of a long axis. */
const EDGE = 3;
const THRESHOLD = 1000;

/** A tensor as text: `Tensor float32 [2, 2] requiresGrad` and the elements. Long axes are shortened as NumPy does. */
export function tensorText(tensor: Tensor): string {
  const { shape, dtype, storage } = tensor;
  const head = `Tensor ${dtype} [${shape.join(", ")}]${tensor.requiresGrad ? " requiresGrad" : ""}`;
  if (storage.at === 0 && storage.host === null) return `${head} (released)`;
  const elements = storage.readable();
  const cut = tensor.size > THRESHOLD;
  const text = (value: number): string => {
    if (dtype === "bool") return value ? "true" : "false";
    if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
    return String(Number(value.toPrecision(5)));
  };
  const lines = (axis: number, from: number): string => {
    if (axis === shape.length) return text(elements[from]);
    const n = shape[axis];
    const inner = sizeOf(shape.slice(axis + 1));
    const shown = cut && n > 2 * EDGE ? [0, 1, 2, -1, n - 3, n - 2, n - 1] : Array.from({ length: n }, (_, i) => i);
    const parts = shown.map((i) => (i < 0 ? "…" : lines(axis + 1, from + i * inner)));
    const separator = axis === shape.length - 1 ? ", " : `,\n${" ".repeat(axis + 1)}`;
    return `[${parts.join(separator)}]`;
  };
  return `${head}\n${lines(0, 0)}`;
}
