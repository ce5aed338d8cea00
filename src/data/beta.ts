import { exp, ln } from "../optim/schedules/exact.js";

/**
 * A number of the distribution Beta(α, α), whose density is proportional to (x (1 − x))^(α − 1).
 * @param alpha > 0
 * @param next gives uniform numbers in (0, 1)
 */
export function beta(alpha: number, next: () => number): number {
  return alpha <= 1 ? johnk(alpha, next) : cheng(alpha, next);
}

/** Jöhnk's method (Metrika 8, 1964): u^(1/α) / (u^(1/α) + v^(1/α)), where the sum is at most 1. Powers are taken by logarithms. */
function johnk(alpha: number, next: () => number): number {
  for (;;) {
    const [a, b] = [ln(next()) / alpha, ln(next()) / alpha];
    const greatest = Math.max(a, b);
    const [x, y] = [exp(a - greatest), exp(b - greatest)];
    if (greatest + ln(x + y) <= 0) return x / (x + y);
  }
}

/** Cheng's method BB (CACM 21, 1978) for equal parameters above 1. */
function cheng(alpha: number, next: () => number): number {
  const scale = Math.sqrt((2 * alpha - 2) / (2 * alpha * alpha - 2 * alpha));
  const gamma = alpha + 1 / scale;
  for (;;) {
    const [u, v] = [next(), next()];
    const logit = scale * ln(u / (1 - u));
    const w = alpha * exp(logit);
    const least = ln(u * u * v);
    if (gamma * logit - ln(4) + 2 * alpha * ln((2 * alpha) / (alpha + w)) >= least) return w / (alpha + w);
  }
}
