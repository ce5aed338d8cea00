import { ShapeError } from "../errors/errors.js";
import { kindText, listText, message, shapeText } from "../errors/message.js";
import { checkTensor } from "../ops/operands.js";
import { type PadOptions, pad } from "../ops/padding.js";
import type { AnyDeclaration } from "../options/declare.js";
import { type OptionOf, option } from "../options/option.js";
import type { Tensor } from "../tensor/tensor.js";
import { Composed } from "./composed.js";

/** What layers that pad the last axes have in common. */

/** One width for all sides, or [before, after] of the last axis, then of the one before it, and so on, as PyTorch writes it. */
export type Padding = number | readonly number[];

/** The sides in their order: the last axis first. */
const SIDES = ["left", "right", "top", "bottom", "front", "back"];

/** The widths, in front of the options. @param op the layer, for the error's example @param axes that are padded */
export function sides(op: string, axes: number): OptionOf<Padding, { required: true }> {
  const isWidth = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
  const list = `[${SIDES.slice(0, 2 * axes).join(", ")}]`;
  return option<Padding, { required: true; aka: readonly string[]; show: (value: unknown) => string; mend: () => string }>(
    `a whole number ≥ 0, or ${list}`,
    (value) => isWidth(value) || (Array.isArray(value) && value.length === 2 * axes && value.every(isWidth)),
    {
      required: true,
      aka: ["pad"],
      show: (value) => (Array.isArray(value) ? listText(value) : kindText(value)),
      mend: () => `Write new ${op}(1) or new ${op}(${list}).`,
    },
  );
}

export abstract class PaddingLayer<D extends AnyDeclaration> extends Composed<D> {
  /** How many of the last axes are padded. */
  protected abstract readonly axes: number;
  /** With what. */
  protected abstract readonly border: PadOptions;

  protected compute(x: Tensor): Tensor {
    checkTensor(this.op, "x", x);
    const { axes } = this;
    if (x.rank <= axes) {
      const expected = shapeText(["n", "...", ...["d", "h", "w"].slice(3 - axes)]);
      throw new ShapeError(message(this.op, `x has shape ${shapeText(x.shape)}; expected ${expected}`));
    }
    const { padding } = this.settings as unknown as { padding: Padding };
    const width = (side: number): number => (typeof padding === "number" ? padding : padding[side]);
    // The last axis has the first two widths.
    const widths = x.shape.map((_, axis) => {
      const fromLast = x.rank - 1 - axis;
      return fromLast < axes ? ([width(2 * fromLast), width(2 * fromLast + 1)] as const) : ([0, 0] as const);
    });
    return pad(x, widths, this.border);
  }

  forward(x: Tensor): Tensor {
    return this.compute(x);
  }
}
