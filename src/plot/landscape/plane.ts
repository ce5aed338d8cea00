import type { Parameter } from "../../graph/parameter.js";
import type { NumberArray } from "../../memory/views.js";
import type { Seed } from "../../tensor/seed.js";
import { filterNormalised } from "./directions.js";

/** A parameter as it was found, and its part of the two directions. */
interface Part {
  readonly parameter: Parameter;
  readonly origin: NumberArray;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** The plane θ + α d₁ + β d₂ through the parameters θ of a model. */
export class Plane {
  readonly #parts: readonly Part[];

  /** @param seed from which both directions are drawn */
  constructor(parameters: readonly Parameter[], seed: Seed) {
    const [first, second] = [filterNormalised(parameters, seed), filterNormalised(parameters, seed)];
    this.#parts = parameters.flatMap((parameter, i) =>
      first[i] === null ? [] : [{ parameter, origin: parameter.data, first: first[i] as Float64Array, second: second[i] as Float64Array }],
    );
  }

  /** Brings the parameters to a point. The sums are of float64, so that each parameter is rounded once. */
  go(alpha: number, beta: number): void {
    for (const { parameter, origin, first, second } of this.#parts) {
      const values = origin.slice();
      for (let i = 0; i < values.length; i++) values[i] = origin[i] + alpha * first[i] + beta * second[i];
      parameter.assign(values);
    }
  }

  /** Brings the parameters back, with the bits that they had. */
  leave(): void {
    for (const { parameter, origin } of this.#parts) parameter.assign(origin);
  }
}
