import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import type { Parameter } from "../graph/parameter.js";
import { Parameter as Kept } from "../graph/parameter.js";
import { recorder } from "../kernels/recorder.js";
import { blockView, type DType } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import { zeros } from "../tensor/creation.js";
import { Tensor } from "../tensor/tensor.js";
import { evaluate } from "./closure.js";
import { type Closure, checkClosure } from "./closureResult.js";
import { FiniteGradients, type ReportGradient } from "./finiteGradients.js";
import type { OptimizerSpec } from "./named.js";
import type { Evaluation, Optimizer } from "./optimizer.js";
import { WRAPPED, WrappingOptimizer } from "./wrapping.js";

const ETA = { default: 0.01, min: 0 } as const;

const SAM_OPTIONS = declare("SAM", {
  ...WRAPPED,
  /** ρ > 0: how far the parameters climb before the gradient is taken. Default 0.05. */
  rho: number({ default: 0.05, above: 0 }),
  /** Whether large weights climb further, so that a scaling of layers changes nothing: ASAM. Default false. */
  adaptive: flag({ default: false }),
  /** η ≥ 0: what is added to |θ| under `adaptive`. Default 0.01. */
  eta: number(ETA),
});

const ASAM_OPTIONS = declare("ASAM", {
  ...WRAPPED,
  /** ρ > 0: how far the parameters climb before the gradient is taken. Default 0.5. */
  rho: number({ default: 0.5, above: 0 }),
  /** η ≥ 0: what is added to |θ|. Default 0.01. */
  eta: number(ETA),
});

export interface SAMOptions extends OptionsOf<typeof SAM_OPTIONS> {}
export interface ASAMOptions extends OptionsOf<typeof ASAM_OPTIONS> {}

type Given<O> = Omit<O, "optimizer">;

/**
 * Sharpness-aware minimization: steps along the gradient at the worst place nearby, and so towards minima that are flat.
 *
 *     ε = ρ ∇(θ) / (‖∇(θ)‖ + 10⁻¹²)                      adaptive: T = |θ| + η,  ε = ρ T² ∇(θ) / (‖T ∇(θ)‖ + 10⁻¹²)
 *     θ ← step of the wrapped optimizer with ∇(θ + ε)
 *
 * The norm is taken over all parameters. A step evaluates the loss twice, and takes a closure; in `fit` it is captured like any other.
 * Parameters, rates, clipping and state are those of the wrapped optimizer.
 *
 * PyTorch has no such optimizer. Common implementations of the adaptive form leave η out.
 *
 * Foret, Kleiner, Mobahi, Neyshabur: Sharpness-Aware Minimization for Efficiently Improving Generalization (arXiv 2010.01412). ASAM: Kwon,
 * Kim, Park, Choi (arXiv 2102.11600).
 *
 * @param optimizer "sgd", { name: "sgd", momentum: 0.9 }, or an optimizer; default "sgd"
 * @param options.rho ρ > 0, default 0.05
 * @param options.adaptive default false
 * @param options.eta η ≥ 0, default 0.01
 * @throws ArgumentError for an unknown option or one outside its range, for parameters in the place of an optimizer, for one that searches or climbs itself
 * @example
 * const optimizer = new SAM(new SGD(model.parameters(), { learningRate: 0.1, momentum: 0.9 }), { rho: 0.05 });
 * const loss = optimizer.step(() => crossEntropy(model.forward(x), y));   // the loss before the step
 */
export class SAM extends WrappingOptimizer<SAMOptions> {
  static override readonly options: typeof SAM_OPTIONS | typeof ASAM_OPTIONS = SAM_OPTIONS;

  /** Where the parameters were before they climbed. */
  readonly #places = new Map<Parameter, Parameter>();

  constructor(optimizer?: OptimizerSpec | SAMOptions, options?: Given<SAMOptions>) {
    checkArity("SAM", arguments.length, 2);
    super(optimizer, options);
    for (let inner: Optimizer = this; inner instanceof WrappingOptimizer; ) {
      inner = inner.wrapped;
      if (inner instanceof SAM) throw twice((this.constructor as typeof Optimizer).type, inner);
    }
  }

