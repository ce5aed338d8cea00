import { ArgumentError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import { Parameter } from "../graph/parameter.js";
import { isModule } from "../nn/forward.js";
import type { Module } from "../nn/module.js";
import { checkArity } from "../options/arity.js";
import { isMap } from "../options/builtin.js";
import { tensor } from "../tensor/creation.js";
import { type Shape, sameShape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { Callback, type TrainingContext } from "./callbacks.js";

/** The name of the count in a saved state. */
const UPDATES = "updates";
/** In a saved state, what stands before the names of the weights that are trained, while the average is in their place. */
const TRAINED = "trained ";

/**
 * An average of a model's weights over training, in its place when it is asked for: the base of `ExponentialMovingAverage` and
 * `StochasticWeightAveraging`. Buffers, such as running statistics, are the model's.
 */
export abstract class WeightAverage extends Callback {
  /** How often weights were taken in. */
  updates = 0;
  #model: Module | null;
  readonly #averages = new Map<string, Parameter>();
  /** The weights that are trained, while the average is in their place. */
  #weights: Map<string, Tensor> | null = null;

  /** @param model null: that of the training that it is a callback of */
  constructor(model: Module | null) {
    super();
    this.#model = model;
  }

  /** The model. @throws ArgumentError if there is none yet */
  protected get model(): Module {
    if (this.#model !== null) return this.#model;
    const { name } = this.constructor;
    throw new ArgumentError(message(name, "it has no model", `Write new ${name}(model, …), or give it to fit as a callback.`));
  }

  override onTrainBegin({ model }: TrainingContext): void {
    if (this.#model !== null && this.#model !== model)
      throw new ArgumentError(
        message("fit", `the ${this.constructor.name} among the callbacks averages another model`, "Make one for each model."),
      );
    this.#model = model;
    this.swapOut();
  }

  /** How much the weights that are taken in count, from 0 to 1. */
  protected abstract share(updates: number): number;

  /** Takes the weights in: to be called after a step of the optimizer. @throws ArgumentError while the average is in their place */
  update(): void {
    checkArity("update", arguments.length, 0);
    if (this.#weights !== null)
      throw new ArgumentError(message("update", "the average is in the place of the weights", "Call swapOut() before the next step."));
    const share = this.updates === 0 ? 1 : this.share(this.updates);
    this.updates++;
    for (const [name, parameter] of this.model.namedParameters()) {
      const average = this.#averages.get(name);
      if (average === undefined) this.#averages.set(name, new Parameter(parameter, { requiresGrad: false }));
      else noGrad(() => void average.addScaled(parameter.sub(average), share));
    }
  }

  /** Puts the average in the place of the weights, for evaluation or for good. Nothing happens before the first update. @returns this */
  swapIn(): this {
    checkArity("swapIn", arguments.length, 0);
    if (this.#weights !== null || this.updates === 0) return this;
    this.#weights = new Map();
    for (const [name, parameter] of this.model.namedParameters()) {
      const average = this.#averages.get(name);
      if (average === undefined) continue;
      this.#weights.set(name, tensor(parameter.data, { shape: parameter.shape, dtype: parameter.dtype }));
      parameter.assign(average);
    }
    return this;
  }

  /** Gives the weights their place back. @returns this */
  swapOut(): this {
    checkArity("swapOut", arguments.length, 0);
    for (const [name, parameter] of this.#weights === null ? [] : this.model.namedParameters()) {
      const weights = this.#weights?.get(name);
      if (weights !== undefined) parameter.assign(weights);
    }
    this.#weights = null;
    return this;
  }

  /** Leaves the average in the place of the weights, which are forgotten. */
  protected keepAverage(): void {
    this.swapIn();
    this.#weights = null;
  }

  /**
   * The average by the names of the parameters, and the count of updates: tensors, to be saved as a model's state is. While the average is
   * in the place of the weights, these are among them.
   */
  override stateDict(): Map<string, Tensor> {
    checkArity("stateDict", arguments.length, 0);
    const state = new Map<string, Tensor>([[UPDATES, tensor(this.updates, { dtype: "int32" })]]);
    for (const [name, { data, shape, dtype }] of this.#averages) state.set(name, tensor(data, { shape, dtype }));
    for (const [name, weights] of this.#weights ?? []) state.set(`${TRAINED}${name}`, weights);
    for (const [name, value] of Object.entries(this.remembered())) state.set(name, tensor(value, { dtype: "float64" }));
    return state;
  }

  /** Takes over what `stateDict` gave. @throws ArgumentError if it is of another model; nothing is changed */
  override loadStateDict(state: ReadonlyMap<string, Tensor>): void {
    checkArity("loadStateDict", arguments.length, 1);
    if (!isMap<string, Tensor>(state))
      throw new ArgumentError(message("loadStateDict", `the state is ${kindText(state)}; expected a Map of tensors`));
    const updates = state.get(UPDATES);
    if (!(updates instanceof Tensor)) throw new ArgumentError(message("loadStateDict", `"${UPDATES}" is missing`));
    const isSwapped = [...state.keys()].some((name) => name.startsWith(TRAINED));
    const loaded = new Map<string, Parameter>();
    const trained = new Map<string, Tensor>();
    for (const [name, { shape }] of updates.item() === 0 ? [] : this.model.namedParameters()) {
      loaded.set(name, new Parameter(tensorOf(state, name, shape), { requiresGrad: false }));
      if (isSwapped) trained.set(name, tensorOf(state, `${TRAINED}${name}`, shape));
    }
    this.swapOut();
    this.updates = updates.item();
    this.#averages.clear();
    for (const [name, average] of loaded) this.#averages.set(name, average);
    if (isSwapped) {
      this.swapIn();
      this.#weights = trained;
    }
    this.recall((name) => state.get(name)?.item());
  }

  /** What a subclass remembers beside, by names that no parameter has. */
  protected remembered(): Readonly<Record<string, number>> {
    return {};
  }

  /** Takes over what `remembered` gave. @param of the number of a name; undefined where the state does not have it */
  protected recall(_of: (name: string) => number | undefined): void {}
}

/** @throws ArgumentError unless the state has such a tensor */
function tensorOf(state: ReadonlyMap<string, Tensor>, name: string, shape: Shape): Tensor {
  const found = state.get(name);
  if (found instanceof Tensor && sameShape(found.shape, shape)) return found;
  const what = found instanceof Tensor ? `has shape ${shapeText(found.shape)}` : "is missing";
  throw new ArgumentError(message("loadStateDict", `"${name}" ${what}; expected a tensor of shape ${shapeText(shape)}`));
}

/** A model in front of options, which may be left out. @throws ArgumentError */
export function splitModel<O>(
  op: string,
  first: Module | O | undefined,
  second: O | undefined,
): { model: Module | null; options: O | undefined } {
  if (isModule(first)) return { model: first as Module, options: second };
  if (second === undefined) return { model: null, options: first as O | undefined };
  throw new ArgumentError(message(op, `the model is ${kindText(first)}; expected a Module, or the options alone`));
}
