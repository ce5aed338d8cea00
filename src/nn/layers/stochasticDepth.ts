import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, count, number } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Dropping, inverted } from "../noisy.js";

const STOCHASTIC_DEPTH = declare(
  "StochasticDepth",
  {
    /** "row": each sample falls by itself; "batch": all together. Default "row". */
    mode: choice(["row", "batch"], { default: "row" }),
  },
  { p: number({ default: 0.5, min: 0, max: 1 }) },
);

/** Options of `StochasticDepth`. */
export interface StochasticDepthOptions extends OptionsOf<typeof STOCHASTIC_DEPTH> {}

/**
 * Sets all of a sample to 0 at random and divides the others by 1 − p, in training; in evaluation nothing. At the end of a residual block's
 * body it leaves the block out for that sample ("drop path"). As torchvision.ops.StochasticDepth, whose mode has no default. Huang et al.,
 * arXiv 1603.09382, 2016.
 * Shape:     [n, …] → same
 * @param p probability of dropping, 0 … 1, default 0.5; see `stochasticDepthRates`
 * @param options.mode "row": each sample by itself, "batch": all together; default "row"
 * @throws ArgumentError
 * @example new Residual(new Sequential([new Dense(4, { activation: "relu" }), new Dense(4), new StochasticDepth(0.2)]))
 */
export class StochasticDepth extends Dropping<typeof STOCHASTIC_DEPTH> {
  static override readonly declaration = STOCHASTIC_DEPTH;

  constructor(p?: number, options?: StochasticDepthOptions) {
    super(arguments.length, p, options);
  }

  protected drop(x: Tensor, p: number): Tensor {
    const shape = x.shape.map((extent, axis) => (axis === 0 && this.settings.mode === "row" ? extent : 1));
    return inverted(x, this.kept(x, shape, p), p);
  }
}

const RATES = declare("stochasticDepthRates", {}, { blocks: count({ required: true }), last: number({ required: true, min: 0, max: 1 }) });

/**
 * Probabilities of dropping that grow linearly with depth: pₗ = l/L · last for the blocks l = 1 … L. Huang et al., arXiv 1603.09382, 2016,
 * with last = 0.5.
 * @param blocks how many there are, L ≥ 1
 * @param last that of the last block, 0 … 1
 * @returns one for each block
 * @throws ArgumentError
 * @example stochasticDepthRates(4, 0.5)   // [0.125, 0.25, 0.375, 0.5]
 */
export function stochasticDepthRates(blocks: number, last: number): number[] {
  checkArity("stochasticDepthRates", arguments.length, 2);
  RATES.read(arguments);
  return Array.from({ length: blocks }, (_, i) => (last * (i + 1)) / blocks);
}
