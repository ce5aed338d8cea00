import type { Module } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { OptimizerState } from "../optim/state.js";
import { isMap } from "../options/builtin.js";
import { isPlain } from "../options/plain.js";
import { COUNT } from "../tensor/savedParts.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Callback } from "./callbacks.js";
import { allFinite } from "./diagnose.js";
import { WeightAverage } from "./weightAverage.js";

/** A state of model and optimizer that a training may go back to. */
export interface GoodState {
  /** The batch before which it was taken, counted from 0. */
  readonly epoch: number;
  readonly batch: number;
  /** The steps that the optimizer had made. */
  readonly step: number;
  readonly model: Map<string, Tensor>;
  readonly optimizer: OptimizerState;
  /** Of each callback that averages weights. */
  readonly averages: readonly Map<string, Tensor>[];
}

/** Whether a part of a saved state has the form of one. What its tensors must be is found when it is gone back to. */
export function isGoodState(value: unknown): value is GoodState {
  if (!isPlain(value) || !isMap(value.model) || !isPlain(value.optimizer) || !Array.isArray(value.averages)) return false;
  return [value.epoch, value.batch, value.step].every(COUNT[1]);
}

/** The last two good states of a training. Where weights grow out of bounds, the last one may have the illness already, and the one before not. */
export class GoodStates {
  /** The newest last. */
  states: readonly GoodState[] = [];
  readonly #averages: readonly WeightAverage[];

  /** @param callbacks those of the training: averages of weights go back with the weights */
  constructor(
    private readonly model: Module,
    private readonly optimizer: Optimizer,
    callbacks: readonly Callback[],
  ) {
    this.#averages = callbacks.filter((callback) => callback instanceof WeightAverage);
  }

  get newest(): GoodState | undefined {
    return this.states.at(-1);
  }

  /**
   * Keeps the state as it is now, if its parameters and moments are finite.
   * @returns what is not finite; null if the state was kept
   */
  keep(epoch: number, batch: number): string | null {
    const { model, optimizer } = this;
    const parameters = model.namedParameters();
    const weights = model.stateDict();
    for (const name of parameters.keys()) if (!allFinite(weights.get(name) as Tensor)) return `parameter ${name}`;
    const state = optimizer.stateDict();
    for (const [i, { name, states }] of state.parameters.entries()) {
      for (const [moment, elements] of Object.entries(states))
        if (!allFinite(elements)) return `${moment} of parameter ${name || i} in the optimizer`;
    }
    const averages = this.#averages.map((average) => average.stateDict());
    this.states = [...this.states.slice(-1), { epoch, batch, step: optimizer.stepCount, model: weights, optimizer: state, averages }];
    return null;
  }

  /** Goes back to the newest state. Learning rates stay as they are. @param further forgets that state, if there is one before */
  goBack(further: boolean): GoodState {
    if (further && this.states.length > 1) this.states = this.states.slice(0, -1);
    const state = this.states.at(-1) as GoodState;
    const { model, optimizer } = this;
    model.loadStateDict(state.model);
    const groups = state.optimizer.groups.map((group, i) => ({ ...group, ...optimizer.groups[i].savedRate }));
    optimizer.loadStateDict({ ...state.optimizer, groups });
    for (const [i, average] of this.#averages.entries()) average.loadStateDict(state.averages[i]);
    return state;
  }
}
