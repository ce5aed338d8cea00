import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import type { ClippingOptions } from "./declaration.js";
import { Optimizer } from "./optimizer.js";
import { layerwise, learningRate, momentum, weightDecay } from "./options.js";
import type { StateNames } from "./segment.js";
import { ratio } from "./trust.js";
import type { Update } from "./update.js";

const LARS_OPTIONS = declare("LARS", {
  /** Finite number ≥ 0, or a schedule: for layers η times longer than SGD's. Default 1. */
  learningRate: learningRate(1),
  /** μ ≥ 0. Default 0.9. */
  momentum: momentum(0.9),
  /** Step along g + μv instead of v. Default false. */
  nesterov: flag({ default: false }),
  /** λ ≥ 0, added to the gradient as λθ. Default 0. */
  weightDecay: weightDecay(0),
  /** η > 0: a layer's step as a part of its weights. Default 0.001. */
  trustCoefficient: number({ default: 1e-3, above: 0, aka: ["trustCoef"] }),
  /** ε ≥ 0, added to the norm of the gradient. Default 1e-8. */
  epsilon: number({ default: 1e-8, min: 0, aka: ["eps"] }),
  /** Whether each parameter has a rate of its own; false for groups of biases and norms. Default true. */
  layerwise: layerwise(),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
});

export interface LARSOptions extends OptionsOf<typeof LARS_OPTIONS>, ClippingOptions {}

/**
 * LARS: SGD with momentum, whose rate for each tensor is in proportion to how large its weights are beside their gradient. For batches of
 * thousands.
 *
 *     r = η‖θ‖ / (‖∇‖ + λ‖θ‖ + ε),   1 where a norm is 0
 *     v ← μv + r (∇ + λθ)
 *     θ ← θ − lr · v,     with Nesterov θ − lr · (r (∇ + λθ) + μv)
 *
 * The paper's algorithm, with the learning rate outside the velocity as in `SGD`: equal while the rate is constant. Biases and the
 * parameters of norms usually have groups with `layerwise: false` and no weight decay.
 *
 * You, Gitman, Ginsburg: Large Batch Training of Convolutional Networks (arXiv 1708.03888).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new LARS([
 *   { params: weights, weightDecay: 1e-4 },
 *   { params: biases, layerwise: false, learningRate: 0.01 },
 * ], { learningRate: 10 });
 */
export class LARS extends Optimizer<LARSOptions> {
  static override readonly options = LARS_OPTIONS;

  protected override stateNames(): StateNames {
    return ["velocity"];
  }

  protected override update({ parameter, gradient, states: { velocity }, learningRate, options }: Update<LARSOptions>): void {
    const { momentum, nesterov, weightDecay, trustCoefficient, epsilon, layerwise, maximize } = options;
    const g = maximize ? gradient.neg() : gradient;
    let direction = weightDecay === 0 ? g : g.add(parameter.mul(weightDecay));
    if (layerwise) {
      const [weight, slope] = [parameter.norm(), g.norm()];
      const whole = slope.add(weight.mul(weightDecay)).add(epsilon);
      direction = direction.mul(ratio(weight.mul(trustCoefficient), whole, weight.mul(slope)));
    }
    velocity.assign(velocity.mul(momentum).add(direction));
    const way = nesterov ? direction.add(velocity.mul(momentum)) : velocity;
    parameter.assign(parameter.sub(way.mul(learningRate)));
  }
}
