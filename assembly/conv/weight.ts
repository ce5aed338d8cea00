/** The gradient of the weight of a convolution: rows of sums are channels and taps, columns are filters, and steps are positions. */
import { BLOCK_AT } from "../blocks";
import { Activation } from "../epilogue";
import { Rows } from "../lines";
import { packTransposed } from "../pack";
import { scratch } from "../threads";
import { Convolution, UNIT_FILTERS } from "./conv";
import { POSITIONS_AT, STEPS_AT, SUMS_AT } from "./places";
import { gatherRows, stripWidth, turn } from "./sums";
import { SUMS_STEP } from "./tiles";
import { Windows, open, place, plan, positions, steps } from "./windows";

export function gatherWeight(r: Convolution, first: u32, last: u32): void {
  const w = plan(r), strips = (r.filters + UNIT_FILTERS - 1) / UNIT_FILTERS, taps = r.kd * r.kh * r.kw;
  for (let unit = first; unit < last; unit++) {
    const part = unit / (r.groups * strips), strip = unit % (r.groups * strips), group = strip / strips, f = strip % strips * UNIT_FILTERS;
    const filter = group * r.filters + f, filters = min(UNIT_FILTERS, r.filters - f), step = <usize>(r.channels * taps) << 2;
    for (let c: u32 = 0; c < r.channels; c += w.channels) {
      const channels = min(w.channels, r.channels - c), sums = scratch() + SUMS_AT, rows = channels * taps;
      memory.fill(sums, 0, rows * SUMS_STEP);
      steps(w, r, channels);
      addSamples(r, w, group * r.channels + c, channels, filter, filters, firstOf(r, part), firstOf(r, part + 1));
      const to = r.weight + step * (part * r.groups * r.filters + filter) + (<usize>(c * taps) << 2);
      turn(sums, rows, filters, to, step, r.beta, r.act == Activation.Relu ? 0 : -Infinity);
    }
  }
}

/** The first sample of a part. */
@inline
function firstOf(r: Convolution, part: u32): u32 {
  return <u32>(<u64>part * r.n / r.parts);
}

/** Adds the products of the samples from n to `end` to the sums, block by block. */
function addSamples(r: Convolution, w: Windows, channel: u32, channels: u32, filter: u32, filters: u32, n: u32, end: u32): void {
  const size = r.od * r.oh * r.ow, b = scratch() + BLOCK_AT, taps = r.kd * r.kh * r.kw;
  for (; n < end; n += w.samples) {
    const samples = min(w.samples, end - n);
    const x = r.x + (<usize>(n * r.groups * r.channels + channel) * r.d * r.h * r.w << 2);
    const y = r.y + (<usize>(n * r.groups * r.filters + filter) * size << 2);
    for (let p: u32 = 0; p < size; p += w.count) {
      open(w, r, p, size);
      const image = place(w, r, x, samples, channels), table = positions(w, r, p, samples), k = w.count * samples;
      for (let j: u32 = 0, width: u32 = 0; j < filters; j += width) {
        width = stripWidth(filters - j);
        for (let i: u32 = 0; i < samples; i++) {
          const from = y + (<usize>(i * r.groups * r.filters + j) * size + p << 2);
          packTransposed<Rows>(from, <usize>size << 2, w.count, min(width, filters - j), width, b + (<usize>(i * w.count * width) << 2));
        }
        const sums = scratch() + SUMS_AT + (j << 2);
        gatherRows(width, sums, sums, SUMS_STEP, image, scratch() + STEPS_AT, channels * taps, table, b, k);
      }
    }
  }
}
