import { power } from "./exact.js";

/** The double nearest to ln 2 with its last 21 bits cleared, so that its products with small whole numbers are exact, and the rest of ln 2. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** xᵖ for x ≥ 0 and p ≥ 0, to some 1e-15 of itself: `**` and `Math.pow` give other last bits on other engines. */
export function realPower(x: number, p: number): number {
  const whole = Math.floor(p);
  const rest = p - whole;
  if (rest === 0) return power(x, whole);
  if (x === 0) return 0;
  return power(x, whole) * (rest === 0.5 ? Math.sqrt(x) : exponential(rest * logarithm(x)));
}

/** ln x for x > 0: x = 2ᵏ · m with m about 1, ln m = 2 · artanh(s) with s = (m − 1) / (m + 1), by a series in s² ≤ 0.03. */
export function logarithm(x: number): number {
  let m = x;
  let k = 0;
  for (; m > Math.SQRT2; k++) m /= 2;
  for (; m < Math.SQRT1_2; k--) m *= 2;
  const s = (m - 1) / (m + 1);
  let sum = 0;
  for (let n = 25; n >= 1; n -= 2) sum = sum * s * s + 1 / n;
  return k * LN2_HIGH + (k * LN2_LOW + 2 * s * sum);
}

/** eˣ: x = k · ln 2 + r with |r| ≤ ln 2 / 2, eʳ by its series, of which 14 terms leave less than 2⁻⁶⁰. */
export function exponential(x: number): number {
  const k = Math.round(x / Math.LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = 15; n >= 1; n--) sum = 1 + (sum * r) / n;
  return sum * (k < 0 ? power(0.5, -k) : power(2, k));
}
