import { ArgumentError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import type { Parameter } from "../graph/parameter.js";
import { recorder } from "../kernels/recorder.js";
import type { FloatArray } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { tensor } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Closure, checkClosure, lossOf } from "./closureResult.js";
import type { ClippingOptions } from "./declaration.js";
import { type ReportGradient, reportFirst } from "./finiteGradients.js";
import { FlatParameters } from "./flatParameters.js";
import { type OptimizerOptions, rateAt, type Settings } from "./group.js";
import { type Evaluation, Optimizer } from "./optimizer.js";
import type { OptimizerParameters } from "./parameters.js";
import { checkState } from "./savedState.js";
import { checkTensor, match, type OptimizerState } from "./state.js";
import type { Evaluated } from "./strongWolfe.js";

/** Where a step begins, and how it finds out more. */
export interface Landscape extends Evaluated {
  readonly parameters: FlatParameters;
  /** Loss and gradient where the parameters are now. */
  evaluate(): Evaluated;
  /** The loss where the parameters are now, with its graph. */
  graph(): Tensor;
  readonly learningRate: number;
}

/**
 * Base of the optimizers that evaluate the loss several times in a step. All parameters are one vector with the same options.
 */
export abstract class ClosureOptimizer<O extends OptimizerOptions = OptimizerOptions> extends Optimizer<O> {
  #stepCount = 0;

  /** @internal */
  override get searches(): string {
    return ADVICE;
  }

  override get stepCount(): number {
    return this.#stepCount;
  }

  /** Moves the parameters. Its memory changes last: a closure that throws leaves it as it was. */
  protected abstract descend(start: Landscape, options: Settings<O>): void;

  /** What the next step needs to know of those before. */
  protected abstract remember(): Memory;

  /** How to take over what `remember` gave; null: nothing. @throws ArgumentError if a part is missing */
  protected abstract recall(memory: Memory | null): () => void;

  /**
   * Makes a step from where the parameters are.
   * @param closure computes the loss: `() => crossEntropy(net.forward(x), y)`
   * @returns the loss before the step
   * @throws ArgumentError if the closure is missing or does not return a scalar tensor; what it throws, with the parameters as before
   */
  override step(closure?: Closure): Tensor {
    checkArity("step", arguments.length, 1);
    checkClosure(typeOf(this), closure);
    this.checkUsable("step");
    recorder?.refuse(`a step of ${typeOf(this)} goes by the numbers that it finds; capture its closure instead`);
    const again = (): Tensor => evaluate(this, closure);
    const first = again();
    const loss = tensor(first.item(), { dtype: first.dtype });
    this.#descend({ loss, again, graph: () => lossOf(typeOf(this), closure) });
    return loss;
  }

  /** @internal */
  override stepIfFinite(report: ReportGradient, evaluation: Evaluation): void {
    this.checkUsable("step");
    reportFirst(
      this.groups[0].params.filter(({ hasGradient }) => hasGradient),
      report,
    );
    this.#descend(evaluation);
  }

