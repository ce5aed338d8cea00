import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { type OptionOf, type OptionSpec, option } from "../options/option.js";
import type { Shape } from "../tensor/shape.js";
import type { Geometry } from "./convolution.js";
import { type Extents, each, extents, misfit, type Sliding, windowsAlong } from "./window.js";

/** Elements added on both sides of each spatial axis; "same": as many as keep the extents; "valid": none. */
export type Padding = Extents | "same" | "valid";

/** How the kernel of a convolution slides. */
export interface Sweep {
  readonly stride: Extents;
  readonly padding: Padding;
  readonly dilation: Extents;
  readonly groups: number;
}

/** How the kernel of a transposed convolution slides over its result. */
export interface TransposedSweep extends Sweep {
  readonly padding: Extents;
  /** Extents added behind the result. */
  readonly outputPadding: Extents;
}

/** An option for the padding of `axes` spatial axes. */
export function paddings<const S extends OptionSpec<Padding>>(axes: number, spec: S): OptionOf<Padding, S> {
  const { expected, holds, show } = extents(axes, 0, {});
  return option<Padding, S>(`${expected}, "same" or "valid"`, (value) => value === "same" || value === "valid" || holds(value), {
    show,
    ...spec,
  });
}

/** @throws ArgumentError for "same" with a stride: the extents do not stay the same then */
export function checkSame(op: string, { stride, padding }: Pick<Sweep, "stride" | "padding">): void {
  if (padding !== "same" || [stride].flat().every((n) => n === 1)) return;
  const given = typeof stride === "number" ? kindText(stride) : shapeText(stride);
  throw new ArgumentError(
    message(
      op,
      `padding is "same" and stride is ${given}; expected stride 1`,
      "Give the padding as a number: 1 for a kernel of 3, 2 for 5.",
    ),
  );
}

/** @throws ArgumentError unless the groups divide what is counted */
export function checkGroups(op: string, name: string, count: number, groups: number): void {
  if (count % groups === 0) return;
  throw new ArgumentError(
    message(
      op,
      `groups is ${groups}, which does not divide ${name} ${count}`,
      `Take ${name} ${groups * Math.ceil(count / groups)}, or other groups.`,
    ),
  );
}

/**
 * How a convolution lies.
 * @param x [n, groups · channels, ...input], or without n
 * @param weight [groups · filters, channels, ...kernel]
 * @throws ShapeError for other channels or axes and a kernel that does not fit, ArgumentError for groups and "same" with a stride
 */
export function geometryOf(op: string, x: Shape, weight: Shape, sweep: Sweep): Geometry {
  const kernel = weight.slice(2);
  const axes = kernel.length;
  const input = x.slice(-axes);
  const { groups } = sweep;
  checkGroups(op, "the filters", weight[0], groups);
  checkInput(op, x, weight, groups * weight[1]);
  checkSame(op, sweep);
  const [stride, dilation] = [each(sweep.stride, axes), each(sweep.dilation, axes)];
  const widths = paddingWidths(kernel, sweep);
  const slidings: Sliding[] = kernel.map((k, i) => {
    const [before, after] = widths[i];
    return { kernel: k, stride: stride[i], dilation: dilation[i], padding: before + after };
  });
  checkReach(
    op,
    input.map((extent, i) => extent + slidings[i].padding),
  );
  const output = input.map((extent, i) => windowsAlong(extent, slidings[i]));
  if (output.some((windows) => windows < 1)) throw misfit(op, input, slidings);
  return { input, kernel, output, stride, padding: widths.map(([before]) => before), dilation, groups };
}

/**
 * How a transposed convolution lies: as the convolution that leads from its result to its input.
 * @param x [n, groups · filters, ...output], or without n
 * @param weight [groups · filters, channels, ...kernel]
 * @throws ShapeError for other channels or axes and a result of no extent, ArgumentError for groups and an outputPadding
 */
