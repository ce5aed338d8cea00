import type { NumberArray } from "../../memory/views.js";
import type { EluArgs, EluGradArgs, GradientArgs, LeakyReluArgs, LeakyReluGradArgs, MapArgs } from "../generated.js";
import { map, mapGradient } from "./map.js";
import { sigmoid as logistic, normalCdf, normalDensity } from "./math.js";

/** x · factor, and the limit 0 instead of ∞ · 0 = NaN where the factor has gone to 0. */
function damped(x: number, factor: number): number {
  return factor === 0 ? 0 : x * factor;
}

/** 2u of gelu's approximation ½x(1 + tanh u) = x · sigmoid(2u). */
function geluArgument(x: number): number {
  return 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
}

/** max(x, 0) */
export function relu(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, (x) => (x < 0 ? 0 : x));
}

/** saved: output (or input) */
export function reluGrad(r: GradientArgs, from: number, to: number, v: NumberArray): void {
  mapGradient(r, from, to, v, (g, y) => (y <= 0 ? 0 : g));
}

/** x, or slope · x for x < 0 */
export function leakyRelu(r: LeakyReluArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, (x) => (x < 0 ? r.slope * x : x));
}

/** saved: input */
export function leakyReluGrad(r: LeakyReluGradArgs, from: number, to: number, v: NumberArray): void {
  mapGradient(r, from, to, v, (g, x) => (x > 0 ? g : r.slope * g));
}

/** x, or alpha(eˣ − 1) for x < 0 */
export function elu(r: EluArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, (x) => (x < 0 ? r.alpha * Math.expm1(x) : x));
}

/** saved: output; alpha eˣ = y + alpha */
export function eluGrad(r: EluGradArgs, from: number, to: number, v: NumberArray): void {
  mapGradient(r, from, to, v, (g, y) => (y > 0 ? g : g * (y + r.alpha)));
}

/** 1/(1 + e⁻ˣ) */
export function sigmoid(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, logistic);
}

/** saved: output */
export function sigmoidGrad(r: GradientArgs, from: number, to: number, v: NumberArray): void {
  mapGradient(r, from, to, v, (g, y) => g * y * (1 - y));
}

/** tanh x */
export function tanh(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, Math.tanh);
}

/** saved: output */
export function tanhGrad(r: GradientArgs, from: number, to: number, v: NumberArray): void {
  mapGradient(r, from, to, v, (g, y) => g * (1 - y * y));
}

/** x · Φ(x) */
export function gelu(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, (x) => damped(x, normalCdf(x)));
}

/** saved: input */
export function geluGrad(r: GradientArgs, from: number, to: number, v: NumberArray): void {
  mapGradient(r, from, to, v, (g, x) => g * (normalCdf(x) + damped(x, normalDensity(x))));
}

/** ½x(1 + tanh(√(2/π)(x + 0.044715x³))) */
export function geluTanh(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, (x) => damped(x, logistic(geluArgument(x))));
}

/** saved: input */
export function geluTanhGrad(r: GradientArgs, from: number, to: number, v: NumberArray): void {
  mapGradient(r, from, to, v, (g, x) => {
    const u = geluArgument(x);
    const slope = 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
    return g * (logistic(u) + damped(x * slope, logistic(u) * logistic(-u)));
  });
}

/** x · sigmoid(x) */
export function silu(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, (x) => damped(x, logistic(x)));
}

/** saved: input */
export function siluGrad(r: GradientArgs, from: number, to: number, v: NumberArray): void {
  mapGradient(r, from, to, v, (g, x) => g * (logistic(x) + damped(x, logistic(x) * logistic(-x))));
}

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|) */
export function softplus(r: MapArgs, from: number, to: number, v: NumberArray): void {
  map(r, from, to, v, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
}

/** saved: input */
export function softplusGrad(r: GradientArgs, from: number, to: number, v: NumberArray): void {
  mapGradient(r, from, to, v, (g, x) => g * logistic(x));
}
