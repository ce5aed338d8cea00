import fc from "fast-check";
import { inputUnits, outputUnits, weightUnits } from "../../src/kernels/convolutions.js";
import type { ConvArgs } from "../../src/kernels/generated.js";
import { normals } from "./kernels.js";

/** Convolutions for tests of the kernels. */

/** An axis: extents of input, kernel and output, and how the windows lie. */
interface Axis {
  readonly input: number;
  readonly kernel: number;
  readonly output: number;
  readonly stride: number;
  readonly pad: number;
  readonly dilation: number;
}

export interface Convolution {
  readonly n: number;
  readonly groups: number;
  readonly channels: number;
  readonly filters: number;
  readonly axes: readonly Axis[];
  readonly relu: boolean;
  readonly bias: boolean;
  readonly beta: number;
  readonly parts: number;
}

export type Name = "convOutput" | "convInput" | "convWeight";
export const NAMES: readonly Name[] = ["convOutput", "convInput", "convWeight"];

/** An axis of `input` elements, with all windows that fit. */
function axisOf(input: number, kernel: number, { stride = 1, pad = 0, dilation = 1 } = {}): Axis {
  return { input, kernel, stride, pad, dilation, output: Math.floor((input + 2 * pad - dilation * (kernel - 1) - 1) / stride) + 1 };
}

const axis = (most: number): fc.Arbitrary<Axis> =>
  fc
    .record({
      kernel: fc.integer({ min: 1, max: 5 }),
      stride: fc.integer({ min: 1, max: 3 }),
      pad: fc.integer({ min: 0, max: 3 }),
      dilation: fc.integer({ min: 1, max: 2 }),
      more: fc.integer({ min: 0, max: most }),
    })
    .map(({ kernel, more, ...lies }) => axisOf(Math.max(1, lies.dilation * (kernel - 1) + 1 - 2 * lies.pad) + more, kernel, lies));

const ALONE = axisOf(1, 1);

/** Axes without padding: the windows see the input itself. */
const inside = (of: fc.Arbitrary<Axis>): fc.Arbitrary<Axis> =>
  of.map(({ input, kernel, pad, ...lies }) => axisOf(input + 2 * pad, kernel, { ...lies, pad: 0 }));

/** Any convolution of one, two or three axes. One in four is depthwise. */
export const convolutions: fc.Arbitrary<Convolution> = fc
  .record({
    n: fc.integer({ min: 1, max: 4 }),
    groups: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 9 }),
    filters: fc.integer({ min: 1, max: 40 }),
    depthwise: fc.nat(3),
    axes: fc.oneof(
      axis(40).map((w) => [ALONE, ALONE, w]),
      fc.tuple(axis(9), axis(20)).map(([h, w]) => [ALONE, h, w]),
      fc.tuple(inside(axis(9)), inside(axis(20))).map(([h, w]) => [ALONE, h, w]),
      fc.tuple(axis(3), axis(4), axis(6)),
    ),
    relu: fc.boolean(),
    bias: fc.boolean(),
    beta: fc.constantFrom(0, 1, 0.5),
    parts: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ depthwise, ...rest }) => (depthwise === 0 ? { ...rest, channels: 1, filters: 1 } : rest));

/** A convolution of two axes alike, without bias or activation. */
const square = (n: number, channels: number, filters: number, axis: Axis, groups = 1): Convolution => ({
  ...{ n, groups, channels, filters, axes: [ALONE, axis, axis], relu: false, bias: false, beta: 0, parts: 1 },
});

/** A convolution of one axis. */
const line = (n: number, channels: number, filters: number, axis: Axis): Convolution => ({
  ...square(n, channels, filters, axis),
  axes: [ALONE, ALONE, axis],
});

