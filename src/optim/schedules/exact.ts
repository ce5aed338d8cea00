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
