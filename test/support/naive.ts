import fc from "fast-check";
import type { Shape } from "../../src/index.js";

/** The shape to which operands broadcast, computed axis by axis. */
export function naiveShape(...shapes: readonly Shape[]): number[] {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) => {
    const extents = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return extents.find((extent) => extent !== 1) ?? 1;
  });
}

/** f applied to the operands' elements for every index of the result: the definition of broadcasting, by index arithmetic. */
export function naiveBroadcast(
  f: (...elements: number[]) => number,
  ...operands: readonly { shape: Shape; data: ArrayLike<number> }[]
): number[] {
  const shape = naiveShape(...operands.map((operand) => operand.shape));
  const result: number[] = [];
  const index = new Array<number>(shape.length).fill(0);
  const walk = (axis: number): void => {
    if (axis === shape.length) {
      result.push(f(...operands.map(({ shape: own, data }) => data[position(index.slice(index.length - own.length), own)])));
      return;
    }
    for (index[axis] = 0; index[axis] < shape[axis]; index[axis]++) walk(axis + 1);
  };
  walk(0);
  return result;
}

/** The position of the element at `index`. Along an axis of extent 1 the index counts as 0. */
function position(index: readonly number[], shape: Shape): number {
  return shape.reduce((at, extent, axis) => at * extent + (extent === 1 ? 0 : index[axis]), 0);
}

/** Generates shapes of `operands` tensors that broadcast: up to eight axes, also extents of 0, and any number of leading axes left out. */
export function broadcastingShapes(operands: number): fc.Arbitrary<number[][]> {
  const extent = fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 1, max: 3 }) }, { weight: 1, arbitrary: fc.constantFrom(0, 5, 9) });
  const axis = fc.record({ extent, ones: fc.array(fc.boolean(), { minLength: operands, maxLength: operands }) });
  const missing = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: operands, maxLength: operands });
  return fc
    .record({ axes: fc.array(axis, { maxLength: 8 }), missing })
    .map(({ axes, missing }) =>
      missing.map((lead, i) =>
        axes.map(({ extent, ones }) => (ones[i] ? 1 : extent)).slice(Math.min(lead, axes.length) % (axes.length + 1)),
      ),
    );
}
