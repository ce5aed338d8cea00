import { checkArray } from "../errors/check.js";
import { ArgumentError, ShapeError } from "../errors/errors.js";
import { listText, message, shapeText } from "../errors/message.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, number } from "../options/kinds.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { tensor } from "../tensor/creation.js";
import { elementOf } from "../tensor/elements.js";
import { Tensor } from "../tensor/tensor.js";
import { indexSelect } from "./indexing.js";
import { embed } from "./parts.js";

const PAD = declare("pad", {
  /** What a constant border holds. Default 0. */
  value: number({ default: 0, nan: true, aka: ["constant_values"] }),
  /** What the border holds: "constant" the value; "reflect" what lies behind the edge, mirrored at it; "replicate" the edge; "circular" the other end. Default "constant". */
  mode: choice(["constant", "reflect", "replicate", "circular"], { default: "constant" }),
});

/** Options of `pad`. */
export interface PadOptions extends OptionsOf<typeof PAD> {}

type Widths = readonly (readonly [before: number, after: number])[];

/**
 * Surrounds with a constant, or with elements of x itself.
 * Shape:     [n₀, …] → [before₀ + n₀ + after₀, …]
 * Gradient:  dx = the inner part of g; what a border took of x adds its g
 * @param widths [before, after] for each axis from the first, whole numbers ≥ 0 (torch.nn.functional.pad: from the last, flat)
 * @param options.mode "constant", "reflect" (3, 2, 1, 2, 3, 2, 1), "replicate" (1, 1, 1, 2, 3, 3, 3) or "circular"
 *        (2, 3, 1, 2, 3, 1, 2); default "constant"
 * @param options.value of a constant border, default 0; written as `full` writes it
 * @throws ShapeError unless there is one pair an axis, and for a border that needs more than x has, ArgumentError for an option,
 *         DTypeError for a value outside x's integer type
 * @example tensor([1, 2]).pad([[1, 2]])   // [0, 1, 2, 0, 0]
 * @example tensor([1, 2]).pad([[1, 0]], { value: 9 })   // [9, 1, 2]
 * @example tensor([1, 2, 3]).pad([[2, 1]], { mode: "reflect" })   // [3, 2, 1, 2, 3, 2]
 */
export function pad(x: Tensor, widths: Widths, options?: PadOptions): Tensor {
  checkTensorArity("pad", arguments.length, 3);
  if (!(x instanceof Tensor)) return describeCall("pad", "x", x, [x, widths, options]);
  checkArray("pad", "widths", widths, "pad([[1, 1]])");
  const { mode, value } = PAD.readOptions(options);
  const isPair = (pair: unknown): boolean => Array.isArray(pair) && pair.length === 2 && pair.every((n) => Number.isInteger(n) && n >= 0);
  if (widths.length !== x.rank || !widths.every(isPair)) {
    throw new ShapeError(
      message("pad", `widths ${listText(widths)} for shape ${shapeText(x.shape)}; expected one pair of whole numbers ≥ 0 an axis`),
    );
  }
  if (mode !== "constant") {
    if (options?.value === undefined) return bordered(x, widths, mode);
    throw new ArgumentError(message("pad", `a value is given with mode "${mode}", which takes none`, "Leave out value, or mode."));
  }
  const into = x.shape.map((extent, axis) => widths[axis][0] + extent + widths[axis][1]);
  return embed(x, {
    shape: [...x.shape],
    starts: widths.map(([before]) => before),
    steps: widths.map(() => 1),
    into,
    value: elementOf("pad", x.dtype, value),
  });
}

/** A border that holds elements of x. */
interface Border {
  /** The widest of an axis. */
  readonly most: (extent: number) => number;
  /** Where a position outside of the axis has its element from. */
  readonly from: (position: number, extent: number) => number;
}

const BORDERS: Readonly<Record<"reflect" | "replicate" | "circular", Border>> = {
  reflect: { most: (extent) => extent - 1, from: (i, extent) => extent - 1 - Math.abs(extent - 1 - Math.abs(i)) },
  replicate: { most: (extent) => (extent > 0 ? Number.POSITIVE_INFINITY : 0), from: (i, extent) => Math.min(Math.max(i, 0), extent - 1) },
  circular: { most: (extent) => extent, from: (i, extent) => (i + extent) % extent },
};

/** One axis after the other, so that corners are borders of borders. */
function bordered(x: Tensor, widths: Widths, mode: keyof typeof BORDERS): Tensor {
  const { most, from } = BORDERS[mode];
  for (const [axis, [before, after]] of widths.entries()) {
    const widest = Math.max(before, after);
    if (widest === 0 || widest <= most(x.shape[axis])) continue;
    const has = `axis ${axis} of ${shapeText(x.shape)} has ${x.shape[axis]}`;
    const allowed = Math.max(0, most(x.shape[axis]));
    throw new ShapeError(message("pad", `a border of ${widest} in mode "${mode}", but ${has}; expected at most ${allowed}`));
  }
  let result = x;
  for (const [axis, [before, after]] of widths.entries()) {
    if (before + after === 0) continue;
    const extent = x.shape[axis];
    const index = Int32Array.from({ length: before + extent + after }, (_, i) => from(i - before, extent));
    result = indexSelect(result, axis, tensor(index));
  }
  return result;
}
