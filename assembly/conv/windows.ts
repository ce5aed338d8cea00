/**
 * The windows of a convolution, block by block. A block has some lines of output positions (in full, or a part of one line) and the
 * input that their windows see, as one image: the input itself where no window reaches over its border, else a padded copy of a few
 * lines. An element of a window is then at an offset for its position and one for its channel and tap, whatever stride and dilation.
 */
import { scratch } from "../threads";
import { TALL } from "../micro";
import { storePair } from "../pairs";
import { Convolution } from "./conv";
import { IMAGE, IMAGE_AT, IMAGE_CACHED, POSITIONS, POSITIONS_AT, STEPS, STEPS_AT, WINDOWS_AT } from "./places";

@unmanaged
export class Windows {
  /** 1 = the image is the input itself. */
  inPlace: u32;
  /** The most channels, samples, lines and columns of a block. More than one sample only where one is not more than a block. */
  channels: u32;
  samples: u32;
  lines: u32;
  columns: u32;
  /** Bytes from sample to sample in the image, from channel to channel, from tap to tap along the depth, from line to line. */
  sampleStep: usize;
  channelStep: usize;
  depthStep: usize;
  lineStep: usize;
  /** The present block: output coordinates of its first line; its first column; how many positions it has, in how many lines. */
  a: u32;
  b: u32;
  c: u32;
  count: u32;
  height: u32;
  width: u32; // columns of its lines
}

/** The number of elements from the first to the last of a window, along an axis. */
@inline
function reach(taps: u32, dilation: u32): u32 {
  return (taps - 1) * dilation + 1;
}

/** Whether one window fits into a block. */
export function fits(r: Convolution): bool {
  const window = <u64>r.kd * <u64>reach(r.kh, r.dilationH) * <u64>reach(r.kw, r.dilationW);
  return window <= <u64>IMAGE && <u64>r.kd * r.kh * r.kw <= <u64>STEPS;
}

/** Decides the blocks: the record alone does. */
export function plan(r: Convolution): Windows {
  const w = changetype<Windows>(scratch() + WINDOWS_AT);
  const tall = reach(r.kh, r.dilationH), wide = reach(r.kw, r.dilationW), high = r.kd * tall, size = r.d * r.h * r.w;
  const most = min(r.channels, STEPS / (r.kd * r.kh * r.kw));
  const inside = !(r.padD | r.padH | r.padW) && (r.od - 1) * r.strideD + reach(r.kd, r.dilationD) <= r.d
    && (r.oh - 1) * r.strideH + tall <= r.h && (r.ow - 1) * r.strideW + wide <= r.w;
  // Channels that lie multiples of 4 KiB apart compete for the same few lines of L1.
  if (inside && (size & 1023 || r.channels < 8)) {
    w.inPlace = 1;
    w.channels = most;
    w.columns = min(r.ow, POSITIONS);
    w.lines = min(r.oh, max(1, POSITIONS / r.ow));
    w.lineStep = r.w << 2;
    w.depthStep = <usize>(r.dilationD * r.h * r.w) << 2;
    w.channelStep = <usize>size << 2;
    w.sampleStep = w.channelStep * r.groups * r.channels;
  } else {
    w.inPlace = 0;
    w.columns = min(min(r.ow, POSITIONS), max(columnsIn(r, most * high, wide), min(16, columnsIn(r, high, wide))));
    const width = (w.columns - 1) * r.strideW + wide;
    w.channels = min(most, IMAGE / (high * width));
    let lines: u32 = 1;
    if (w.columns == r.ow) {
      const limit = min(r.oh, POSITIONS / r.ow), line = w.channels * r.kd * width;
      while (lines < limit && (lines * r.strideH + tall) * line <= IMAGE_CACHED) lines++;
    }
    w.lines = lines;
    w.lineStep = width << 2;
    w.depthStep = w.lineStep * ((lines - 1) * r.strideH + tall);
    w.channelStep = w.depthStep * r.kd;
    // The gaps, of 384 channels at most, lie in the slab behind the place for the image.
    if (!(w.channelStep & 4095)) w.channelStep += 64;
    w.sampleStep = w.channelStep * w.channels;
  }
  const positions = r.oh * r.ow, whole = r.od == 1 && w.lines == r.oh && w.columns == r.ow;
  w.samples = !whole ? 1 : max(1, min(POSITIONS / positions, w.inPlace ? POSITIONS : <u32>(4 * IMAGE_CACHED / w.sampleStep)));
  return w;
}

/** How many columns of output fit into an image of `lines` lines. */
function columnsIn(r: Convolution, lines: u32, wide: u32): u32 {
  const width = IMAGE / lines;
  return width < wide ? 1 : (width - wide) / r.strideW + 1;
}

