import fc from "fast-check";
import type { PoolArgs } from "../../src/kernels/generated.js";

/** The windows along an axis. */
interface Axis {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
  readonly dilation: number;
}

const ALONE: Axis = { input: 1, output: 1, kernel: 1, stride: 1, pad: 0, dilation: 1 };

/** An axis on which windows fit; its last one may end behind the padding. @param dilations greatest distance of a window's elements */
const sliding = (most: number, dilations: number): fc.Arbitrary<Axis> =>
  fc
    .record({
      kernel: fc.integer({ min: 1, max: 4 }),
      stride: fc.integer({ min: 1, max: 4 }),
      dilation: fc.integer({ min: 1, max: dilations }),
      more: fc.integer({ min: 0, max: most }),
      half: fc.boolean(),
      ceil: fc.boolean(),
    })
    .map(({ kernel, stride, dilation, more, half, ceil }) => {
      const input = dilation * (kernel - 1) + 1 + more;
      const pad = half ? Math.floor(kernel / 2) : 0;
      const rest = input + 2 * pad - dilation * (kernel - 1) - 1;
      const last = Math.ceil(rest / stride);
      const output = ceil && last * stride < input + pad ? last + 1 : Math.floor(rest / stride) + 1;
      return { input, output, kernel, stride, pad, dilation };
    });

/** An axis that a number of windows divides. */
const divided = (most: number): fc.Arbitrary<Axis> =>
  fc
    .record({ input: fc.integer({ min: 1, max: most }), output: fc.integer({ min: 1, max: most }) })
    .map((extents) => ({ ...ALONE, ...extents }));

export interface PoolShape {
  readonly planes: number;
  readonly axes: readonly [Axis, Axis, Axis];
  readonly adaptive: boolean;
}

/** Poolings of one, two and three axes. @param dilations greatest distance of a window's elements */
export function poolShapes(dilations: number): fc.Arbitrary<PoolShape> {
  const planes = fc.integer({ min: 0, max: 4 });
  const axes = (axis: (most: number) => fc.Arbitrary<Axis>): fc.Arbitrary<[Axis, Axis, Axis]> =>
    fc.oneof(
      axis(40).map((w): [Axis, Axis, Axis] => [ALONE, ALONE, w]),
      fc.tuple(axis(8), axis(20)).map(([h, w]): [Axis, Axis, Axis] => [ALONE, h, w]),
      fc.tuple(axis(3), axis(4), axis(10)),
    );
  // Windows of 2 × 2 beside each other, for which kernels have a way of their own.
  const halves = (most: number): fc.Arbitrary<Axis> =>
    fc.record({ input: fc.integer({ min: 1, max: most }), ceil: fc.boolean() }).map(({ input, ceil }) => {
      return { ...ALONE, input, output: Math.max(1, ceil ? Math.ceil(input / 2) : Math.floor(input / 2)), kernel: 2, stride: 2 };
    });
  return fc.oneof(
    fc.record({
      planes,
      axes: fc.tuple(halves(9), halves(40)).map(([h, w]): [Axis, Axis, Axis] => [ALONE, h, w]),
      adaptive: fc.constant(false),
    }),
    fc.record({ planes, axes: axes((most) => sliding(most, dilations)), adaptive: fc.constant(false) }),
    fc.record({ planes, axes: axes(divided), adaptive: fc.constant(true) }),
  );
}

/** The elements of all planes, before and after pooling, and the rows of the latter. */
export function sizesOf({ planes, axes }: PoolShape): { input: number; output: number; rows: number } {
  const [d, h, w] = axes;
  const rows = planes * d.output * h.output;
  return { input: planes * d.input * h.input * w.input, output: rows * w.output, rows };
}

/** The record of a pooling but for its addresses and what averages divide by. */
export function extentsOf({ axes: [d, h, w], adaptive }: PoolShape): Omit<PoolArgs, "x" | "y" | "indices" | "divisor" | "padded" | "beta"> {
  return {
    ...{ d: d.input, h: h.input, w: w.input, od: d.output, oh: h.output, ow: w.output, kd: d.kernel, kh: h.kernel, kw: w.kernel },
    ...{ strideD: d.stride, strideH: h.stride, strideW: w.stride, padD: d.pad, padH: h.pad, padW: w.pad },
    ...{ dilationD: d.dilation, dilationH: h.dilation, dilationW: w.dilation, adaptive: Number(adaptive) },
  };
}
