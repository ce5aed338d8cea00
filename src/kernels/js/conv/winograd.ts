import type { NumberArray } from "../../../memory/views.js";
import { Activation, FILTER_STRIP, PRODUCTS, TILE } from "../../generated/constants.js";
import type { WinogradArgs, WinogradFiltersArgs } from "../../generated.js";
import { cutOut, FILTER, INPUT, OUTPUT, transformed } from "./winogradMatrices.js";

/** u[p, strip, channel, filter] = (G · g · Gᵀ)[p]; behind the last filter 0. The range counts strips and channels. */
export function winogradFilters(r: WinogradFiltersArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) {
    const [strip, channel] = [Math.floor(i / r.channels), i % r.channels];
    for (let lane = 0; lane < FILTER_STRIP; lane++) {
      const filter = strip * FILTER_STRIP + lane;
      const at = r.weight / size + 9 * (r.turned ? channel * r.filters + filter : filter * r.channels + channel);
      const taps = filter < r.filters ? v.slice(at, at + 9) : new Float64Array(9);
      const u = transformed(FILTER, r.turned ? taps.reverse() : taps);
      for (let p = 0; p < PRODUCTS; p++) v[r.u / size + p * r.plane + i * FILTER_STRIP + lane] = u[p];
    }
  }
}

/** y = act(Aᵀ · (Σ U ∘ (Bᵀ · d · B)) · A + beta · y + bias) over the channels, tile by tile. The range counts rows of tiles. */
export function winogradOutput(r: WinogradArgs, from: number, to: number, v: NumberArray): void {
  for (let row = from; row < to; row++) {
    const [sample, top] = [Math.floor(row / r.down), (row % r.down) * TILE];
    for (let left = 0; left < r.ow; left += TILE) {
      const inputs = Array.from({ length: r.channels }, (_, c) => {
        const plane = { at: r.x / v.BYTES_PER_ELEMENT + (sample * r.channels + c) * r.h * r.w, h: r.h, w: r.w };
        return transformed(INPUT, cutOut(v, plane, top - r.padH, left - r.padW, 6));
      });
      for (let f = 0; f < r.filters; f++) putTile(r, v, sample, f, top, left, transformed(OUTPUT, products(r, v, f, inputs)));
    }
  }
}

/** The 36 sums of a tile and a filter over the channels. */
function products(r: WinogradArgs, v: NumberArray, f: number, inputs: readonly Float64Array[]): Float64Array {
  return Float64Array.from({ length: PRODUCTS }, (_, p) => {
    const u = r.u / v.BYTES_PER_ELEMENT + p * r.plane + Math.floor(f / FILTER_STRIP) * r.channels * FILTER_STRIP + (f % FILTER_STRIP);
    return inputs.reduce((sum, input, c) => sum + input[p] * v[u + c * FILTER_STRIP], 0);
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
