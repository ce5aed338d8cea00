/** Functions that `Math` lacks, in float64 to about 1e-15. */

const SQRT_PI = Math.sqrt(Math.PI);

/** The error function: erf x = 2/√π · e^−x² · (x + x · 2x²/3 + x · (2x²)²/(3 · 5) + …), a sum of positive terms. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 2.5) return Math.sign(x) * (1 - erfc(a));
  let term = x;
  let sum = x;
  for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(sum); n += 2) {
    term *= (2 * x * x) / n;
    sum += term;
  }
  return (2 / SQRT_PI) * Math.exp(-x * x) * sum;
}

/** 1 − erf x without cancellation: beyond 2.5 by Laplace's continued fraction e^−x²/√π / (x + ½/(x + 1/(x + 1½/(x + …)))). */
export function erfc(x: number): number {
  if (!(x > 2.5)) return 1 - erf(x);
  let tail = 0;
  for (let n = 60; n > 0; n--) tail = n / 2 / (x + tail);
  return Math.exp(-x * x) / SQRT_PI / (x + tail);
}

/** Φ(x), the distribution function of the normal distribution. */
export function normalCdf(x: number): number {
  return erfc(-x / Math.SQRT2) / 2;
}

/** φ(x), its density. */
export function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** The nearest integer, halves to even. */
export function roundHalfToEven(x: number): number {
  return x - Math.floor(x) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
}

/** x^y as C99 has it: `Math.pow`, but 1 to any power, and ±1 to ±∞, is 1. */
export function pow(x: number, y: number): number {
  if (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY)) return 1;
  return x ** y;
}
