import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { flag } from "../../options/kinds.js";
import { type OptionSpec, option } from "../../options/option.js";
import { normalizeAxis } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Merge } from "../merge.js";
import { extentsText } from "../options.js";

/** One axis for both inputs, or one for each. */
type DotAxes = number | readonly [number, number];

const isAxis = (value: unknown): boolean => Number.isSafeInteger(value) && value !== 0;
const isAxes = (value: unknown): boolean => isAxis(value) || (Array.isArray(value) && value.length === 2 && value.every(isAxis));

const DOT = declare(
  "Dot",
  {
    /** Whether each vector along the axis is divided by its length first: cosine similarity. Default false. */
    normalize: flag({ default: false }),
  },
  {
    axes: option<DotAxes, OptionSpec<DotAxes> & { required: true }>(
      "an axis other than 0, which are the samples, or one for each input",
      isAxes,
      {
        required: true,
        show: extentsText,
        mend: () => "Write new Dot(1) or new Dot([1, 2]).",
      },
    ),
  },
);

/** Options of `Dot`. */
export interface DotOptions extends OptionsOf<typeof DOT> {}

/** Below this a squared length counts as this, as in Keras. */
const LEAST_SQUARE = 1e-12;

/**
 * Inner products of two inputs, sample by sample: z = Σᵢ aᵢbᵢ over an axis of each.
 * Shape:     a [n, ...A, d, ...], b [n, ...B, d, ...] → [n, ...A, ...B]; where neither has further axes [n, 1]
 * @param axes the axis of both, or [a's, b's], counted with the samples
 * @param options.normalize whether vectors are divided by their lengths first, default false
 * @throws ArgumentError for more or fewer inputs or axis 0, ShapeError for other extents, IndexError for an axis outside the shape
 * @example new Dot(1).forward(tensor([[1, 2]]), tensor([[3, 4]]));   // [[11]]
 */
export class Dot extends Merge<typeof DOT> {
  static override readonly declaration = DOT;
  protected override readonly most = 2;

  constructor(axes: DotAxes, options?: DotOptions) {
    super(arguments.length, axes, options);
  }

  protected merge([a, b]: readonly Tensor[]): Tensor {
    const { axes, normalize } = this.settings;
    const [axisA, axisB] = typeof axes === "number" ? [axes, axes] : axes;
    const [x, y] = [axisLast(a, axisA, normalize), axisLast(b, axisB, normalize)];
    const [n, d] = [a.shape[0], x.shape[2]];
    if (b.shape[0] !== n || y.shape[2] !== d) {
      const problem = `a ${shapeText(a.shape)} along axis ${axisA} and b ${shapeText(b.shape)} along axis ${axisB} do not fit`;
      throw new ShapeError(message("Dot", `${problem}; expected one number of samples and one extent`));
    }
    const rest = [...without(a, axisA), ...without(b, axisB)];
    return x.matmul(y.transpose(1, 2)).reshape([n, ...(rest.length === 0 ? [1] : rest)]);
  }
}

/** x as [n, rest, d]: the axis last, the others between it and the samples in one. */
function axisLast(x: Tensor, axis: number, normalize: boolean): Tensor {
  const at = checkedAxis(x, axis);
  const d = x.shape[at];
  const rest = without(x, axis).reduce((size, extent) => size * extent, 1);
  const order = x.shape.map((_, i) => i).filter((i) => i !== at);
  const rows = x.permute([...order, at]).reshape([x.shape[0], rest, d]);
  return normalize ? rows.mul(rows.square().sum(2, { keepDims: true }).maximum(LEAST_SQUARE).rsqrt()) : rows;
}

/** The extents but for the samples and the axis. */
function without(x: Tensor, axis: number): number[] {
  const at = checkedAxis(x, axis);
  return x.shape.filter((_, i) => i !== 0 && i !== at);
}

function checkedAxis(x: Tensor, axis: number): number {
  const at = normalizeAxis("Dot", axis, x.shape);
  if (at > 0) return at;
  throw new ShapeError(message("Dot", `axis ${axis} of ${shapeText(x.shape)} is that of the samples; expected another`));
}
