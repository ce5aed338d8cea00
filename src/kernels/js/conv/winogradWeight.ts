import type { NumberArray } from "../../../memory/views.js";
import { PRODUCTS, TILE, WEIGHT_BLOCK } from "../../generated/constants.js";
import type { WinogradWeightArgs, WinogradWeightSumsArgs } from "../../generated.js";
import { cutOut, FILTER, INPUT, OUTPUT, transformed, transposed } from "./winogradMatrices.js";

const [GRADIENT, TAPS] = [transposed(OUTPUT), transposed(FILTER)];

/**
 * parts[part, tap, filter, channel] = (Gᵀ · (Σ (Bᵀ · x · B) ∘ (A · dy · Aᵀ)) · G)[tap] over the tiles of the part. The range counts parts,
 * for each of them blocks of filters, for each of them blocks of channels.
 */
export function winogradWeight(r: WinogradWeightArgs, from: number, to: number, v: NumberArray): void {
  const [filterBlocks, channelBlocks] = [Math.ceil(r.filters / WEIGHT_BLOCK), Math.ceil(r.channels / WEIGHT_BLOCK)];
  for (let unit = from; unit < to; unit++) {
    const part = Math.floor(unit / (filterBlocks * channelBlocks));
    const filters = block(Math.floor(unit / channelBlocks) % filterBlocks, r.filters);
    const channels = block(unit % channelBlocks, r.channels);
    const sums = sumsOfPart(r, v, part, filters, channels);
    for (const [i, f] of filters.entries()) {
      for (const [j, c] of channels.entries()) {
        const taps = transformed(TAPS, sums[i * channels.length + j]);
        for (let k = 0; k < 9; k++) v[r.parts / v.BYTES_PER_ELEMENT + ((part * 9 + k) * r.filters + f) * r.step + c] = taps[k];
      }
    }
  }
}

/** The filters or channels of a block, of `all`. */
function block(which: number, all: number): number[] {
  return Array.from({ length: Math.min(WEIGHT_BLOCK, all - which * WEIGHT_BLOCK) }, (_, i) => which * WEIGHT_BLOCK + i);
}

/** The 36 sums over the tiles of a part, of every filter and every channel. */
function sumsOfPart(r: WinogradWeightArgs, v: NumberArray, part: number, filters: readonly number[], channels: readonly number[]) {
  const size = v.BYTES_PER_ELEMENT;
  const sums = Array.from({ length: filters.length * channels.length }, () => new Float64Array(PRODUCTS));
  for (let row = part * r.partRows; row < Math.min((part + 1) * r.partRows, r.rows); row++) {
    const [sample, top] = [Math.floor(row / r.down), (row % r.down) * TILE];
    for (let left = 0; left < r.ow; left += TILE) {
      const inputs = channels.map((c) => {
        const x = { at: r.x / size + (sample * r.channels + c) * r.h * r.w, h: r.h, w: r.w };
        return transformed(INPUT, cutOut(v, x, top - r.padH, left - r.padW, 6));
      });
      const gradients = filters.map((f) => {
        const y = { at: r.y / size + (sample * r.filters + f) * r.oh * r.ow, h: r.oh, w: r.ow };
        return transformed(GRADIENT, cutOut(v, y, top, left, TILE));
      });
      sums.forEach((sum, i) => {
        const [input, gradient] = [inputs[i % channels.length], gradients[Math.floor(i / channels.length)]];
        for (let p = 0; p < PRODUCTS; p++) sum[p] += input[p] * gradient[p];
      });
    }
  }
  return sums;
}

/** weight = Σ parts + beta · weight. The range counts filters. */
export function winogradWeightSums(r: WinogradWeightSumsArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let f = from; f < to; f++) {
    for (let i = 0; i < 9 * r.channels; i++) {
      const [c, k] = [Math.floor(i / 9), i % 9];
      let sum = 0;
      for (let part = 0; part < r.count; part++) sum += v[r.parts / size + ((part * 9 + k) * r.filters + f) * r.step + c];
      const at = r.weight / size + 9 * f * r.channels + i;
      v[at] = sum + (r.beta ? r.beta * v[at] : 0);
    }
  }
}
