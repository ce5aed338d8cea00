import { checkOptions } from "../errors/check.js";
import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkNumber } from "../tensor/check.js";

/**
 * The learning rate at an optimizer's step 0, 1, 2, …: a pure function, so that a resumed run continues on it. The
 * functions below make some; any other `(step) => number` will do.
 */
export type Schedule = (step: number) => number;

/**
 * One rate at all steps.
 * @param rate finite number ≥ 0
 * @example new SGD(params, { learningRate: constantRate(0.1) });
 */
export function constantRate(rate: number): Schedule {
  checkRate("constantRate", rate);
  return () => rate;
}

/**
 * A drop by a factor every so many steps: lr(t) = rate · γ^⌊t / stepSize⌋. PyTorch's StepLR.
 * @param rate at step 0
 * @param options.stepSize steps between two drops, whole number ≥ 1
 * @param options.gamma the factor, > 0; default 0.1
 * @throws ArgumentError
 * @example stepDecay(0.1, { stepSize: 1000, gamma: 0.5 });
 */
export function stepDecay(rate: number, options: { stepSize: number; gamma?: number }): Schedule {
  checkRate("stepDecay", rate);
  checkOptions("stepDecay", options, ["stepSize", "gamma"]);
  const { stepSize, gamma = 0.1 } = options;
  checkSteps("stepDecay", "stepSize", stepSize);
  checkGamma("stepDecay", gamma);
  return (step) => rate * power(gamma, Math.floor(step / stepSize));
}

/**
 * A drop by a factor at every step: lr(t) = rate · γᵗ. PyTorch's ExponentialLR.
 * @param rate at step 0
 * @param options.gamma the factor, > 0
 * @throws ArgumentError
 * @example exponentialDecay(0.1, { gamma: 0.999 });
 */
export function exponentialDecay(rate: number, options: { gamma: number }): Schedule {
  checkRate("exponentialDecay", rate);
  checkOptions("exponentialDecay", options, ["gamma"]);
  const { gamma } = options;
  checkGamma("exponentialDecay", gamma);
  return (step) => rate * power(gamma, step);
}

/**
 * Half a cosine from the rate down to the minimum: lr(t) = minimum + (rate − minimum) · (1 + cos(π t / steps)) / 2.
 * PyTorch's CosineAnnealingLR in its closed form: beyond `steps` it rises again. (Loshchilov, Hutter, arXiv 1608.03983,
 * without restarts.)
 * @param rate at step 0
 * @param options.steps steps to the minimum, whole number ≥ 1
 * @param options.minimum ≥ 0, default 0
 * @throws ArgumentError
 * @example cosineDecay(0.1, { steps: 10_000 });
 */
export function cosineDecay(rate: number, options: { steps: number; minimum?: number }): Schedule {
  checkRate("cosineDecay", rate);
  checkOptions("cosineDecay", options, ["steps", "minimum"]);
  const { steps, minimum = 0 } = options;
  checkSteps("cosineDecay", "steps", steps);
  checkNumber("cosineDecay", "minimum", minimum, "a number ≥ 0", (value) => value >= 0 && value < Infinity);
  return (step) => minimum + ((rate - minimum) * (1 + cosPi(step, steps))) / 2;
}

/**
 * A straight line up to another schedule's first rate, then that schedule from its step 0 on:
 * lr(t) = then(0) · (start + (1 − start) · t / steps) for t < steps, else then(t − steps). PyTorch's LinearLR, followed by
 * another in a SequentialLR.
 * @param then what follows: a schedule, or a number for a constant rate
 * @param options.steps steps of the warm-up, whole number ≥ 1
 * @param options.start where it begins, as a fraction of then(0), from 0 to 1; default 1/3
 * @throws ArgumentError
 * @example linearWarmup(cosineDecay(1e-3, { steps: 9000 }), { steps: 1000, start: 0.1 });
 */
