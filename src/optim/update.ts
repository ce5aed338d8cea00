import type { Parameter } from "../graph/parameter.js";
import { CELL_BYTES } from "../kernels/generated/constants.js";
import { BYTES, type DType, viewOf } from "../memory/views.js";
import { Storage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import type { OptimizerOptions, Settings } from "./group.js";
import type { Segment } from "./segment.js";

/** What the update of one parameter reads and writes. */
export interface Update<O = OptimizerOptions> {
  /** To be changed in place: `parameter.assign(…)`, `parameter.addScaled(…)`. */
  readonly parameter: Parameter;
  /** The parameter's gradient, clipped as the options say. */
  readonly gradient: Tensor;
  /** The states by their names, each of the parameter's shape, to be changed in place. */
  readonly states: Readonly<Record<string, Tensor>>;
  /** The learning rate of this step: a scalar tensor, since it may change from step to step. */
  readonly learningRate: Tensor;
  /** The number of this update of the parameter, 1, 2, …: a scalar tensor. */
  readonly step: Tensor;
  /** The group's options but the learning rate. */
  readonly options: Settings<O>;
}

const known = new WeakMap<Segment, readonly unknown[]>();

/** The updates of a segment's parameters. */
export function updatesOf<O>(segment: Segment, stateNames: readonly string[], options: Settings<O>): readonly Update<O>[] {
  let updates = known.get(segment) as readonly Update<O>[] | undefined;
  if (updates === undefined) {
    updates = segment.parameters.map((parameter) => updateOf(parameter, segment, stateNames, options));
    known.set(segment, updates);
  }
  return updates;
}

function updateOf<O>(parameter: Parameter, segment: Segment, stateNames: readonly string[], options: Settings<O>): Update<O> {
  const { dtype, shape, size, slot } = parameter;
  const states = stateNames.map((name, i) => {
    const storage = placed(dtype, size, "state", segment.states[i] + slot.at - segment.p);
    // The state's place is the parameter's: it lives as long.
    storage.companion = parameter.storage;
    return [name, new Tensor(storage, shape)] as const;
  });
  const scalars = segment.cell + CELL_BYTES;
  return {
    parameter,
    gradient: new Tensor(parameter.gradientStorage(), shape),
    states: Object.fromEntries(states),
    learningRate: new Tensor(placed(dtype, 1, "learning rate", scalars), []),
    step: new Tensor(placed(dtype, 1, "step", scalars + BYTES[dtype]), []),
    options,
  };
}

/** Writes what an update of this segment's cohort reads as scalars. */
export function writeScalars({ cell, dtype }: Segment, learningRate: number, step: number): void {
  const elements = viewOf(dtype);
  const first = (cell + CELL_BYTES) / BYTES[dtype];
  elements[first] = learningRate;
  elements[first + 1] = step;
}

/** A storage that stays where it is. */
function placed(dtype: DType, length: number, what: string, at: number): Storage {
  const storage = new Storage(dtype, length, what);
  storage.at = at;
  storage.permanent = true;
  return storage;
}
