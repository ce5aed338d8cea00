import type { NumberArray } from "../../../memory/views.js";
import { Activation, PRODUCTS, STRIP, TILE } from "../../generated/constants.js";
import type { WinogradArgs, WinogradFiltersArgs } from "../../generated.js";
import { FILTER, INPUT, OUTPUT, transformed } from "./winogradMatrices.js";

/** u[p, strip, channel, filter] = (G · g · Gᵀ)[p]; behind the last filter 0. The range counts strips and channels. */
export function winogradFilters(r: WinogradFiltersArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) {
    const [strip, channel] = [Math.floor(i / r.channels), i % r.channels];
    for (let lane = 0; lane < STRIP; lane++) {
      const filter = strip * STRIP + lane;
      const at = r.weight / size + 9 * (r.turned ? channel * r.filters + filter : filter * r.channels + channel);
      const taps = filter < r.filters ? v.slice(at, at + 9) : new Float64Array(9);
      const u = transformed(FILTER, r.turned ? taps.reverse() : taps);
      for (let p = 0; p < PRODUCTS; p++) v[r.u / size + p * r.plane + i * STRIP + lane] = u[p];
    }
  }
}

/** y = act(Aᵀ · (Σ U ∘ (Bᵀ · d · B)) · A + beta · y + bias) over the channels, tile by tile. The range counts rows of tiles. */
export function winogradOutput(r: WinogradArgs, from: number, to: number, v: NumberArray): void {
  for (let row = from; row < to; row++) {
    const [sample, top] = [Math.floor(row / r.down), (row % r.down) * TILE];
    for (let left = 0; left < r.ow; left += TILE) {
      const inputs = Array.from({ length: r.channels }, (_, c) => transformed(INPUT, inputTile(r, v, sample * r.channels + c, top, left)));
      for (let f = 0; f < r.filters; f++) putTile(r, v, sample, f, top, left, transformed(OUTPUT, products(r, v, f, inputs)));
    }
  }
}

/** The 6 × 6 inputs of the tile of outputs that begins at (top, left); outside of the input 0. */
export function inputTile(
  r: { x: number; h: number; w: number; padH: number; padW: number },
  v: NumberArray,
  plane: number,
  top: number,
  left: number,
): Float64Array {
  return Float64Array.from({ length: PRODUCTS }, (_, p) => {
    const [i, j] = [top - r.padH + Math.floor(p / 6), left - r.padW + (p % 6)];
    return i >= 0 && i < r.h && j >= 0 && j < r.w ? v[r.x / v.BYTES_PER_ELEMENT + (plane * r.h + i) * r.w + j] : 0;
  });
}

/** The 36 sums of a tile and a filter over the channels. */
function products(r: WinogradArgs, v: NumberArray, f: number, inputs: readonly Float64Array[]): Float64Array {
  return Float64Array.from({ length: PRODUCTS }, (_, p) => {
    const u = r.u / v.BYTES_PER_ELEMENT + p * r.plane + Math.floor(f / STRIP) * r.channels * STRIP + (f % STRIP);
    return inputs.reduce((sum, input, c) => sum + input[p] * v[u + c * STRIP], 0);
  });
}

/** Writes what of a tile of outputs exists. */
function putTile(r: WinogradArgs, v: NumberArray, sample: number, f: number, top: number, left: number, outputs: Float64Array): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let i = 0; i < TILE && top + i < r.oh; i++) {
    for (let j = 0; j < TILE && left + j < r.ow; j++) {
      const at = r.y / size + ((sample * r.filters + f) * r.oh + top + i) * r.ow + left + j;
      const value = outputs[i * TILE + j] + (r.bias ? v[r.bias / size + f] : 0) + (r.beta ? r.beta * v[at] : 0);
      v[at] = r.act === Activation.Relu && value <= 0 ? 0 : value;
    }
  }
}
