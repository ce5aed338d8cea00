import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { checkTensor } from "../../ops/operands.js";
import { declare } from "../../options/declare.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Dropping, inverted, PROBABILITY } from "../noisy.js";

const DROPOUT1D = declare("Dropout1d", {}, PROBABILITY);
const DROPOUT2D = declare("Dropout2d", {}, PROBABILITY);
const DROPOUT3D = declare("Dropout3d", {}, PROBABILITY);

type Declared = typeof DROPOUT1D | typeof DROPOUT2D | typeof DROPOUT3D;

abstract class SpatialDropout<D extends Declared> extends Dropping<D> {
  /** The ranks that x may have, and of each how many axes come before the channels' places. */
  protected abstract readonly leading: Readonly<Record<number, number>>;

  protected override resultShape(inputShape: Shape): Shape {
    this.#channels(inputShape);
    return inputShape;
  }

  override forward(x: Tensor): Tensor {
    checkTensor(this.op, "x", x);
    this.#channels(x.shape);
    return super.forward(x);
  }

  protected override drop(x: Tensor, p: number): Tensor {
    const leading = this.#channels(x.shape);
    const shape = x.shape.map((extent, axis) => (axis < leading ? extent : 1));
    return inverted(x, this.kept(x, shape, p), p);
  }

  #channels(shape: Shape): number {
    const found = this.leading[shape.length];
    if (found !== undefined) return found;
    const ranks = Object.keys(this.leading).join(" or ");
    throw new ShapeError(message(this.op, `x has shape ${shapeText(shape)}; expected ${ranks} axes, channels first`));
  }
}

/**
 * Sets whole channels of signals to 0 at random and divides the others by 1 − p, in training; in evaluation nothing. Neighbours of a
 * channel tell the same, so that single elements would hardly be missed. As torch.nn.Dropout1d. Tompson et al., CVPR 2015.
 * Shape:     [n, c, l] or [c, l] → same
 * @param p probability of dropping, 0 … 1, default 0.5
 * @throws ArgumentError; at forward ShapeError
 * @example new Dropout1d(0.2).eval().forward(tensor([[1, 2]]))   // [[1, 2]]
 */
export class Dropout1d extends SpatialDropout<typeof DROPOUT1D> {
  static override readonly declaration = DROPOUT1D;
  protected readonly leading = { 2: 1, 3: 2 };

  constructor(p?: number) {
    super(arguments.length, p);
  }
}

/**
 * Sets whole channels of images to 0 at random and divides the others by 1 − p, in training; in evaluation nothing. As torch.nn.Dropout2d,
 * for which three axes are signals [n, c, l]. Tompson et al., CVPR 2015.
 * Shape:     [n, c, h, w] or [n, c, l] → same
 * @param p probability of dropping, 0 … 1, default 0.5
 * @throws ArgumentError; at forward ShapeError
 * @example new Sequential([new Conv2d(1, 8, 3), new Dropout2d(0.2)])
 */
export class Dropout2d extends SpatialDropout<typeof DROPOUT2D> {
  static override readonly declaration = DROPOUT2D;
  protected readonly leading = { 3: 2, 4: 2 };

  constructor(p?: number) {
    super(arguments.length, p);
  }
}

/**
 * Sets whole channels of volumes to 0 at random and divides the others by 1 − p, in training; in evaluation nothing. As torch.nn.Dropout3d.
 * Tompson et al., CVPR 2015.
 * Shape:     [n, c, d, h, w] or [c, d, h, w] → same
 * @param p probability of dropping, 0 … 1, default 0.5
 * @throws ArgumentError; at forward ShapeError
 * @example new Sequential([new Conv3d(1, 8, 3), new Dropout3d(0.2)])
 */
export class Dropout3d extends SpatialDropout<typeof DROPOUT3D> {
  static override readonly declaration = DROPOUT3D;
  protected readonly leading = { 4: 1, 5: 2 };

  constructor(p?: number) {
    super(arguments.length, p);
  }
}