export function linearWarmup(then: Schedule | number, options: { steps: number; start?: number }): Schedule {
  checkOptions("linearWarmup", options, ["steps", "start"]);
  const { steps, start = 1 / 3 } = options;
  const after = scheduleOf("linearWarmup", then);
  checkSteps("linearWarmup", "steps", steps);
  checkNumber("linearWarmup", "start", start, "a number from 0 to 1", (value) => value >= 0 && value <= 1);
  return (step) => (step < steps ? after(0) * (start + ((1 - start) * step) / steps) : after(step - steps));
}

/**
 * A schedule over epochs as one over steps: lr(t) = schedule(⌊t / stepsPerEpoch⌋).
 * @param stepsPerEpoch batches an epoch, whole number ≥ 1
 * @throws ArgumentError
 * @example perEpoch(stepDecay(0.1, { stepSize: 30 }), Math.ceil(60_000 / 128));
 */
export function perEpoch(schedule: Schedule, stepsPerEpoch: number): Schedule {
  const perStep = scheduleOf("perEpoch", schedule);
  checkSteps("perEpoch", "stepsPerEpoch", stepsPerEpoch);
  return (step) => perStep(Math.floor(step / stepsPerEpoch));
}

/** A number is the schedule that is always that number. @throws ArgumentError */
function scheduleOf(op: string, schedule: Schedule | number): Schedule {
  if (typeof schedule === "function") return schedule;
  if (typeof schedule === "number") return constantRate(schedule);
  throw new ArgumentError(message(op, `the schedule is ${kindText(schedule)}; expected a function of the step, or a number`));
}

function checkRate(op: string, rate: number): void {
  checkNumber(op, "the rate", rate, "a number ≥ 0", (value) => value >= 0 && value < Infinity);
}

function checkSteps(op: string, name: string, steps: number): void {
  checkNumber(op, name, steps, "a whole number ≥ 1", (value) => Number.isSafeInteger(value) && value >= 1);
}

function checkGamma(op: string, gamma: number): void {
  checkNumber(op, "gamma", gamma, "a number above 0", (value) => value > 0 && value < Infinity);
}

/** xⁿ for a whole n ≥ 0, by squaring: `**` gives other last bits on other engines. */
function power(x: number, n: number): number {
  let result = 1;
  for (let square = x, left = n; left > 0; left = Math.floor(left / 2), square *= square) {
    if (left % 2 === 1) result *= square;
  }
  return result;
}

/** 1/n! with alternating signs, for the even and the odd powers of the series of cosine and sine. */
const COSINE = series(0);
const SINE = series(1);

function series(first: number): number[] {
  const terms: number[] = [];
  for (let n = first, factorial = 1, sign = 1; n < first + 18; sign = -sign, factorial *= (n + 1) * (n + 2), n += 2)
    terms.push(sign / factorial);
  return terms;
}

/**
 * cos(π n / m), |error| ≤ 2⁻⁵³ · 4: `Math.cos` gives other last bits on other engines. The angle is folded into the first
 * eighth of a turn while it is still a fraction of whole numbers, which is exact; there nine terms of the series leave
 * (π/4)¹⁸ / 18! < 2⁻⁵⁸.
 */
export function cosPi(n: number, m: number): number {
  const turn = Math.abs(n) % (2 * m);
  const half = turn > m ? 2 * m - turn : turn;
  const negative = 2 * half > m;
  const quarter = negative ? m - half : half;
  const value = 4 * quarter > m ? horner(SINE, (Math.PI * (m - 2 * quarter)) / (2 * m), 1) : horner(COSINE, (Math.PI * quarter) / m, 0);
  return negative ? -value : value;
}

/** Σ terms[k] · x^(2k + first), first 0 or 1. */
function horner(terms: readonly number[], x: number, first: 0 | 1): number {
  let sum = 0;
  for (let k = terms.length - 1; k >= 0; k--) sum = sum * x * x + terms[k];
  return first === 1 ? sum * x : sum;
}
