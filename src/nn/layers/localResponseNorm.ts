import { localResponseNorm } from "../../ops/localResponseNorm.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, number } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Composed } from "../composed.js";

const LOCAL_RESPONSE_NORM = declare(
  "LocalResponseNorm",
  {
    /** Factor of the mean square. Default 1e-4. */
    alpha: number({ default: 1e-4 }),
    /** Exponent. Default 0.75. */
    beta: number({ default: 0.75 }),
    /** What is added to the mean square. Default 1. */
    k: number({ default: 1, aka: ["bias"] }),
  },
  { size: count({ required: true, mend: () => "Write new LocalResponseNorm(5)." }) },
);

/** Options of `LocalResponseNorm`. */
export interface LocalResponseNormOptions extends OptionsOf<typeof LOCAL_RESPONSE_NORM> {}

/**
 * Normalisation across neighbouring channels y = x / (k + α · mean(x²))^β, as torch.nn.LocalResponseNorm: the mean is over `size` channels
 * around each, those beyond the edge being 0. Krizhevsky, Sutskever and Hinton, NeurIPS 2012.
 * Shape:     [n, channels, ...] → same
 * @param size channels of a neighbourhood, whole number ≥ 1; of an even number, one more stands before a channel than behind it
 * @param options.alpha default 1e-4
 * @param options.beta default 0.75
 * @param options.k default 1
 * @throws ArgumentError for an unknown option or value, ShapeError unless x has channels
 * @example new LocalResponseNorm(5).forward(randn([2, 8, 4, 4])).shape   // [2, 8, 4, 4]
 */
export class LocalResponseNorm extends Composed<typeof LOCAL_RESPONSE_NORM> {
  static override readonly declaration = LOCAL_RESPONSE_NORM;

  constructor(size: number, options?: LocalResponseNormOptions) {
    super(arguments.length, size, options);
  }

  protected compute(x: Tensor): Tensor {
    return localResponseNorm(x, this.settings);
  }

  forward(x: Tensor): Tensor {
    return this.compute(x);
  }
}
