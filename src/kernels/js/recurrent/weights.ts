import type { NumberArray } from "../../../memory/views.js";
import { STRIP_WIDTH } from "../../generated/constants.js";
import type { PackWeightsArgs } from "../../generated.js";

/** Element [p, j] of B stands at p · 16 + j % 16 of strip ⌊j / 16⌋; columns beyond the last are 0. */
export function packWeights(r: PackWeightsArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let strip = from; strip < to; strip++) {
    for (let p = 0; p < r.k; p++) {
      for (let column = 0; column < STRIP_WIDTH; column++) {
        const j = strip * STRIP_WIDTH + column;
        const at = r.transposed ? j * r.ld + p : p * r.ld + j;
        v[r.out / size + (strip * r.k + p) * STRIP_WIDTH + column] = j < r.n ? v[r.weight / size + at] : 0;
      }
    }
  }
}
