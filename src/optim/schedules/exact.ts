/** xⁿ for a whole n ≥ 0, by squaring: `**` gives other last bits on other engines. */
export function power(x: number, n: number): number {
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

/** The double nearest to ln 2 with its last 21 bits cleared, so that its products with small whole numbers are exact, and the rest of ln 2. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/**
 * The natural logarithm, −∞ of 0 and NaN below it, |error| < 1e-15 · max(1, |ln x|): `Math.log` gives other last bits on other engines. x is 2^k · m with
 * m near 1, and ln m = 2 · artanh s, s = (m − 1) / (m + 1), whose series has eleven terms: s² < 0.0295.
 */
export function ln(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x > 0 ? x : Number.NaN;
  let [m, k] = [x, 0];
  for (; m > Math.SQRT2; m /= 2) k++;
  for (; m < Math.SQRT1_2; m *= 2) k--;
  const s = (m - 1) / (m + 1);
  let sum = 0;
  for (let n = 21; n >= 1; n -= 2) sum = sum * s * s + 1 / n;
  return k * LN2_HIGH + (k * LN2_LOW + 2 * s * sum);
}

/**
 * eˣ, ∞ where that is too large for a number, relative error < 1e-15: `Math.exp` gives other last bits on other engines. x is k · ln 2 + r with |r| < 0.35, where
 * fifteen terms of the series are enough.
 */
export function exp(x: number): number {
  if (x < -745) return 0;
  if (x > 710) return Infinity;
  const k = Math.round(x / Math.LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = 15; n >= 1; n--) sum = 1 + (sum * r) / n;
  for (let i = 0; i < Math.abs(k); i++) sum *= k < 0 ? 0.5 : 2;
  return sum;
}
