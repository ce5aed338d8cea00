import { checkArray } from "../errors/check.js";
import { ArgumentError, IndexError, MemoryError, ShapeError } from "../errors/errors.js";
import { kindText, listText, message, shapeText } from "../errors/message.js";

/** The extents of a tensor's axes, outermost first. `[]` is the shape of a scalar. */
export type Shape = readonly number[];

/** The most axes that a tensor can have. */
export const MAX_RANK = 8;

/** The number of elements. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i];
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The strides of a contiguous tensor: for each axis the number of elements from one index to the next. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

/**
 * Refuses a number of elements that cannot be counted, let alone held.
 * @param what the clause that an error begins with, such as "shape [2, 3] holds"
 * @throws MemoryError
 */
export function checkSize(op: string, what: string, size: number): void {
  if (size <= Number.MAX_SAFE_INTEGER) return;
  throw new MemoryError(message(op, `${what} ${size} elements; no memory holds more than ${Number.MAX_SAFE_INTEGER}`));
}

/** @throws ShapeError unless every extent is a whole number ≥ 0 and there are at most eight axes, MemoryError for too many elements */
export function checkShape(op: string, shape: Shape): Shape {
  if (!Array.isArray(shape)) {
    const mend = typeof shape === "number" ? `Write [${shape}].` : undefined;
    throw new ShapeError(message(op, `the shape is ${kindText(shape)}; expected an array of whole numbers`, mend));
  }
  // Extents of 0 are left out, since the strides of an empty tensor are counted too.
  let size = 1;
  for (const extent of shape) {
    if (!Number.isInteger(extent) || extent < 0) {
      throw new ShapeError(message(op, `shape ${listText(shape)} holds ${kindText(extent)}; extents are whole numbers ≥ 0`));
    }
    if (extent > 0) size *= extent;
  }
  if (shape.length > MAX_RANK) throw new ShapeError(message(op, `shape ${shapeText(shape)} has ${shape.length} axes; at most ${MAX_RANK}`));
  if (size > Number.MAX_SAFE_INTEGER) checkSize(op, `shape ${shapeText(shape)} holds`, size);
  return shape;
}

/**
 * The shape of a result of two broadcast operands, by NumPy's rule: the last axes are aligned, and extents must be equal or 1.
 * @throws ShapeError naming both shapes.
 */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const x = i <= a.length ? a[a.length - i] : 1;
    const y = i <= b.length ? b[b.length - i] : 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new ShapeError(
        message(
          op,
          `shapes ${shapeText(a)} and ${shapeText(b)} do not broadcast: ${x} against ${y} at axis −${i}; extents must be equal or 1`,
          "Use reshape or unsqueeze to line up the axes.",
        ),
      );
    }
    out[rank - i] = x === 1 ? y : x;
  }
  return out;
}

/** An axis, which may be counted from the end, as counted from the front. @throws IndexError when it is outside [−rank, rank). */
export function normalizeAxis(op: string, axis: number, shape: Shape, rank = shape.length): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    if (typeof axis !== "number") {
      const range = rank === 0 ? "a whole number" : `a whole number from ${-rank} to ${rank - 1}`;
      throw new ArgumentError(message(op, `the axis is ${axis === undefined ? "missing" : kindText(axis)}; expected ${range}`));
    }
    throw new IndexError(
      rank === 0
        ? message(op, `axis ${kindText(axis)} of a scalar; shape [] has no axes`, "Give it one with unsqueeze(0).")
        : message(op, `axis ${kindText(axis)} is outside shape ${shapeText(shape)}; expected a whole number from ${-rank} to ${rank - 1}`),
    );
  }
  return axis < 0 ? axis + rank : axis;
}

/** Axes as counted from the front, ascending; `undefined` means all. @throws ShapeError when an axis is named twice. */
export function normalizeAxes(op: string, axes: number | readonly number[] | undefined, shape: Shape): number[] {
  if (axes === undefined) return shape.map((_, i) => i);
  if (typeof axes !== "number") checkArray(op, "axes", axes, `${op}(0) or ${op}([0, 1])`);
  const list = (typeof axes === "number" ? [axes] : [...axes]).map((axis) => normalizeAxis(op, axis, shape));
  list.sort((a, b) => a - b);
  const twice = list.find((axis, i) => i > 0 && axis === list[i - 1]);
  if (twice !== undefined) throw new ShapeError(message(op, `axis ${twice} is named twice in [${String(axes)}]`));
  return list;
}