  /**
   * Makes a step from where the parameters are.
   * @param closure computes the loss: `() => crossEntropy(net.forward(x), y)`
   * @returns the loss before the step
   * @throws ArgumentError if the closure is missing or does not return a scalar tensor; what it throws, with the parameters as before
   */
  override step(closure?: Closure): Tensor {
    checkArity("step", arguments.length, 1);
    checkClosure((this.constructor as typeof Optimizer).type, closure);
    this.checkUsable("step");
    const loss = evaluate(this, closure);
    this.#climb(
      () => evaluate(this, closure),
      () => this.wrapped.step(),
    );
    return loss;
  }

  /** @internal */
  override stepIfFinite(report: ReportGradient, evaluation: Evaluation): void {
    new FiniteGradients(this.#withGradient()).require(report);
    this.#climb(
      () => evaluation.again(),
      () => this.wrapped.stepIfFinite(report, evaluation),
    );
  }

  /** Steps with the gradients that `again` finds on the height; a closure that throws leaves the parameters as they were. */
  #climb(again: () => void, step: () => void): void {
    const climbing = this.#withGradient();
    const places = climbing.map((parameter) => this.#placeOf(parameter));
    const back = (): void => {
      for (const [i, parameter] of climbing.entries()) {
        const { dtype, size, storage } = parameter;
        blockView(dtype, parameter.slot.at, size).set(blockView(dtype, places[i].slot.at, size));
        storage.changed("step");
      }
    };
    // A replay that stops before this place has not climbed; one that stops between here and the next must come back.
    let climbed = true;
    const stay = (): void => {
      climbed = false;
    };
    recorder?.surround({ undo: stay });
    noGrad(() => {
      const ascents = this.#ascents(climbing);
      for (const [i, parameter] of climbing.entries()) {
        places[i].assign(parameter);
        parameter.assign(parameter.add(ascents[i]));
      }
    });
    try {
      again();
    } catch (error) {
      back();
      throw error;
    }
    recorder?.surround({
      undo: () => {
        if (climbed) back();
        climbed = true;
      },
    });
    noGrad(() => {
      for (const [i, parameter] of climbing.entries()) parameter.assign(places[i]);
    });
    step();
  }

  /** ε of each parameter. */
  #ascents(parameters: readonly Parameter[]): Tensor[] {
    const { rho, eta } = this.settings as Required<SAMOptions>;
    const { adaptive } = { adaptive: true, ...this.settings };
    const gradients = parameters.map((parameter) => new Tensor(parameter.gradientStorage(), parameter.shape));
    const scales = adaptive ? parameters.map((parameter) => parameter.abs().add(eta)) : null;
    const scaled = scales === null ? gradients : gradients.map((gradient, i) => gradient.mul(scales[i]));
    // float64 runs in plain JavaScript, which no step is captured with.
    const dtype = parameters.some((parameter) => parameter.dtype === "float64") ? "float64" : "float32";
    const squares = scaled.map((gradient) => as(gradient.square().sum(), dtype));
    if (squares.length === 0) return [];
    const length = squares.reduce((sum, square) => sum.add(square)).sqrt();
    const factor = length.add(1e-12).reciprocal().mul(rho);
    return scaled.map((gradient, i) => {
      const along = scales === null ? gradient : gradient.mul(scales[i]);
      return along.mul(as(factor, gradient.dtype));
    });
  }

  #withGradient(): Parameter[] {
    return this.members.map(({ parameter }) => parameter).filter(({ hasGradient }) => hasGradient);
  }

  #placeOf(parameter: Parameter): Parameter {
    let place = this.#places.get(parameter);
    if (place === undefined) {
      place = new Kept(zeros(parameter.shape, { dtype: parameter.dtype }), { requiresGrad: false });
      this.#places.set(parameter, place);
    }
    return place;
  }
}

/** @param inner one that climbs within another one's step, whose place it would take for its own */
function twice(type: string, inner: SAM): ArgumentError {
  const found = (inner.constructor as typeof Optimizer).type;
  return new ArgumentError(
    message(type, `the optimizer has ${found} within, which climbs as well`, 'Wrap one such as "sgd" or "adam", and add rho up.'),
  );
}

function as(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : x.cast(dtype);
}

/**
 * Adaptive sharpness-aware minimization: `SAM` with `adaptive`, and with the ρ that its paper takes.
 *
 *     T = |θ| + η,  ε = ρ T² ∇(θ) / (‖T ∇(θ)‖ + 10⁻¹²)
 *     θ ← step of the wrapped optimizer with ∇(θ + ε)
 *
 * Kwon, Kim, Park, Choi: ASAM: Adaptive Sharpness-Aware Minimization for Scale-Invariant Learning of Deep Neural Networks (arXiv
 * 2102.11600).
 *
 * @param optimizer "sgd", { name: "sgd", momentum: 0.9 }, or an optimizer; default "sgd"
 * @param options.rho ρ > 0, default 0.5
 * @param options.eta η ≥ 0, default 0.01
 * @throws ArgumentError as SAM
 * @example
 * const optimizer = new ASAM(new SGD(model.parameters(), { learningRate: 0.1 }));
 * optimizer.step(() => crossEntropy(model.forward(x), y));
 */
export class ASAM extends SAM {
  static override readonly options = ASAM_OPTIONS;

  constructor(optimizer?: OptimizerSpec | ASAMOptions, options?: Given<ASAMOptions>) {
    checkArity("ASAM", arguments.length, 2);
    super(optimizer, options);
  }
}
