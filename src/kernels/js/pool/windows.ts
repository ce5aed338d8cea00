import type { PoolArgs } from "../../generated.js";

/** The windows of an axis. */
interface Axis {
  readonly extent: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
  readonly dilation: number;
}

/** What a window covers along an axis. */
interface Covered {
  /** Elements of the input. */
  readonly places: readonly number[];
  /** How many elements and how many places in the padding there are. */
  readonly padded: number;
}

function covered({ extent, outputs, kernel, stride, pad, dilation }: Axis, adaptive: boolean, o: number): Covered {
  const begin = adaptive ? Math.floor((o * extent) / outputs) : o * stride - pad;
  const count = adaptive ? Math.ceil(((o + 1) * extent) / outputs) - begin : kernel;
  const all = Array.from({ length: count }, (_, i) => begin + i * dilation);
  return { places: all.filter((i) => i >= 0 && i < extent), padded: all.filter((i) => i < extent + pad).length };
}

/** Calls `visit` for every window of a plane, with its elements and what an average divides by. */
export function windows(r: PoolArgs, visit: (output: number, elements: readonly number[], divisor: number) => void): void {
  const { kd, kh, kw, strideD, strideH, strideW, padD, padH, padW, dilationD, dilationH, dilationW } = r;
  const axes: Axis[] = [
    { extent: r.d, outputs: r.od, kernel: kd, stride: strideD, pad: padD, dilation: dilationD },
    { extent: r.h, outputs: r.oh, kernel: kh, stride: strideH, pad: padH, dilation: dilationH },
    { extent: r.w, outputs: r.ow, kernel: kw, stride: strideW, pad: padW, dilation: dilationW },
  ];
  const along = axes.map((axis) => Array.from({ length: axis.outputs }, (_, o) => covered(axis, r.adaptive === 1, o)));
  let output = 0;
  for (const a of along[0]) {
    for (const b of along[1]) {
      for (const c of along[2]) {
        const elements = a.places.flatMap((i) => b.places.flatMap((j) => c.places.map((k) => (i * r.h + j) * r.w + k)));
        const counted = r.padded === 1 ? a.padded * b.padded * c.padded : elements.length;
        visit(output++, elements, r.divisor || counted);
      }
    }
  }
}

/** Elements of a plane of the input. */
export function inputSize({ d, h, w }: PoolArgs): number {
  return d * h * w;
}

/** Elements of a plane of the output. */
export function outputSize({ od, oh, ow }: PoolArgs): number {
  return od * oh * ow;
}
