/** How near an asymptote a result is saturated, as a share of the whole range: |tanh| > 0.97, where 6 % of the derivative is left. */
const NEAR = 0.015;

/** Counts results of an activation that are near one of its asymptotes. */
export class Saturation {
  #near = 0;
  #count = 0;
  readonly #low: number;
  readonly #high: number;

  constructor([least, most]: readonly [number, number]) {
    const margin = NEAR * (most - least);
    this.#low = least + margin;
    this.#high = most - margin;
  }

  add(sample: Float64Array): void {
    const low = this.#low;
    const high = this.#high;
    let near = 0;
    for (let i = 0; i < sample.length; i++) {
      const value = sample[i];
      if (value < low || value > high) near++;
    }
    this.#near += near;
    this.#count += sample.length;
  }

  get share(): number {
    return this.#count === 0 ? 0 : this.#near / this.#count;
  }
}
