import { DivergedError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Parameter } from "../graph/parameter.js";
import { typeOf } from "../nn/architecture.js";
import { evaluating } from "../nn/modes.js";
import type { Module } from "../nn/module.js";
import { isFloating } from "../tensor/dtype.js";
import { Tensor } from "../tensor/tensor.js";
import { type Culprit, culpritOf, largestOf } from "./culprit.js";
import type { Batch } from "./data.js";
import { inEvaluation } from "./evaluationStep.js";
import { outputsOf } from "./outputs.js";

/** Ends a step whose loss is not finite. Who runs the step knows its place in the training, and throws a DivergedError instead. */
export class NonFiniteLoss extends Error {
  constructor(readonly loss: number) {
    super(`the loss is ${loss}`);
  }
}

/** Ends a step with a gradient that is not finite, before the update. */
export class NonFiniteGradient extends Error {
  /** The batches whose gradients it adds up, where they are several. */
  batches: readonly Batch[] | null = null;

  constructor(
    readonly parameter: Parameter,
    /** An element of the gradient. */
    readonly value: number,
  ) {
    super(`a gradient is ${value}`);
  }
}

/** Ends a step with the first gradient that is not finite. */
export function reportGradient(parameter: Parameter, value: number): never {
  throw new NonFiniteGradient(parameter, value);
}

/** Where in the training a step is, counted from 0, and with which rate. */
export interface Moment {
  readonly epoch: number;
  readonly batch: number;
  readonly learningRate: number;
}

/**
 * @param became what became NaN or infinite
 * @param why the rest of the sentence, behind the time
 * @param ofData whether the batch has values that are not finite
 */
function divergence(became: string, at: Moment, why: string, mend: string, ofData = false): DivergedError {
  return new DivergedError(message("fit", `${became} ${timeOf(at)}${why}`, mend), { what: became + why, mend, ofData });
}

/** The error of a loss that is not finite: when, and where the first value of the kind is. */
export function diverged(model: Module, batch: Batch, loss: number, at: Moment): DivergedError {
  const became = `the loss became ${loss}`;
  const data = badData(batch);
  if (data !== null) return divergence(became, at, `; the data have values that are not finite: ${data}`, "Mend the data.", true);
  const { place, largest } = outputsSeen(model, batch);
  const where = badParameter(model) ?? place;
  if (where !== null) return divergence(became, at, `; first non-finite value in ${where}`, slowDown(at));
  if (largest > HUGE) return divergence(became, at, "", slowDown(at));
  const mend =
    "Look for a logarithm, a root or a quotient in the loss that may be taken at 0 or below; a lower learningRate does not help.";
  return divergence(became, at, ", although all outputs of the model are finite", mend);
}

/**
 * The error of a gradient that is not finite though the loss is: when, of which parameter, and which operation it comes from.
 * @param batch the last one
 * @param loss computes the loss of a batch once more
 */
export function divergedGradient(
  model: Module,
  { parameter, value, batches }: NonFiniteGradient,
  batch: Batch,
  loss: (batch: Batch) => Tensor,
  at: Moment,
): DivergedError {
  const name = [...model.namedParameters()].find(([, other]) => other === parameter)?.[0] ?? parameter.path;
  const became = `the gradient of ${name} became ${value}`;
  const though = ", although the loss is finite";
  const search = (): Culprit | null => (batches ?? [batch]).reduce<Culprit | null>((found, one) => found ?? culpritOf(loss(one)), null);
  const culprit = evaluating([...model.namedModules().values()], search);
  if (culprit === null) {
    const advice = `${slowDown(at)} If that does not help, look for a root, a logarithm or a quotient that may be taken at 0.`;
    return divergence(became, at, though, advice);
  }
  const { operation, operand, incoming } = culprit;
  if (Math.max(Math.abs(operand), incoming) > HUGE)
    return divergence(became, at, `${though}; the gradient of "${operation}" overflows`, slowDown(at));
  const mend = `Keep its operand away from ${operand}, for example with add(1e-12) or clamp; a lower learningRate does not help.`;
  return divergence(became, at, `${though}; "${operation}" has no finite derivative at ${operand}`, mend);
}

/** Numbers above it overflow, where smaller ones were taken where a function has no value or no derivative: √ of the largest float32. */
const HUGE = 1e18;

/** "at epoch 1, batch 3": counted from 1. */
function timeOf({ epoch, batch }: Moment): string {
  return `at epoch ${epoch + 1}, batch ${batch + 1}`;
}

function slowDown({ learningRate }: Moment): string {
  return `Lower learningRate (now ${learningRate}) or set globalClipNorm.`;
}

function badData({ x, y, weight }: Batch): string | null {
  const parts = { x, y: y ?? [], weight: weight ?? [] };
  return Object.entries(parts).find(([, part]) => ![part].flat().every(allFinite))?.[0] ?? null;
}

/** The first parameter that is not finite; null if all are. */
export function badParameter(model: Module): string | null {
  for (const [name, parameter] of model.namedParameters()) if (!allFinite(parameter)) return `parameter ${name}`;
  return null;
}

/**
 * Runs the model once more. `place` is the first module whose output is not finite, inner ones before those they are in; `largest` the
 * largest |element| of the model's own outputs.
 */
function outputsSeen(model: Module, batch: Batch): { place: string | null; largest: number } {
  let place: string | null = null;
  const removers = [...model.namedModules()].map(([path, module]) =>
    module.registerForwardHook((_, __, output) => {
      if (place === null && [output].flat().some((one) => one instanceof Tensor && !allFinite(one)))
        place = path === "" ? "the model's output" : `${path} (${typeOf(module)})`;
    }),
  );
  try {
    const largest = inEvaluation([...model.namedModules().values()], () => Math.max(...outputsOf("fit", model, batch).map(largestOf)));
    return { place, largest };
  } finally {
    for (const remove of removers) remove();
  }
}

/** Whether no element is NaN or infinite. */
export function allFinite(x: Tensor): boolean {
  if (!isFloating(x.dtype)) return true;
  const elements = x.view();
  // A tenth of the time that a call for each element takes.
  for (let i = 0; i < elements.length; i++) if (!Number.isFinite(elements[i])) return false;
  return true;
}
