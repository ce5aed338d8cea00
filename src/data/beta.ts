/** Halves of ln 2, whose sum has more digits than one number. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

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

/**
 * The natural logarithm of x > 0, |error| < 1e-15 · max(1, |ln x|): `Math.log` gives other last bits on other engines. x is 2^k · m with
 * m near 1, and ln m = 2 · artanh s, s = (m − 1) / (m + 1), whose series has eleven terms: s² < 0.0295.
 */
export function ln(x: number): number {
  let [m, k] = [x, 0];
  for (; m > Math.SQRT2; m /= 2) k++;
  for (; m < Math.SQRT1_2; m *= 2) k--;
  const s = (m - 1) / (m + 1);
  let sum = 0;
  for (let n = 21; n >= 1; n -= 2) sum = sum * s * s + 1 / n;
  return k * LN2_HIGH + (k * LN2_LOW + 2 * s * sum);
}

/**
 * eˣ for x ≤ 700, relative error < 1e-15: `Math.exp` gives other last bits on other engines. x is k · ln 2 + r with |r| < 0.35, where
 * fifteen terms of the series are enough.
 */
export function exp(x: number): number {
  const k = Math.round(x / Math.LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = 15; n >= 1; n--) sum = 1 + (sum * r) / n;
  for (let i = 0; i < Math.abs(k); i++) sum *= k < 0 ? 0.5 : 2;
  return sum;
}
