/** A list is added in parts: V8 then compiles what adds one with all that follows its loop known, not from the middle of a long loop. */
const PART = 256;

/** How numbers are spread. Several lists of numbers, such as the outputs of several calls, count as one. */
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

  /** @returns the least and the greatest of the list that are finite */
  add(sample: Float64Array): { min: number; max: number } {
    if (this.count === 0) this.#shift = finiteOr(sample[0], 0);
    const [min, max] = [this.min, this.max];
    this.min = Infinity;
    this.max = -Infinity;
    for (let from = 0; from < sample.length; from += PART) this.#addPart(sample, from, Math.min(from + PART, sample.length));
    this.count += sample.length;
    const found = { min: this.min, max: this.max };
    this.min = Math.min(min, found.min);
    this.max = Math.max(max, found.max);
    return found;
  }

  #addPart(sample: Float64Array, from: number, to: number): void {
    const shift = this.#shift;
    // Each by itself: of sums that begin as parts of a list V8 makes a loop that takes three times as long.
    let zeros = 0;
    let sum = 0;
    let squares = 0;
    let min = Infinity;
    let max = -Infinity;
    for (let i = from; i < to; i++) {
      const value = sample[i];
      const away = value - shift;
      sum += away;
      squares += away * away;
      if (value === 0) zeros++;
      if (value < min && value > -Infinity) min = value;
      if (value > max && value < Infinity) max = value;
    }
    this.zeros += zeros;
    this.#sum += sum;
    this.#squares += squares;
    if (min < this.min) this.min = min;
    if (max > this.max) this.max = max;
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

/** How the numbers of one list are spread. */
export function spreadOf(sample: Float64Array): Spread {
  const spread = new Spread();
  spread.add(sample);
  return spread;
}

function finiteOr(value: number | undefined, other: number): number {
  return value !== undefined && Number.isFinite(value) ? value : other;
}
