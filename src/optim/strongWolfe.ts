import type { FloatArray } from "../memory/views.js";
import { dot, largest } from "./flatParameters.js";

/** The loss and its gradient somewhere. */
export interface Evaluated {
  readonly loss: number;
  readonly gradient: FloatArray;
}

/** A point on the line. */
interface Point extends Evaluated {
  /** How far along the direction. */
  readonly t: number;
  /** The slope of the loss there: gradient · direction. */
  readonly slope: number;
}

/** What a line search found. */
export interface Found extends Point {
  /** How often it evaluated the loss. */
  readonly evaluations: number;
}

export interface WolfeOptions {
  /** The loss must fall by c₁ of what the slope at the start promises. */
  readonly c1?: number;
  /** The slope must become flatter than c₂ of that at the start. */
  readonly c2: number;
  /** A bracket in which no parameter moves by more is not divided any further. */
  readonly toleranceChange: number;
  /** The most evaluations after the first. */
  readonly most?: number;
}

/**
 * Looks along a direction for a point that satisfies the strong Wolfe conditions,
 *
 *     f(t) ≤ f(0) + c₁ t f'(0)   and   |f'(t)| ≤ c₂ |f'(0)|
 *
 * First the step grows until a bracket around such a point is found, then the bracket shrinks; both by cubic interpolation. As
 * PyTorch's `_strong_wolfe`, except that a loss that is not finite counts as too high and halves the bracket, where PyTorch goes on at
 * NaN.
 *
 * Nocedal, Wright: Numerical Optimization (2006), algorithms 3.5 and 3.6.
 *
 * @param evaluate gives loss and gradient at t along the direction
 * @param t the first step to try
 * @param start the loss and its gradient at 0
 * @param slope gradient · direction at 0, below 0
 */
export function strongWolfe(
  evaluate: (t: number) => Evaluated,
  t: number,
  direction: FloatArray,
  start: Evaluated,
  slope: number,
  { c1 = 1e-4, c2, toleranceChange, most = 25 }: WolfeOptions,
): Found {
  const reach = largest(direction);
  let evaluations = 0;
  const at = (t: number): Point => {
    evaluations++;
    const { loss, gradient } = evaluate(t);
    return { t, loss: Number.isNaN(loss) ? Infinity : loss, gradient, slope: dot(gradient, direction) };
  };
  const isTooHigh = ({ t, loss }: Point): boolean => loss > start.loss + c1 * t * slope;
  const isFlat = (point: Point): boolean => Math.abs(point.slope) <= -c2 * slope;

  const origin: Point = { ...start, t: 0, slope };
  let previous = origin;
  let point = at(t);
  let bracket: [Point, Point] | null = null;
  let trials = 0;
  while (trials < most) {
    if (isTooHigh(point) || (trials > 1 && point.loss >= previous.loss)) {
      bracket = [previous, point];
      break;
    }
    if (isFlat(point)) return { ...point, evaluations };
    if (point.slope >= 0) {
      bracket = [previous, point];
      break;
    }
    const next = interpolate(previous, point, point.t + 0.01 * (point.t - previous.t), 10 * point.t);
    previous = point;
    point = at(next);
    trials++;
  }
  bracket ??= [origin, point];

  let isStuck = false;
  let low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
  while (trials < most) {
    const [from, to] = [Math.min(bracket[0].t, bracket[1].t), Math.max(bracket[0].t, bracket[1].t)];
    if ((to - from) * reach < toleranceChange) break;
    let next = interpolate(bracket[0], bracket[1], from, to);
    // A trial near a bound twice in a row, or on it, moves a tenth of the bracket inwards.
    const margin = 0.1 * (to - from);
    if (Math.min(to - next, next - from) < margin) {
      if (isStuck || next >= to || next <= from) {
        next = Math.abs(next - to) < Math.abs(next - from) ? to - margin : from + margin;
        isStuck = false;
      } else isStuck = true;
    } else isStuck = false;
    point = at(next);
    trials++;
    if (isTooHigh(point) || point.loss >= bracket[low].loss) {
      bracket[1 - low] = point;
      low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
      continue;
    }
    const done = isFlat(point);
    if (!done && point.slope * (bracket[1 - low].t - bracket[low].t) >= 0) bracket[1 - low] = bracket[low];
    bracket[low] = point;
    if (done) break;
  }
  return { ...bracket[low], evaluations };
}

/** The minimum of the cubic through two points with their slopes, held within bounds; their middle if there is none. */
function interpolate(a: Point, b: Point, from: number, to: number): number {
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.t - b.t);
  const square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0 && square < Infinity)) return (from + to) / 2;
  const d2 = Math.sqrt(square);
  const [x, y] = a.t <= b.t ? [a, b] : [b, a];
  const least = y.t - (y.t - x.t) * ((y.slope + d2 - d1) / (y.slope - x.slope + 2 * d2));
  return Math.min(Math.max(least, from), to);
}
