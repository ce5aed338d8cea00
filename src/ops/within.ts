import * as kernels from "../kernels/generated.js";
import { elementText } from "../tensor/check.js";
import type { Tensor } from "../tensor/tensor.js";
import { inspect } from "./finite.js";

/** Rounding may carry a probability this far beyond 0 and 1. */
const ROUNDING = 1e-5;

/**
 * Ends a step, captured or not, where probabilities are none. Call it after the operation that uses them, which has them in linear
 * memory.
 * @param y float values that must lie between 0 and 1; NaN is let pass
 * @param report throws the error; it is told the first value that is outside, as text, and its position
 */
export function requireProbabilities(y: Tensor, report: (value: string, position: number) => never): void {
  requireWithin(y, -ROUNDING, 1 + ROUNDING, report);
}

/** The same of other bounds. */
export function requireWithin(y: Tensor, min: number, max: number, report: (value: string, position: number) => never): void {
  inspect(
    y,
    () => kernels.checkWithin({ x: y.at, min, max }, 0, y.size, y.dtype),
    (position) => report(elementText(y, position), position),
  );
}

/** The least positive float32. */
const LEAST = 1.4e-45;

/**
 * Ends a step, captured or not, where a number is 0.
 * @param x a scalar ≥ 0
 */
export function requirePositive(x: Tensor, report: () => never): void {
  requireWithin(x, LEAST, Infinity, report);
}
