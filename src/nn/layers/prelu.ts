import { prelu } from "../../ops/activations/sloped.js";
import { checkTensor } from "../../ops/operands.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { count, number } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { drawn } from "../drawn.js";
import { constant } from "../initializers/common.js";
import { Layer } from "../layer.js";

const PRELU = declare(
  "PReLU",
  {
    /** The slope at the start, finite. Default 0.25. */
    init: number({ default: 0.25 }),
  },
  { numParameters: count({ default: 1, aka: ["channels"], mend: () => "Write new PReLU(8, { init: 0.25 })." }) },
);

/** Options of `PReLU`. */
export interface PReLUOptions extends OptionsOf<typeof PRELU> {}

/**
 * y = x where x > 0, else weight · x, with a slope that is learned: one for all, or one for each channel, which is axis 1. He et al.,
 * arXiv 1502.01852. Weight decay draws the slope to 0, that is to relu: leave it out for this parameter.
 * Shape:     any, with several slopes [n, numParameters, ...] → same; weight [numParameters]
 * @param numParameters whole number ≥ 1, default 1
 * @param options.init the slope at the start, finite, default 0.25
 * @throws ArgumentError; at forward ShapeError for another number of channels
 * @example new PReLU().forward(tensor([-2, 2]))   // [-0.5, 2]
 */
export class PReLU extends Layer<typeof PRELU> {
  static override readonly declaration = PRELU;
  readonly weight = drawn([this.settings.numParameters], constant({ value: this.settings.init }));

  constructor(numParameters?: number, options?: PReLUOptions) {
    super(arguments.length, numParameters, options);
  }

  static override stateShapes({ numParameters }: SettingsOf<typeof PRELU>) {
    return { weight: [numParameters] };
  }

  forward(x: Tensor): Tensor {
    checkTensor("PReLU", "x", x);
    return prelu(x, this.weight);
  }
}
