import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import type { SortArgs, TopkArgs } from "../generated.js";

/** Each row in order, equal values in the order of their positions. */
export function sortRows(r: SortArgs, from: number, to: number, v: NumberArray): void {
  for (let row = from; row < to; row++) best(r, row, r.n, r.descending !== 0, v);
}

/** The k greatest (or least) of each row, in order. */
export function topk(r: TopkArgs, from: number, to: number, v: NumberArray): void {
  for (let row = from; row < to; row++) best(r, row, r.k, r.largest !== 0, v);
}

function best(
  r: { x: number; values: number; indices: number; n: number },
  row: number,
  k: number,
  descending: boolean,
  v: NumberArray,
): void {
  const size = v.BYTES_PER_ELEMENT;
  const x = v.slice(r.x / size + row * r.n, r.x / size + (row + 1) * r.n);
  const order = [...x.keys()].sort((a, b) => (descending ? compare(x[b], x[a]) : compare(x[a], x[b])));
  for (let i = 0; i < k; i++) {
    v[r.values / size + row * k + i] = x[order[i]];
    views.i32[r.indices / 4 + row * k + i] = order[i];
  }
}

/** NaN is the greatest, and equal to itself. */
function compare(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
