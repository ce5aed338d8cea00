import { cosPi } from "../optim/schedules/exact.js";

/** Corners of the unit circle, counterclockwise from (1, 0); the first comes again at the end. The same bits everywhere. */
export function unitCircle(corners: number): [x: number, y: number][] {
  return Array.from({ length: corners + 1 }, (_, k) => [cosPi(2 * k, corners), cosPi(4 * k - corners, 2 * corners)]);
}

/** √(a² + b²), with the same bits everywhere. */
export function length(a: number, b: number): number {
  return Math.sqrt(a * a + b * b);
}
