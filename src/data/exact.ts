/** Halves of ln 2, whose sum has more digits than one number. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

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
  if (x < -745) return 0;
  const k = Math.round(x / Math.LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = 15; n >= 1; n--) sum = 1 + (sum * r) / n;
  for (let i = 0; i < Math.abs(k); i++) sum *= k < 0 ? 0.5 : 2;
  return sum;
}
