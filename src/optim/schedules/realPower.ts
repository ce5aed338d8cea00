import { exp, ln, power } from "./exact.js";

/** xᵖ for x ≥ 0 and p ≥ 0, to some 1e-15 of itself: `**` and `Math.pow` give other last bits on other engines. */
export function realPower(x: number, p: number): number {
  const whole = Math.floor(p);
  const rest = p - whole;
  if (rest === 0) return power(x, whole);
  if (x === 0) return 0;
  return power(x, whole) * (rest === 0.5 ? Math.sqrt(x) : exp(rest * ln(x)));
}
