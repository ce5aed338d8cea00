import type { Parameter } from "../graph/parameter.js";
import { recorder } from "../kernels/recorder.js";
import { blockView, type FloatArray } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { tensor } from "../tensor/creation.js";
import type { Closure } from "./closureResult.js";
import type { ReportGradient } from "./finiteGradients.js";
import type { OptimizerSpec } from "./named.js";
import type { Evaluation } from "./optimizer.js";
import { checkTensor, match, type OptimizerState } from "./state.js";
import { WRAPPED, WrappingOptimizer } from "./wrapping.js";

const LOOKAHEAD = declare("Lookahead", {
  ...WRAPPED,
  /** The number of steps after which the slow weights follow, ≥ 1. Default 5. */
  k: count({ default: 5, aka: ["syncPeriod", "steps"] }),
  /** α: how far the slow weights follow, from above 0 to 1. Default 0.5. */
  alpha: number({ default: 0.5, above: 0, max: 1, aka: ["slowStepSize"] }),
});

export interface LookaheadOptions extends OptionsOf<typeof LOOKAHEAD> {}

/**
 * Lookahead: k steps of another optimizer, then weights that follow slowly, from which the next k steps begin.
 *
 *     φ ← φ + α (θ − φ),  θ ← φ       after every k-th step
 *
 * Parameters, rates, clipping and the count of steps are those of the wrapped optimizer; its moments stay when θ moves. The slow weights φ
 * are part of the state. They begin where the parameters are at the first step.
 *
 * PyTorch has no such optimizer.
 *
 * Zhang, Lucas, Hinton, Ba: Lookahead Optimizer: k steps forward, 1 step back (arXiv 1907.08610).
 *
 * @param optimizer "adam", { name: "sgd", momentum: 0.9 }, or an optimizer; default "sgd"
 * @param options.k whole number ≥ 1, default 5
 * @param options.alpha 0 < α ≤ 1, default 0.5
 * @throws ArgumentError for an unknown option or one outside its range, for parameters in the place of an optimizer, for one that searches
 * @example
 * const optimizer = new Lookahead(new Adam(model.parameters()), { k: 6 });
 * loss.backward();
 * optimizer.step();
 * optimizer.zeroGrad();
 */
export class Lookahead extends WrappingOptimizer<LookaheadOptions> {
  static override readonly options = LOOKAHEAD;

  /** The slow weights, in JS memory: they are touched only at every k-th step. */
  readonly #slow = new Map<Parameter, FloatArray>();
  /** The count of steps at which the slow weights followed last. */
  #followed = 0;

  constructor(optimizer?: OptimizerSpec | LookaheadOptions, options?: Omit<LookaheadOptions, "optimizer">) {
    checkArity("Lookahead", arguments.length, 2);
    super(optimizer, options);
  }

  /** @param closure where the wrapped optimizer takes one, such as SAM */
  override step(closure?: Closure): void {
    checkArity("step", arguments.length, 1);
    this.#around(() => {
      if (closure === undefined) this.wrapped.step();
      else (this.wrapped.step as (closure: Closure) => void).call(this.wrapped, closure);
    });
  }

  /** @internal */
  override stepIfFinite(report: ReportGradient, evaluation?: Evaluation): void {
    this.#around(() => this.wrapped.stepIfFinite(report, evaluation));
  }

  #around(step: () => void): void {
    for (const { parameter } of this.members) if (!this.#slow.has(parameter)) this.#slow.set(parameter, copied(parameter));
    step();
    // A replay counts the step as it ends, and not if it stops before.
    recorder?.surround({ after: () => this.#follow() });
    this.#follow();
  }

  /** Lets the slow weights follow, if it is their turn. */
  #follow(): void {
    const { k, alpha } = this.settings as Required<LookaheadOptions>;
    const { stepCount } = this;
    if (stepCount === this.#followed || stepCount % k !== 0) return;
    this.#followed = stepCount;
    for (const [parameter, slow] of this.#slow) {
      const fast = elementsOf(parameter);
      for (let i = 0; i < slow.length; i++) {
        slow[i] += alpha * (fast[i] - slow[i]);
        fast[i] = slow[i];
      }
      parameter.storage.changed("step");
    }
  }

  override stateDict(): OptimizerState {
    checkArity("stateDict", arguments.length, 0);
    const state = super.stateDict();
    for (const [i, { parameter }] of this.members.entries()) {
      const slow = this.#slow.get(parameter);
      if (slow !== undefined) state.parameters[i].states.slow = tensor(slow, { shape: parameter.shape });
    }
    return state;
  }

  override loadStateDict(state: OptimizerState): void {
    checkArity("loadStateDict", arguments.length, 1);
    const slow = new Map<Parameter, FloatArray>();
    const { members } = this;
    const take = (): void => {
      for (const [i, saved] of match(state, members).entries()) {
        const { parameter } = members[i];
        if ("slow" in saved.states) slow.set(parameter, checkTensor("slow", saved, i, parameter).data as FloatArray);
      }
    };
    // A state of another form is refused by the wrapped optimizer, in its words.
    if (state?.parameters?.length === members.length && state.parameters.every((saved) => saved?.states)) take();
    super.loadStateDict(state);
    this.#slow.clear();
    for (const [parameter, weights] of slow) this.#slow.set(parameter, weights);
    this.#followed = this.stepCount;
  }
}

function elementsOf({ storage, dtype, slot, size }: Parameter): FloatArray {
  if (storage.lazy !== null) storage.settle();
  return blockView(dtype, slot.at, size) as FloatArray;
}

function copied(parameter: Parameter): FloatArray {
  return elementsOf(parameter).slice();
}