export function transposedGeometryOf(op: string, x: Shape, weight: Shape, sweep: TransposedSweep): Geometry {
  const kernel = weight.slice(2);
  const axes = kernel.length;
  const output = x.slice(-axes);
  const { groups } = sweep;
  checkGroups(op, "the channels", weight[0], groups);
  checkInput(op, x, weight, weight[0]);
  checkOutputPadding(op, sweep);
  const [stride, padding, dilation, behind] = [sweep.stride, sweep.padding, sweep.dilation, sweep.outputPadding].map((all) =>
    each(all, axes),
  );
  checkReach(
    op,
    output.map((n, i) => (n - 1) * stride[i] + dilation[i] * (kernel[i] - 1) + behind[i] + 1),
  );
  const input = output.map((n, i) => (n - 1) * stride[i] - 2 * padding[i] + dilation[i] * (kernel[i] - 1) + behind[i] + 1);
  if (input.some((extent) => extent < 1)) {
    const problem = `x ${shapeText(x)} gives a result of extents ${input.join(" × ")}: padding ${padding.join(" × ")} takes all of it away`;
    throw new ShapeError(message(op, problem, "Take less padding, or a larger kernel."));
  }
  return { input, kernel, output, stride, padding, dilation, groups };
}

/** @throws ArgumentError for an outputPadding that is below neither the stride nor the dilation: nothing would reach it */
export function checkOutputPadding(op: string, { outputPadding, stride, dilation }: Omit<TransposedSweep, "padding" | "groups">): void {
  const all = [outputPadding, stride, dilation];
  const axes = Math.max(...all.map((extents) => [extents].flat().length));
  const [behind, strides, dilations] = all.map((extents) => each(extents, axes));
  if (behind.every((n, i) => n < Math.max(strides[i], dilations[i]))) return;
  const [given, ...beside] = [behind, strides, dilations].map((extents) => (axes === 1 ? String(extents[0]) : shapeText(extents)));
  const problem = `outputPadding is ${given}; expected less than the stride ${beside[0]} or the dilation ${beside[1]}`;
  throw new ArgumentError(message(op, problem, "Take a larger kernel for a larger result."));
}

/** Coordinates of kernels have 32 bits. @throws ShapeError for extents, padding included, that they do not reach */
function checkReach(op: string, extents: readonly number[]): void {
  if (extents.every((extent) => extent < 0x8000_0000)) return;
  const problem = `padding and stride reach over ${extents.join(" × ")} elements; expected less than 2147483648 along each axis`;
  throw new ShapeError(message(op, problem, "Take less padding, or a smaller stride."));
}

/** [before, after] for each spatial axis. What "same" adds more on one side stands behind, as in PyTorch. */
export function paddingWidths(kernel: readonly number[], { padding, dilation }: Pick<Sweep, "padding" | "dilation">): [number, number][] {
  const axes = kernel.length;
  if (padding !== "same") return each(padding === "valid" ? 0 : padding, axes).map((n) => [n, n]);
  return each(dilation, axes).map((step, i) => {
    const total = step * (kernel[i] - 1);
    const before = Math.floor(total / 2);
    return [before, total - before];
  });
}

const SPATIAL = [["l"], ["h", "w"], ["d", "h", "w"]];

/** A shape of a convolution over `axes` axes as a text: [n, c, h, w]. */
export function layoutText(axes: number, channels: string | number = "c"): string {
  return shapeText(["n", channels, ...SPATIAL[axes - 1]]);
}

function checkInput(op: string, x: Shape, weight: Shape, channels: number): void {
  const axes = weight.length - 2;
  if ([axes + 1, axes + 2].includes(x.length) && x[x.length - axes - 1] === channels) return;
  const expected = `expected ${layoutText(axes, channels)}, as weight ${shapeText(weight)} says`;
  throw new ShapeError(message(op, `x has shape ${shapeText(x)}; ${expected}`, layoutMend(x, axes, channels)));
}

/** How an input of another layout is mended, where one can be seen. */
export function layoutMend(x: Shape, axes: number, channels: number | string): string | undefined {
  if (x.length === 2 && axes === 2) return `Rows of pixels become images by new Reshape([${channels}, h, w]) before it.`;
  const spatial = Array.from({ length: axes }, (_, i) => i + 1);
  if (x.length === axes + 2 && x[axes + 1] === channels) {
    return `If the channels stand last, use x.permute(${shapeText([0, axes + 1, ...spatial])}).`;
  }
  if (x.length === axes + 1 && channels === 1) return "x.unsqueeze(1) gives each sample its one channel.";
  return undefined;
}
