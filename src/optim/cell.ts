import { CELL, CELL_BYTES } from "../kernels/generated/constants.js";
import { views } from "../memory/memory.js";
import type { Cohort } from "./cohorts.js";
import type { ClippingOptions } from "./declaration.js";
import type { Formula, UpdateKernel } from "./formula.js";
import type { OptimizerOptions } from "./group.js";
import { writeScalars } from "./update.js";

/** Bytes of the four scalars that end a cell, which updates and constraints written with tensors read. */
const SCALARS = 32;

/** Bytes of a cell with the optimizer's own part and the scalars. */
export function cellBytes<O>(formula: Formula<O>): number {
  return scalarsIn(0, formula) + SCALARS;
}

/** Where the scalars of a cell are. */
export function scalarsIn<O>(cell: number, { kernel }: Formula<O>): number {
  return cell + CELL_BYTES + 8 * Object.keys(kernel?.cell ?? {}).length;
}

/** Writes what the options say to a cohort's cell. */
export function writeOptions<O extends OptimizerOptions>(cohort: Cohort<O>, formula: Formula<O>, clipping: ClippingOptions): void {
  const { cell, group } = cohort;
  const { f64 } = views;
  const hyperparameters = formula.hyperparameters(group.settings);
  const at = cell / 8;
  f64[at + CELL.clipValue] = clipping.clipValue ?? Infinity;
  f64[at + CELL.weightDecay] = Number(hyperparameters.weightDecay ?? 0);
  f64[at + CELL.maximize] = Number(hyperparameters.maximize ?? 0);
  for (const [name, place] of Object.entries(formula.kernel?.cell ?? {})) {
    f64[(cell + CELL_BYTES) / 8 + place] = Number(hyperparameters[name] ?? 0);
  }
  cohort.version = group.version;
}

/** Writes what changes from step to step to a cohort's cell. */
export function writeStep<O extends OptimizerOptions>(cohort: Cohort<O>, formula: Formula<O>): void {
  const { age, cell, dtype, group } = cohort;
  const rates = formula.decayRates(group.settings, age.products);
  const { f64 } = views;
  const at = cell / 8;
  f64[at + CELL.learningRate] = group.rate;
  f64[at + CELL.gradientFactor] = 1;
  f64[at + CELL.step] = age.steps + 1;
  f64[at + CELL.biasCorrection1] = rates.length > 0 ? 1 - age.products[0] * rates[0] : 1;
  f64[at + CELL.biasCorrection2] = rates.length > 1 ? 1 - age.products[1] * rates[1] : 1;
  const own = (cell + CELL_BYTES) / 8;
  const coefficients = formula.coefficients(group.settings, group.rate, age);
  for (const name in coefficients) f64[own + (formula.kernel as UpdateKernel).cell[name]] = coefficients[name];
  if (cohort.updates.length + cohort.constraining.length > 0) {
    const scalars = [group.rate, age.steps + 1, f64[at + CELL.biasCorrection1], f64[at + CELL.biasCorrection2]];
    writeScalars(scalarsIn(cell, formula), dtype, scalars);
  }
  cohort.rates = rates;
}
