import { ShapeError } from "../errors/errors.js";
import { kindText, listText, message } from "../errors/message.js";
import { type OptionOf, type OptionSpec, option } from "../options/option.js";

/** Windows that slide over the last axes of a tensor: of convolutions, pooling, unfold. */

/** One number for all spatial axes, or one for each: [height, width]. */
export type Extents = number | readonly number[];

const WORDS = ["", "", "two", "three"];

/** An option of one whole number from `least` on for all `axes` spatial axes, or of one for each. */
export function extents<const S extends OptionSpec<Extents>>(axes: number, least: number, spec: S): OptionOf<Extents, S> {
  const holds = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= least;
  const all = (value: unknown): boolean => holds(value) || (Array.isArray(value) && value.length === axes && value.every(holds));
  const expected = axes === 1 ? `a whole number ≥ ${least}` : `a whole number ≥ ${least}, or ${WORDS[axes]}`;
  return option<Extents, S>(expected, all, { show, ...spec });
}

function show(value: unknown): string {
  return Array.isArray(value) ? listText(value) : kindText(value);
}

/** A number for each of `axes` spatial axes. */
export function each(value: Extents, axes: number): readonly number[] {
  return typeof value === "number" ? new Array<number>(axes).fill(value) : value;
}

/** How windows lie along one axis. */
export interface Sliding {
  /** Elements of a window. */
  readonly kernel: number;
  /** From window to window. */
  readonly stride: number;
  /** From element to element of a window. */
  readonly dilation: number;
  /** Elements that are added to the input: on both sides together. */
  readonly padding: number;
}

/** The number of windows along an axis: ⌊(extent + padding − dilation · (kernel − 1) − 1) / stride⌋ + 1. Below 1, none fits. */
export function windowsAlong(extent: number, { kernel, stride, dilation, padding }: Sliding): number {
  return Math.floor((extent + padding - spanOf(kernel, dilation)) / stride) + 1;
}

/** What a window reaches over: elements between its first and its last, both included. */
export function spanOf(kernel: number, dilation: number): number {
  return dilation * (kernel - 1) + 1;
}

/** The error for windows that do not fit. @param axes of the input, by spatial axis */
export function misfit(op: string, input: readonly number[], axes: readonly Sliding[]): ShapeError {
  const window = axes.map(({ kernel, dilation }) => spanOf(kernel, dilation)).join(" × ");
  const padded = input.map((extent, i) => extent + axes[i].padding).join(" × ");
  return new ShapeError(
    message(op, `a window of ${window} does not fit into ${padded} (padding included)`, "Take a smaller window, or more padding."),
  );
}
