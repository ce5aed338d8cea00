/** The output of a convolution: rows of sums are positions, columns are filters, and steps are channels and taps. */
import { BLOCK_AT } from "../blocks";
import { Activation } from "../epilogue";
import { Rows } from "../lines";
import { TALL, ZEROS } from "../micro";
import { packTransposed } from "../pack";
import { stripColumns } from "../sweep";
import { scratch } from "../threads";
import { convolveChunks } from "./chunks";
import { Convolution, UNIT_POSITIONS } from "./conv";
import { STEPS_AT, SUMS_AT } from "./places";
import { gatherRows, stripWidth, turn } from "./sums";
import { SUMS_STEP } from "./tiles";
import { Windows, open, place, plan, positions, steps } from "./windows";

/** Bytes of packed weights that stay in L2 beside the image, and the positions whose sums stay in L1. */
const WEIGHTS: usize = 512 << 10;
const SUMS: u32 = 16 * TALL;

export function gatherOutput(r: Convolution, first: u32, last: u32): void {
  const w = plan(r), size = r.od * r.oh * r.ow, units = (size + UNIT_POSITIONS - 1) / UNIT_POSITIONS, products = r.channels * r.kd * r.kh * r.kw;
  const inBlocks = w.channels < r.channels, k = w.channels * r.kd * r.kh * r.kw, width = stripColumns();
  // Where the channels do not fit into one block, a strip is packed anew for each.
  const most = inBlocks ? width : max(1, <u32>(WEIGHTS / (<usize>(k * width) << 2))) * width;
  for (let f: u32 = 0; f < r.filters; f += most) {
    const some = min(most, r.filters - f);
    let packed: u32 = -1;
    steps(w, r, w.channels);
    for (let unit = first; unit < last; ) {
      const plane = unit / units, group = plane % r.groups, begin = (unit - plane * units) * UNIT_POSITIONS;
      const end = last - unit >= units ? size : min(size, begin + (last - unit) * UNIT_POSITIONS);
      const x = r.x + (<usize>(plane * r.channels) * r.d * r.h * r.w << 2), filter = group * r.filters + f;
      const y = r.y + (<usize>(plane * r.filters + f) * size << 2), weight = r.weight + (<usize>filter * products << 2);
      if (!inBlocks && packed != group) pack(weight, products, k, some), packed = group;
      for (let p = begin; p < end; p += w.count) {
        open(w, r, p, end);
        block(r, w, x, weight, r.bias ? r.bias + (<usize>filter << 2) : 0, y + (<usize>p << 2), p, some, inBlocks);
      }
      unit += (end - begin + UNIT_POSITIONS - 1) / UNIT_POSITIONS;
    }
  }
}

/** The outputs of one block of positions for some filters. */
function block(r: Convolution, w: Windows, x: usize, weight: usize, bias: usize, y: usize, p: u32, filters: u32, inBlocks: bool): void {
  const taps = r.kd * r.kh * r.kw, k = w.channels * taps, step = <usize>(r.od * r.oh * r.ow) << 2, floor: f32 = r.act == Activation.Relu ? 0 : -Infinity;
  const sums = scratch() + SUMS_AT, b = scratch() + BLOCK_AT;
  let image: usize = inBlocks ? 0 : place(w, r, x, 1, r.channels);
  // As rows of tiles, few filters leave less empty than as columns. The sums are the same.
  if (r.filters <= TALL && r.strideW == 1 && !inBlocks) {
    convolveChunks(r, w, p, image, b, k, filters, bias, y, step);
    return;
  }
  const most = inBlocks ? w.count : SUMS, table = positions(w, r, p, 1);
  for (let j: u32 = 0, width: u32 = 0; j < filters; j += width) {
    width = stripWidth(filters - j);
    const some = min(width, filters - j), from = bias ? bias + (j << 2) : ZEROS;
    for (let i: u32 = 0; i < w.count; i += most) {
      const count = min(most, w.count - i), rows = table + (i << 2);
      if (!inBlocks) gatherRows(width, sums, from, 0, image, rows, count, scratch() + STEPS_AT, b + (<usize>(j * k) << 2), k);
      else {
        for (let c: u32 = 0; c < r.channels; c += w.channels) {
          const channels = min(w.channels, r.channels - c);
          pack(weight + (<usize>(c * taps) << 2), r.channels * taps, channels * taps, some);
          image = place(w, r, x + (<usize>(c * r.d * r.h * r.w) << 2), 1, channels);
          gatherRows(width, sums, c ? sums : from, c ? SUMS_STEP : 0, image, rows, count, scratch() + STEPS_AT, b, channels * taps);
        }
      }
      turn(sums, count, some, y + (<usize>i << 2) + step * j, step, r.beta, floor);
    }
  }
}

/** Packs k of `products` weights of some filters into strips. */
function pack(weight: usize, products: u32, k: u32, filters: u32): void {
  const step = <usize>products << 2, to = scratch() + BLOCK_AT;
  for (let j: u32 = 0, width: u32 = 0; j < filters; j += width) {
    width = stripWidth(filters - j);
    packTransposed<Rows>(weight + step * j, step, k, min(width, filters - j), width, to + (<usize>(j * k) << 2));
  }
}
