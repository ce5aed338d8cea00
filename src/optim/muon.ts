import { kindText } from "../errors/message.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, flag, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import type { Shape } from "../tensor/shape.js";
import type { ClippingOptions } from "./declaration.js";
import type { Settings } from "./group.js";
import { Optimizer } from "./optimizer.js";
import { epsilon, learningRate, meanDecay, weightDecay } from "./options.js";
import { nearOrthogonal } from "./orthogonal.js";
import type { StateNames } from "./segment.js";
import type { Update } from "./update.js";

type Triple = readonly [number, number, number];

const isTriple = (value: unknown): boolean => Array.isArray(value) && value.length === 3 && value.every(Number.isFinite);

const MUON = declare("Muon", {
  /** Finite number ≥ 0, or a schedule. Default 1e-3. */
  learningRate: learningRate(1e-3),
  /** λ ≥ 0: the parameters shrink by lr · λ. Default 0.1. */
  weightDecay: weightDecay(0.1),
  /** 0 ≤ μ < 1, of matrices. Default 0.95. */
  momentum: meanDecay(0.95, "mu"),
  /** Step along the mean of momentum and gradient instead of the momentum. Default true. */
  nesterov: flag({ default: true }),
  /** Three numbers a, b, c: the polynomial of the iteration. Default [3.4445, −4.775, 2.0315]. */
  nsCoefficients: option<Triple, { default: Triple }>("three finite numbers", isTriple, {
    default: [3.4445, -4.775, 2.0315],
    show: (value: unknown) => (Array.isArray(value) ? `[${value.join(", ")}]` : kindText(value)),
  } as { default: Triple }),
  /** Iterations, 1 to 99. Default 5. */
  nsSteps: number({ default: 5, min: 1, below: 100, whole: true }),
  /** ε > 0: the least norm of a matrix; of the rest, as in AdamW. Default 1e-7. */
  epsilon: epsilon(1e-7),
  /**
   * How the rate of a matrix [m, n] follows from its shape: "original" √max(1, m/n); "matchRmsAdamw" 0.2 · √max(m, n), which makes steps as
   * long as AdamW's, so that its rates and decays do for all. Default "original".
   */
  adjustLearningRate: choice(["original", "matchRmsAdamw"], { default: "original", aka: ["adjustLrFn"] }),
  /** Whether the group's matrices are orthogonalised; false for embeddings and the last layer. Default true. */
  orthogonalize: flag({ default: true }),
  /** Decay of the mean gradient of the rest, 0 ≤ β₁ < 1. Default 0.9. */
  beta1: meanDecay(0.9, "betas"),
  /** Decay of the mean squared gradient of the rest, 0 ≤ β₂ < 1. Default 0.999. */
  beta2: meanDecay(0.999),
  /** Climb instead of descend. Default false. */
  maximize: flag({ default: false }),
});

export interface MuonOptions extends OptionsOf<typeof MUON>, ClippingOptions {}

/**
 * Muon: the momentum of a matrix, made nearly orthogonal, so that a step moves all directions alike. What is no matrix is updated as by
 * AdamW.
 *
 *     b ← μb + (1 − μ)∇,   g = μb + (1 − μ)∇ with Nesterov, else b
 *     X = g / max(‖g‖, ε), then nsSteps times  X ← aX + (bA + cA²)X with A = XXᵀ
 *     θ ← (1 − lr · λ) θ − lr · √max(1, m/n) · X
 *
 * The iteration (of Newton and Schulz) brings the singular values of g to about 1, between 0.7 and 1.2. A tensor of more than two axes is
 * taken as a matrix of its first axis and all others. Embeddings and the last layer are usually left to AdamW: `orthogonalize: false`
 * in a group of their own.
 *
 * As PyTorch's Muon (from 2.9 on) for matrices, except that the iteration goes in the parameter's own precision, in PyTorch in bfloat16;
 * PyTorch's takes matrices alone.
 *
 * Jordan and others: Muon: An optimizer for hidden layers in neural networks (2024). "matchRmsAdamw": Liu and others: Muon is Scalable for
 * LLM Training (arXiv 2502.16982).
 *
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const optimizer = new Muon([
 *   { params: weights, learningRate: 0.02 },
 *   { params: biases },
 * ], { learningRate: 1e-3 });
 */
export class Muon extends Optimizer<MuonOptions> {
  static override readonly options = MUON;

  protected override stateNames(): StateNames {
    return ["momentum", "m", "v"];
  }

  protected override stateShape(state: string, parameter: Shape, { orthogonalize }: Settings<MuonOptions>): Shape | null {
    return (state === "momentum") === (orthogonalize && parameter.length > 1) ? parameter : null;
  }

  protected override decayRates({ beta1, beta2 }: Settings<MuonOptions>): readonly number[] {
    return [beta1, beta2];
  }

  protected override update(update: Update<MuonOptions>): void {
    const { parameter, learningRate, options, states } = update;
    const { weightDecay, maximize } = options;
    const rate = maximize ? learningRate.neg() : learningRate;
    const direction = states.momentum === undefined ? adaptive(update) : orthogonal(update);
    const kept = weightDecay === 0 ? parameter : parameter.sub(parameter.mul(learningRate.mul(weightDecay)));
    parameter.assign(kept.sub(direction.mul(rate)));
  }
}

/** The step of a matrix at rate 1. */
function orthogonal({ parameter, gradient, states: { momentum: b }, options }: Update<MuonOptions>) {
  const { momentum, nesterov, nsCoefficients, nsSteps, epsilon, adjustLearningRate } = options;
  const fresh = gradient.mul(1 - momentum);
  b.assign(b.mul(momentum).add(fresh));
  const mean = nesterov ? b.mul(momentum).add(fresh) : b;
  const [m, n] = [parameter.shape[0], parameter.size / parameter.shape[0]];
  const scale = adjustLearningRate === "original" ? Math.sqrt(Math.max(1, m / n)) : 0.2 * Math.sqrt(Math.max(m, n));
  return nearOrthogonal(mean.reshape([m, n]), nsCoefficients, nsSteps, epsilon)
    .reshape(parameter.shape)
    .mul(scale);
}

/** The step of all else at rate 1, as AdamW's. */
function adaptive({ gradient, states: { m, v }, biasCorrection1, biasCorrection2, options }: Update<MuonOptions>) {
  const { beta1, beta2, epsilon } = options;
  m.assign(m.mul(beta1).add(gradient.mul(1 - beta1)));
  v.assign(v.mul(beta2).add(gradient.square().mul(1 - beta2)));
  return m.div(biasCorrection1).div(v.div(biasCorrection2).sqrt().add(epsilon));
}
