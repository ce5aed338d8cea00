import type { NumberArray } from "../memory/views.js";
import { strideOf } from "./sample.js";

/** How numbers are spread, as far as they were looked at. Several lists of numbers, such as the outputs of several calls, count as one. */
export class Spread {
  count = 0;
  zeros = 0;
  /** Of those that are finite. */
  min = Infinity;
  max = -Infinity;
  #sum = 0;
  #squares = 0;
  /** What is taken from each number before it is squared, so that a mean far from 0 costs no digits. */
  #shift = 0;

  /** Looks at some elements of a list, evenly spaced where it is long. @returns the least and the greatest of them */
  add(elements: NumberArray): { min: number; max: number } {
    const stride = strideOf(elements.length);
    if (this.count === 0) this.#shift = finiteOr(elements[0], 0);
    const shift = this.#shift;
    let [count, zeros, sum, squares] = [0, 0, 0, 0];
    let [min, max] = [Infinity, -Infinity];
    for (let i = 0; i < elements.length; i += stride) {
      const value = elements[i];
      const away = value - shift;
      count++;
      sum += away;
      squares += away * away;
      if (value === 0) zeros++;
      if (value < min && value > -Infinity) min = value;
      if (value > max && value < Infinity) max = value;
    }
    this.count += count;
    this.zeros += zeros;
    this.#sum += sum;
    this.#squares += squares;
    if (min < this.min) this.min = min;
    if (max > this.max) this.max = max;
    return { min, max };
  }

  get mean(): number {
    return this.#shift + this.#sum / this.count;
  }

  get deviation(): number {
    const away = this.#sum / this.count;
    const variance = this.#squares / this.count - away * away;
    return variance < 0 ? 0 : Math.sqrt(variance);
  }

  /** The root mean square. */
  get size(): number {
    const { mean, deviation } = this;
    return Math.sqrt(mean * mean + deviation * deviation);
  }
}

/** How the elements of one list are spread. */
export function spreadOf(elements: NumberArray): Spread {
  const spread = new Spread();
  spread.add(elements);
  return spread;
}

function finiteOr(value: number | undefined, other: number): number {
  return value !== undefined && Number.isFinite(value) ? value : other;
}
