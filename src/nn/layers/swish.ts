import type { Parameter } from "../../graph/parameter.js";
import { swish } from "../../ops/activations/smooth.js";
import { sigmoid } from "../../ops/activations.js";
import { checkTensor } from "../../ops/operands.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { drawn } from "../drawn.js";
import { constant } from "../initializers/common.js";
import { Layer } from "../layer.js";

const SWISH = declare(
  "Swish",
  {
    /** Whether β is learned. Default true. */
    learnable: flag({ default: true }),
  },
  { beta: number({ default: 1, mend: () => "Write new Swish(1, { learnable: true })." }) },
);

/** Options of `Swish`. */
export interface SwishLayerOptions extends OptionsOf<typeof SWISH> {}

/**
 * y = x · σ(βx), with a β that is learned; fixed at 1 it is `SiLU`. Ramachandran, Zoph and Le, arXiv 1710.05941.
 * Shape:     any → same; beta [1]
 * Gradient:  dβ = Σ g · x² · σ(βx)(1 − σ(βx))
 * @param beta β at the start, finite, default 1
 * @param options.learnable false keeps β as it is, default true
 * @throws ArgumentError
 * @example new Swish(2).forward(tensor([-1, 1]))   // [-0.1192, 0.8808]
 */
export class Swish extends Layer<typeof SWISH> {
  static override readonly declaration = SWISH;
  readonly beta: Parameter | null = this.settings.learnable ? drawn([1], constant({ value: this.settings.beta })) : null;

  constructor(beta?: number, options?: SwishLayerOptions) {
    super(arguments.length, beta, options);
  }

  static override stateShapes({ learnable }: SettingsOf<typeof SWISH>) {
    return { beta: learnable ? [1] : null };
  }

  forward(x: Tensor): Tensor {
    checkTensor("Swish", "x", x);
    const { beta } = this;
    return beta === null ? swish(x, { beta: this.settings.beta }) : x.mul(sigmoid(x.mul(beta)));
  }
}
