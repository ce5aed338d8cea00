/** Convolutions by plain loops, for windows so large that no block of them fits into the scratch slab. */
import { Activation } from "../epilogue";
import { Convolution, UNIT_FILTERS, UNIT_POSITIONS } from "./conv";

export function plainOutput(r: Convolution, unit: u32, last: u32): void {
  const size = r.d * r.h * r.w, outSize = r.od * r.oh * r.ow, taps = r.kd * r.kh * r.kw, units = (outSize + UNIT_POSITIONS - 1) / UNIT_POSITIONS;
  for (; unit < last; unit++) {
    const plane = unit / units, begin = unit % units * UNIT_POSITIONS, end = min(outSize, begin + UNIT_POSITIONS), group = plane % r.groups;
    const x = r.x + (<usize>(plane * r.channels * size) << 2);
    for (let f: u32 = 0; f < r.filters; f++) {
      const filter = group * r.filters + f, weight = r.weight + (<usize>(filter * r.channels * taps) << 2);
      for (let o = begin; o < end; o++) {
        let sum: f64 = 0;
        for (let c: u32 = 0; c < r.channels; c++) for (let tap: u32 = 0; tap < taps; tap++) {
          const i = seen(r, o, tap);
          if (i != OUTSIDE) sum += <f64>at(x, c * size + i) * <f64>at(weight, c * taps + tap);
        }
        settle(r.y + (<usize>((plane * r.filters + f) * outSize + o) << 2), sum, r.bias ? at(r.bias, filter) : 0, r);
      }
    }
  }
}

export function plainInput(r: Convolution, plane: u32, last: u32): void {
  const size = r.d * r.h * r.w, outSize = r.od * r.oh * r.ow, taps = r.kd * r.kh * r.kw;
  for (; plane < last; plane++) {
    const c = plane % (r.groups * r.channels), group = c / r.channels, x = r.x + (<usize>(plane * size) << 2);
    for (let i: u32 = 0; i < size; i++) {
      let sum: f64 = 0;
      for (let f: u32 = 0; f < r.filters; f++) for (let tap: u32 = 0; tap < taps; tap++) {
        const o = seeing(r, i, tap), weight = ((group * r.filters + f) * r.channels + c % r.channels) * taps + tap;
        if (o != OUTSIDE) sum += <f64>at(r.y, (plane / r.channels * r.filters + f) * outSize + o) * <f64>at(r.weight, weight);
      }
      settle(x + (<usize>i << 2), sum, r.bias ? at(r.bias, c) : 0, r);
    }
  }
}

export function plainWeight(r: Convolution, unit: u32, last: u32): void {
  const size = r.d * r.h * r.w, outSize = r.od * r.oh * r.ow, taps = r.kd * r.kh * r.kw, strips = (r.filters + UNIT_FILTERS - 1) / UNIT_FILTERS;
  for (; unit < last; unit++) {
    const part = unit / (r.groups * strips), strip = unit % (r.groups * strips), group = strip / strips, begin = strip % strips * UNIT_FILTERS;
    for (let f = begin; f < min(r.filters, begin + UNIT_FILTERS); f++) {
      for (let c: u32 = 0; c < r.channels; c++) for (let tap: u32 = 0; tap < taps; tap++) {
        const weight = ((part * r.groups + group) * r.filters + f) * r.channels + c;
        let sum: f64 = 0;
        for (let n = <u32>(<u64>part * r.n / r.parts); n < <u32>(<u64>(part + 1) * r.n / r.parts); n++) {
          const x = r.x + (<usize>(((n * r.groups + group) * r.channels + c) * size) << 2);
          const y = r.y + (<usize>(((n * r.groups + group) * r.filters + f) * outSize) << 2);
          for (let o: u32 = 0; o < outSize; o++) {
            const i = seen(r, o, tap);
            if (i != OUTSIDE) sum += <f64>at(y, o) * <f64>at(x, i);
          }
        }
        settle(r.weight + (<usize>(weight * taps + tap) << 2), sum, 0, r);
      }
    }
  }
}

const OUTSIDE: u32 = -1;

/** The element of a plane of x that tap `tap` of the window of output `o` sees. */
function seen(r: Convolution, o: u32, tap: u32): u32 {
  // Before the input, a coordinate wraps around to a large one.
  const i = o / (r.oh * r.ow) * r.strideD + tap / (r.kh * r.kw) * r.dilationD - r.padD;
  const j = o / r.ow % r.oh * r.strideH + tap / r.kw % r.kh * r.dilationH - r.padH;
  const k = o % r.ow * r.strideW + tap % r.kw * r.dilationW - r.padW;
  return i < r.d && j < r.h && k < r.w ? (i * r.h + j) * r.w + k : OUTSIDE;
}

/** The output whose window sees element i of a plane of x by tap `tap`. */
function seeing(r: Convolution, i: u32, tap: u32): u32 {
  const a = i / (r.h * r.w) + r.padD - tap / (r.kh * r.kw) * r.dilationD, b = i / r.w % r.h + r.padH - tap / r.kw % r.kh * r.dilationH;
  const c = i % r.w + r.padW - tap % r.kw * r.dilationW;
  if (<i32>(a | b | c) < 0 || a % r.strideD || b % r.strideH || c % r.strideW) return OUTSIDE;
  const o = a / r.strideD, u = b / r.strideH, v = c / r.strideW;
  return o < r.od && u < r.oh && v < r.ow ? (o * r.oh + u) * r.ow + v : OUTSIDE;
}

/** Element i of the floats at an address. */
@inline
function at(address: usize, i: u32): f32 {
  return load<f32>(address + (<usize>i << 2));
}

/** Writes a sum: act(sum + beta · result + bias). */
@inline
function settle(result: usize, sum: f64, bias: f32, r: Convolution): void {
  let value = <f32>sum + bias;
  if (r.beta != 0) value += r.beta * load<f32>(result);
  store<f32>(result, r.act == Activation.Relu && value <= 0 ? 0 : value);
}
