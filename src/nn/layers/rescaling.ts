import { checkTensor, floating } from "../../ops/operands.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";

const RESCALING = declare(
  "Rescaling",
  {
    /** What is added after the scaling, finite. Default 0. */
    offset: number({ default: 0 }),
  },
  { scale: number({ required: true, mend: () => "Write new Rescaling(1 / 255)." }) },
);

/** Options of `Rescaling`. */
export interface RescalingOptions extends OptionsOf<typeof RESCALING> {}

/**
 * y = x · scale + offset, as in Keras; integers become float32 first. In front of a model it lets data stay as small as they are:
 * uint8 images take a quarter of the memory of float32 ones, and `fit` takes the rows of a batch and converts them on all threads.
 * Shape:     any → same
 * @param scale finite, e.g. 1 / 255
 * @param options.offset finite, default 0
 * @throws ArgumentError for a scale or an offset that is no finite number
 * @example new Sequential([new Rescaling(1 / 127.5, { offset: -1 }), new Flatten(), new Dense(10)])
 */
export class Rescaling extends Layer<typeof RESCALING> {
  static override readonly declaration = RESCALING;
  readonly scale = this.settings.scale;
  readonly offset = this.settings.offset;

  constructor(scale: number, options?: RescalingOptions) {
    super(arguments.length, scale, options);
  }

  forward(x: Tensor): Tensor {
    checkTensor("Rescaling", "x", x);
    const scaled = floating(x).mul(this.scale);
    return this.offset === 0 ? scaled : scaled.add(this.offset);
  }
}
