import { type Shape, stridesOf } from "./shape.js";

/** A loop over the elements of `shape` that reads several operands at once, each with its own strides in elements. */
export interface Walk {
  shape: number[];
  strides: number[][];
}

/**
 * The same loop with as few axes as possible. Axes of extent 1 are left out. Neighbouring axes are joined where that is possible
 * for every operand. At least one axis remains.
 *
 *     [32, 8, 16] + [8, 16]  →  32 × 128, strides (128, 1) and (0, 1)
 */
export function collapse({ shape, strides }: Walk): Walk {
  const joined: Walk = { shape: [], strides: strides.map(() => []) };
  for (let axis = 0; axis < shape.length; axis++) {
    const n = shape[axis];
    if (n === 1) continue;
    const last = joined.shape.length - 1;
    if (last >= 0 && strides.every((own, i) => joined.strides[i][last] === own[axis] * n)) {
      joined.shape[last] *= n;
      strides.forEach((own, i) => {
        joined.strides[i][last] = own[axis];
      });
    } else {
      joined.shape.push(n);
      strides.forEach((own, i) => {
        joined.strides[i].push(own[axis]);
      });
    }
  }
  if (joined.shape.length === 0) {
    joined.shape.push(1);
    for (const own of joined.strides) own.push(0);
  }
  return joined;
}

/** The strides with which a contiguous operand of `shape` is read when it is broadcast to `out`: 0 along repeated axes. */
export function broadcastStrides(shape: Shape, out: Shape): number[] {
  const own = stridesOf(shape);
  const lead = out.length - shape.length;
  return out.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : own[axis - lead]));
}

/** The axes that broadcasting from `shape` to `out` repeats. */
export function repeatedAxes(shape: Shape, out: Shape): number[] {
  const lead = out.length - shape.length;
  const axes: number[] = [];
  for (let axis = 0; axis < out.length; axis++) if (axis < lead || (shape[axis - lead] === 1 && out[axis] !== 1)) axes.push(axis);
  return axes;
}