/** Convolutions of every way of work, and of every edge of a block. */
export const LARGE: readonly [string, Convolution][] = [
  ["LeNet's first layer", { ...square(3, 1, 6, axisOf(28, 5, { pad: 2 })), relu: true, bias: true, parts: 2 }],
  ["LeNet's second layer", { ...square(5, 6, 16, axisOf(14, 5)), relu: true, bias: true, parts: 2 }],
  ["planes of 4 KiB, lines in several blocks", square(1, 8, 17, axisOf(32, 3, { pad: 1 }))],
  ["planes of 4 KiB, windows inside", square(1, 8, 9, axisOf(32, 1))],
  ["a line of several blocks", line(1, 3, 5, axisOf(1300, 3, { pad: 1 }))],
  ["a line of several blocks, read in place", line(1, 3, 5, axisOf(1300, 4, { stride: 2 }))],
  ["many channels in a line of several blocks", line(1, 940, 1, axisOf(430, 2, { pad: 1 }))],
  ["channels of more than one block of steps", { ...square(1, 920, 3, axisOf(5, 3, { pad: 1 })), bias: true, relu: true, beta: 0.5 }],
  ["filters of more than one block", square(1, 2, 4200, axisOf(4, 1))],
  ["weights of more than one block", square(1, 2700, 50, axisOf(2, 1))],
  ["rows of weights that lie 4 KiB apart", square(1, 1024, 12, axisOf(5, 1, { stride: 2 }))],
  ["depthwise, lines in several blocks", { ...square(2, 1, 1, axisOf(50, 5, { pad: 2 }), 3), bias: true, relu: true, parts: 2 }],
  ["depthwise, small planes", { ...square(3, 1, 1, axisOf(7, 3, { pad: 1 }), 5), bias: true }],
  ["depthwise, a line of several blocks, two elements apart", line(2, 1, 1, axisOf(2100, 4, { pad: 1, stride: 2 }))],
  ["a window too large for a block", line(1, 1, 1, axisOf(8240, 8200))],
];

/** The operands of a convolution. */
export interface Operands<T> {
  x: T;
  weight: T;
  y: T;
  bias: T;
}

/** Numbers for the operands. */
export function numbersFor({ n, groups, channels, filters, axes: [d, h, w], parts }: Convolution): Operands<Float32Array> {
  const volume = (of: "input" | "kernel" | "output"): number => d[of] * h[of] * w[of];
  return {
    x: normals(n * groups * channels * volume("input"), 1),
    weight: normals(parts * groups * filters * channels * volume("kernel"), 2),
    y: normals(n * groups * filters * volume("output"), 3),
    bias: normals(groups * Math.max(channels, filters), 4),
  };
}

/** The record of a convolution whose operands stand at these addresses. */
export function argsOf({ axes: [d, h, w], relu, bias, ...rest }: Convolution, at: Operands<number>): ConvArgs {
  return {
    ...{ ...rest, ...at, bias: bias ? at.bias : 0, act: relu ? 1 : 0 },
    ...{ d: d.input, h: h.input, w: w.input, od: d.output, oh: h.output, ow: w.output, kd: d.kernel, kh: h.kernel, kw: w.kernel },
    ...{ strideD: d.stride, strideH: h.stride, strideW: w.stride, padD: d.pad, padH: h.pad, padW: w.pad },
    ...{ dilationD: d.dilation, dilationH: h.dilation, dilationW: w.dilation },
  };
}

/** The length of a kernel's range. */
export function unitsOf(name: Name, convolution: Convolution): number {
  const args = argsOf(convolution, { x: 0, weight: 0, y: 0, bias: 0 });
  return { convOutput: outputUnits, convInput: inputUnits, convWeight: weightUnits }[name](args);
}

/** The most products in a sum. */
export function termsOf(name: Name, { n, channels, filters, axes }: Convolution): number {
  const volume = (of: "kernel" | "output"): number => axes.reduce((product, axis) => product * axis[of], 1);
  return name === "convOutput" ? channels * volume("kernel") : name === "convInput" ? filters * volume("kernel") : n * volume("output");
}
