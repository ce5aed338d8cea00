import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { ClippingOptions } from "./declaration.js";
import { Optimizer } from "./optimizer.js";
import { learningRate, weightDecay } from "./options.js";
import type { StateNames } from "./segment.js";
import type { Update } from "./update.js";

/** 2⁻²³ */
const FLOAT32_EPSILON = 1.1920928955078125e-7;

const ADAFACTOR = declare("Adafactor", {
  /** Finite number ≥ 0, or a schedule: the greatest relative step. Default 0.01. */
  learningRate: learningRate(0.01),
  /** ≤ 0: at update t, the mean square keeps 1 − t^beta2Decay of the last one. Default −0.8. */
  beta2Decay: number({ default: -0.8, max: 0 }),
  /** > 0: the least mean square of all rows; its square is the least mean square of an element. Default null: 2⁻²³, in float64 2⁻⁵². */
  epsilon1: number({ default: null, above: 0, aka: ["eps"] }),
  /** > 0: the least root mean square that a parameter counts with. Default 1e-3. */
  epsilon2: number({ default: 1e-3, above: 0 }),
  /** ≥ 1: the greatest root mean square of a step before it is scaled. Default 1. */
  clipThreshold: number({ default: 1, min: 1, aka: ["d"] }),
  /** λ ≥ 0: the parameters shrink by lr · λ. Default 0. */
  weightDecay: weightDecay(0),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
});

export interface AdafactorOptions extends OptionsOf<typeof ADAFACTOR>, ClippingOptions {}

/**
 * Adafactor: RMSprop whose mean squares of a matrix [m, n] take m + n numbers instead of m · n, and whose steps are in proportion to the
 * parameters.
 *
 *     ω = t^beta2Decay
 *     r ← r + ω (mean of ∇² over a row − r),   c ← c + ω (mean over a column − c)
 *     v = r cᵀ / max(mean of r, ε₁);           for vectors v ← v + ω (∇² − v)
 *     d = ∇ / √max(v, ε₁²)
 *     θ ← (1 − lr · λ) θ
 *     θ ← θ − max(ε₂, RMS(θ)) · min(lr, 1/√t) · d / max(1, RMS(d) / clipThreshold)
 *
 * with RMS(θ) before the decay, and rows and columns on the last two axes. As PyTorch's Adafactor (from 2.5 on), whose `d` is called
 * `clipThreshold` here. Keras has other ε and a warm-up; the paper has no weight decay.
 *
 * Shazeer, Stern: Adafactor: Adaptive Learning Rates with Sublinear Memory Cost (arXiv 1804.04235).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new Adafactor(model.parameters(), { learningRate: 0.02 });
 */
export class Adafactor extends Optimizer<AdafactorOptions> {
  static override readonly options = ADAFACTOR;

  protected override stateNames(): StateNames {
    return ["rows", "columns", "v"];
  }

  protected override stateShape(state: string, parameter: Shape): Shape | null {
    if (parameter.length < 2) return state === "v" ? parameter : null;
    const before = parameter.slice(0, -2);
    const [m, n] = parameter.slice(-2);
    return state === "rows" ? [...before, m, 1] : state === "columns" ? [...before, 1, n] : null;
  }

  protected override update({ parameter, gradient, states, learningRate, step, options }: Update<AdafactorOptions>): void {
    const { beta2Decay, epsilon2, clipThreshold, weightDecay, maximize } = options;
    const least = options.epsilon1 ?? (parameter.dtype === "float64" ? Number.EPSILON : FLOAT32_EPSILON);
    const fresh = step.pow(beta2Decay);
    const rate = rootMeanSquare(parameter).maximum(epsilon2).mul(learningRate.minimum(step.rsqrt()));
    const mean = meanSquare(gradient, states, fresh, least);
    const direction = gradient.mul(mean.maximum(least * least).rsqrt());
    const length = rate.div(rootMeanSquare(direction).div(clipThreshold).maximum(1));
    const kept = weightDecay === 0 ? parameter : parameter.sub(parameter.mul(learningRate.mul(weightDecay)));
    parameter.assign(kept.sub(direction.mul(maximize ? length.neg() : length)));
  }
}

/** v, from the states, which are brought up to date. */
function meanSquare(gradient: Tensor, { rows, columns, v }: Readonly<Record<string, Tensor>>, fresh: Tensor, least: number): Tensor {
  const square = gradient.square();
  const renew = (state: Tensor, seen: Tensor): void => {
    state.assign(state.add(seen.sub(state).mul(fresh)));
  };
  if (v !== undefined) {
    renew(v, square);
    return v;
  }
  renew(rows, square.mean(-1, { keepDims: true }));
  renew(columns, square.mean(-2, { keepDims: true }));
  return rows.div(rows.mean(-2, { keepDims: true }).maximum(least)).mul(columns);
}

function rootMeanSquare(x: Tensor): Tensor {
  return x.norm().div(Math.sqrt(x.size));
}