  #descend({ loss, again, graph }: Evaluation): void {
    checkGroups(this);
    const group = this.groups[0];
    checkFree(this, group.params);
    const parameters = new FlatParameters(group.params);
    const before = parameters.read();
    const evaluate = (): Evaluated => ({ loss: again().item(), gradient: parameters.gradient() });
    try {
      const learningRate = rateAt(group.learningRate, this.stepCount);
      const start = { loss: loss.item(), gradient: parameters.gradient(), parameters, evaluate, graph, learningRate };
      this.descend(start, group.settings);
    } catch (error) {
      parameters.write(before);
      throw error;
    }
    this.#stepCount++;
  }

  override bind(params: OptimizerParameters<O>): this {
    super.bind(params);
    checkGroups(this);
    return this;
  }

  override addGroup(): never {
    throw oneGroup(this);
  }

  /** Gradients that are clipped are no gradients of the loss that a line search looks at. */
  protected override check(_options: Settings<O>, op: string, clipping: ClippingOptions = {}): void {
    const [name] = Object.keys(clipping);
    if (name === undefined) return;
    throw new ArgumentError(message(op, `${name} is given; expected none, since a search along a line needs the gradient as it is`));
  }

  override stateDict(): OptimizerState {
    checkArity("stateDict", arguments.length, 0);
    const state = super.stateDict();
    const { numbers, vectors } = this.remember();
    const parameters = new FlatParameters(this.groups[0].params);
    for (const [name, vector] of Object.entries(vectors)) {
      for (const [i, part] of parameters.split(vector).entries()) {
        const { shape } = parameters.parameters[i];
        // In the vector's element type, which may be wider than the parameter's.
        state.parameters[i].states[name] = tensor(part, { shape, dtype: parameters.dtype });
      }
    }
    return { ...state, stepCount: this.#stepCount, numbers };
  }

  override loadStateDict(state: OptimizerState): void {
    checkArity("loadStateDict", arguments.length, 1);
    this.checkUsable("loadStateDict");
    const { params, names } = this.groups[0];
    checkState(typeOf(this), state, params.length, 1);
    const saved = match(
      state,
      params.map((parameter, i) => ({ parameter, name: names[i] ?? "" })),
    );
    const { numbers = {} } = state;
    const flat = new FlatParameters(params);
    const { dtype } = flat;
    const vectorOf = (name: string) => flat.join(({ shape }, i) => checkTensor(name, saved[i], i, { shape, dtype }).view());
    const vectors = Object.keys(saved[0].states).map((name) => [name, vectorOf(name)] as const);
    const take = this.recall(Object.keys(numbers).length === 0 ? null : { numbers, vectors: Object.fromEntries(vectors) });
    super.loadStateDict(state);
    take();
    this.#stepCount = state.stepCount;
  }
}

/** What an optimizer knows of the steps before. */
export interface Memory {
  readonly numbers: Readonly<Record<string, number>>;
  /** One number for each element of the parameters. */
  readonly vectors: Readonly<Record<string, FloatArray>>;
}

/** A number or a vector of a saved memory. @throws ArgumentError if it is missing */
export function recalled<T>(of: Readonly<Record<string, T>>, name: string): T {
  if (Object.hasOwn(of, name)) return of[name];
  throw new ArgumentError(message("loadStateDict", `"${name}" is missing`));
}

/**
 * The loss and its gradients where the parameters are now.
 * @throws ArgumentError, ShapeError unless the closure returns a scalar tensor
 */
export function evaluate(optimizer: Optimizer, closure: Closure): Tensor {
  optimizer.zeroGrad();
  const loss = lossOf(typeOf(optimizer), closure);
  if (!optimizer.groups.some(({ params }) => params.some(({ hasGradient }) => hasGradient))) loss.backward();
  return loss;
}

function typeOf(optimizer: Optimizer): string {
  return (optimizer.constructor as typeof Optimizer).type;
}

function checkGroups(optimizer: Optimizer): void {
  if (optimizer.groups.length > 1) throw oneGroup(optimizer);
}

/** @throws ArgumentError for a parameter with a constraint: a line does not stay within it */
function checkFree(optimizer: Optimizer, parameters: readonly Parameter[]): void {
  const held = parameters.find(({ constraint }) => constraint);
  if (held === undefined) return;
  const found = `the parameter ${held.path || shapeText(held.shape)} has a constraint, which a search along a line does not keep`;
  throw new ArgumentError(message(typeOf(optimizer), found, "Take an optimizer such as Adam, or a penalty instead of the constraint."));
}

function oneGroup(optimizer: Optimizer): ArgumentError {
  const type = typeOf(optimizer);
  return new ArgumentError(
    message(type, "it has one group of parameters, which it moves as one vector", `Write new ${type}(model.parameters(), …).`),
  );
}

const ADVICE =
  "an optimizer that searches for its step, such as LBFGS, looks at one batch a step; with other samples in each the curvature it learns is noise. " +
  "Give fit a batchSize of all samples, or more batches a step by accumulate.";
