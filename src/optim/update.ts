import type { Parameter } from "../graph/parameter.js";
import { BYTES, type DType, viewOf } from "../memory/views.js";
import { sizeOf } from "../tensor/shape.js";
import { Storage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { type Formula, statesOf } from "./formula.js";
import type { OptimizerOptions, Settings } from "./group.js";
import type { Holdings } from "./holdings.js";
import type { States } from "./states.js";

/** What the update of one parameter reads and writes. */
export interface Update<O = OptimizerOptions> {
  /** To be changed in place: `parameter.assign(…)`, `parameter.addScaled(…)`. */
  readonly parameter: Parameter;
  /** The parameter's gradient, clipped as the options say. */
  readonly gradient: Tensor;
  /** The states by their names, each of the parameter's shape unless `stateShape` says otherwise, to be changed in place. */
  readonly states: Readonly<Record<string, Tensor>>;
  /** The learning rate of this step: a scalar tensor, since it may change from step to step. */
  readonly learningRate: Tensor;
  /** The number of this update of the parameter, 1, 2, …: a scalar tensor. */
  readonly step: Tensor;
  /** 1 − βᵗ of the first decay rate that the optimizer names in `decayRates`, with t = step: a scalar tensor, 1 without a rate. */
  readonly biasCorrection1: Tensor;
  /** 1 − βᵗ of the second. */
  readonly biasCorrection2: Tensor;
  /** The group's options but the learning rate. */
  readonly options: Settings<O>;
}

/** The updates of parameters of one age and element type. @param scalars where the learning rate and the step stand */
export function updatesOf<O>(
  parameters: readonly Parameter[],
  scalars: number,
  holdings: Holdings,
  held: States,
  formula: Formula<O>,
  options: Settings<O>,
): Update<O>[] {
  held.admit(parameters);
  const placed = (dtype: DType, length: number, what: string, at: number): Storage => {
    const storage = new Storage(dtype, length, what);
    storage.at = at;
    storage.permanent = true;
    // Its place is the optimizer's: it lives as long as the states.
    storage.companion = held;
    holdings.addStorage(storage);
    return storage;
  };
  return parameters.map((parameter) => {
    const { dtype, shape } = parameter;
    const states = statesOf(formula, options, shape).map(([name, own]) => {
      const size = sizeOf(own);
      return [name, new Tensor(placed(dtype, size, "state", held.address(parameter, name, size)), own)] as const;
    });
    const scalar = (name: string, i: number): Tensor => new Tensor(placed(dtype, 1, name, scalars + i * BYTES[dtype]), []);
    return {
      parameter,
      gradient: new Tensor(parameter.gradientStorage(), shape),
      states: Object.fromEntries(states),
      learningRate: scalar("learning rate", 0),
      step: scalar("step", 1),
      biasCorrection1: scalar("bias correction", 2),
      biasCorrection2: scalar("bias correction", 3),
      options,
    };
  });
}

/** Writes the scalars that updates read, in the order in which `updatesOf` places them. */
export function writeScalars(at: number, dtype: DType, scalars: readonly number[]): void {
  viewOf(dtype).set(scalars, at / BYTES[dtype]);
}
