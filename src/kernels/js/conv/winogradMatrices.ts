import type { NumberArray } from "../../../memory/views.js";

/** The matrices of Winograd's F(4, 3) in the points 0, ±5/8, ±3/2, ∞: see assembly/conv/winogradTile.ts. */
const [a, b] = [5 / 8, 3 / 2];
const [p, q] = [1 / (2 * a * a * (a * a - b * b)), 1 / (2 * b * b * (b * b - a * a))];

type Matrix = readonly (readonly number[])[];

/** Bᵀ: six inputs to six. */
export const INPUT: Matrix = [
  [a * a * b * b, 0, -a * a - b * b, 0, 1, 0],
  [0, -a * b * b, -b * b, a, 1, 0],
  [0, a * b * b, -b * b, -a, 1, 0],
  [0, -a * a * b, -a * a, b, 1, 0],
  [0, a * a * b, -a * a, -b, 1, 0],
  [0, a * a * b * b, 0, -a * a - b * b, 0, 1],
];

/** G: three taps to six. */
export const FILTER: Matrix = [
  [1 / (a * a * b * b), 0, 0],
  [p, a * p, a * a * p],
  [p, -a * p, a * a * p],
  [q, b * q, b * b * q],
  [q, -b * q, b * b * q],
  [0, 0, 1],
];

/** Aᵀ: six products to four outputs. */
export const OUTPUT: Matrix = [
  [1, 1, 1, 1, 1, 0],
  [0, a, -a, b, -b, 0],
  [0, a * a, a * a, b * b, b * b, 0],
  [0, a * a * a, -a * a * a, b * b * b, -b * b * b, 1],
];

export function transposed(t: Matrix): Matrix {
  return t[0].map((_, column) => t.map((row) => row[column]));
}

/** T · x · Tᵀ of a square matrix x, by rows. */
export function transformed(t: Matrix, x: ArrayLike<number>): Float64Array {
  return onRows(t, onRows(t, x));
}

/** (T · x)ᵀ */
function onRows(t: Matrix, x: ArrayLike<number>): Float64Array {
  const columns = x.length / t[0].length;
  return Float64Array.from({ length: columns * t.length }, (_, i) => {
    const column = Math.floor(i / t.length);
    return t[i % t.length].reduce((sum, factor, row) => sum + factor * x[row * columns + column], 0);
  });
}

/** A plane of a block of planes: where the elements begin, and its extents. */
export interface Plane {
  readonly at: number;
  readonly h: number;
  readonly w: number;
}

/** The size × size elements of a plane from (top, left) on; outside of the plane 0. */
export function cutOut(v: NumberArray, { at, h, w }: Plane, top: number, left: number, size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, k) => {
    const [i, j] = [top + Math.floor(k / size), left + (k % size)];
    return i >= 0 && i < h && j >= 0 && j < w ? v[at + i * w + j] : 0;
  });
}
