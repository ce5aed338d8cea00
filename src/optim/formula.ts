import type { UpdateArgs } from "../kernels/generated.js";
import type { DType } from "../memory/views.js";
import type { Shape } from "../tensor/shape.js";
import type { Age } from "./cohorts.js";
import type { Settings } from "./group.js";
import type { StateNames } from "./segment.js";
import type { Update } from "./update.js";

/** A kernel that updates a segment: it limits and scales the gradients as it reads them. */
export interface UpdateKernel {
  readonly run: (record: UpdateArgs, from: number, to: number, dtype: DType) => void;
  /** Where the optimizer's hyper-parameters stand in its own part of the cell, counted in elements of float64. */
  readonly cell: Readonly<Record<string, number>>;
}

/** What makes one optimizer different from the others. */
export interface Formula<O> {
  readonly type: string;
  /** null: `update` does it with tensors. */
  readonly kernel: UpdateKernel | null;
  stateNames(settings: Settings<O>): StateNames;
  stateShape(state: string, parameter: Shape, settings: Settings<O>): Shape | null;
  decayRates(settings: Settings<O>, products: readonly number[]): readonly number[];
  coefficients(settings: Settings<O>, rate: number, age: Age): Readonly<Record<string, number>>;
  hyperparameters(settings: Settings<O>): Readonly<Record<string, unknown>>;
  effectiveRate(rate: number, settings: Settings<O>, step: number): number;
  update(update: Update<O>): void;
}

/** The states of a parameter and their shapes. */
export function statesOf<O>(formula: Formula<O>, settings: Settings<O>, parameter: Shape): [string, Shape][] {
  return formula.stateNames(settings).flatMap((name): [string, Shape][] => {
    const shape = name === null ? null : formula.stateShape(name, parameter, settings);
    return name === null || shape === null ? [] : [[name, shape]];
  });
}