/** Opens the block that begins at a position of a sample, and ends at `end` at the latest. */
export function open(w: Windows, r: Convolution, position: u32, end: u32): void {
  const line = position / r.ow, c = position - line * r.ow;
  w.a = line / r.oh;
  w.b = line - w.a * r.oh;
  if (w.columns < r.ow) {
    w.c = c;
    w.count = w.width = min(min(w.columns, r.ow - c), end - position);
    w.height = 1;
  } else {
    w.c = 0;
    w.width = r.ow;
    w.count = min(min(w.lines, r.oh - w.b) * r.ow - c, end - position);
    w.height = (c + w.count + r.ow - 1) / r.ow;
  }
}

/** The image of the block in `samples` samples from x on, a first channel of the first one. @returns its address */
export function place(w: Windows, r: Convolution, x: usize, samples: u32, channels: u32): usize {
  const top = w.b * r.strideH, left = w.c * r.strideW;
  if (w.inPlace) return x + (<usize>((w.a * r.strideD * r.h + top) * r.w + left) << 2);
  const image = scratch() + IMAGE_AT, plane = r.h * r.w, sample = <usize>r.groups * r.channels * r.d * plane << 2;
  const lines = (w.height - 1) * r.strideH + reach(r.kh, r.dilationH);
  const width = (w.width - 1) * r.strideW + reach(r.kw, r.dilationW);
  const before = min(width, left < r.padW ? r.padW - left : 0), first = left + before - r.padW;
  const some = first < r.w ? min(r.w - first, width - before) : 0;
  for (let n: u32 = 0; n < samples; n++, x += sample) {
    for (let channel: u32 = 0; channel < channels; channel++) {
      const from = x + (<usize>channel * r.d * plane << 2), to = image + w.sampleStep * n + w.channelStep * channel;
      for (let p: u32 = 0; p < r.kd; p++) {
        const i = w.a * r.strideD + p * r.dilationD - r.padD;
        let at = to + w.depthStep * p;
        for (let q: u32 = 0; q < lines; q++, at += w.lineStep) {
          const j = top + q - r.padH;
          // Before the input, a coordinate wraps around to a large one. What runs over the end of a line is written before the next one.
          if (i >= r.d || j >= r.h) zeros(at, width);
          else {
            zeros(at, before);
            copy(at + (before << 2), from + (<usize>(i * plane + j * r.w + first) << 2), some);
            zeros(at + (before + some << 2), width - before - some);
          }
        }
      }
    }
  }
  return image;
}

/** Writes n zeros, and up to three more. */
function zeros(to: usize, n: u32): void {
  for (const end = to + (n << 2); to < end; to += 16) v128.store(to, i64x2.splat(0));
}

/** Copies n elements, and up to seven more. */
function copy(to: usize, x: usize, n: u32): void {
  for (const end = to + (n << 2); to < end; to += 32, x += 32) storePair(to, v128.load(x), v128.load(x, 16));
}

/** Writes the offsets of the block's positions, in `samples` samples. @returns their address */
export function positions(w: Windows, r: Convolution, position: u32, samples: u32): usize {
  const table = scratch() + POSITIONS_AT, column = r.strideW << 2, line = w.lineStep * r.strideH;
  let at = table, offset: usize = 0;
  for (let n: u32 = 0; n < samples; n++) {
    const end = at + (w.count << 2);
    let begin = w.sampleStep * n, c: u32 = w.columns < r.ow ? 0 : position % r.ow;
    for (; at < end; c = 0, begin += line) {
      for (; c < w.width && at < end; c++, at += 4) store<u32>(at, <u32>(offset = begin + c * column));
    }
  }
  repeat(at, offset);
  return table;
}

/** Writes the offsets of the taps of some channels. @returns their address */
export function steps(w: Windows, r: Convolution, channels: u32): usize {
  const table = scratch() + STEPS_AT, tap = r.dilationW << 2, line = w.lineStep * r.dilationH;
  let at = table, offset: usize = 0;
  for (let c: u32 = 0; c < channels; c++) for (let p: u32 = 0; p < r.kd; p++) for (let q: u32 = 0; q < r.kh; q++) {
    const begin = w.channelStep * c + w.depthStep * p + line * q;
    for (let s: u32 = 0; s < r.kw; s++, at += 4) store<u32>(at, <u32>(offset = begin + s * tap));
  }
  repeat(at, offset);
  return table;
}

/** Ends a table with an offset for each row that a tile computes, but that does not exist. */
@inline
function repeat(at: usize, offset: usize): void {
  for (let i: u32 = 1; i < TALL; i++, at += 4) store<u32>(at, <u32>offset);
}
