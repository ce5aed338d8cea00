import { typeOf } from "../nn/architecture.js";
import type { Module } from "../nn/module.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Histogram, LayerRecord } from "../train/trainingRecord.js";
import { type Ending, endingOf } from "./endingActivation.js";
import { histogramOf, joined } from "./histogram.js";
import { sampleOf } from "./sample.js";
import { Saturation } from "./saturation.js";
import { Spread, spreadOf } from "./spread.js";
import { Alive } from "./units.js";

/** Calls of one module in a pass that are looked at: a cell of a long recurrence is called very often. */
const MOST_CALLS = 32;

/** What a layer gives in one pass, of all its calls together. */
export class LayerTally {
  readonly #ending: Ending | null;
  readonly #shape: Shape;
  readonly #spread = new Spread();
  readonly #alive: Alive | null;
  readonly #saturation: Saturation | null;
  #histogram: Histogram | null = null;
  #calls = 0;
  /** Sum and number of the squares of the gradients by the outputs. */
  #squares = 0;
  #gradients = 0;

  constructor(
    readonly path: string,
    private readonly module: Module,
    first: Tensor,
    private readonly bins: number,
  ) {
    this.#shape = first.shape;
    this.#ending = endingOf(module, first);
    this.#alive = this.#ending?.dies ? new Alive() : null;
    this.#saturation = this.#ending?.asymptotes === undefined ? null : new Saturation(this.#ending.asymptotes);
  }

  /** @param unitAxis of the result; null: it has no units @returns whether the call was looked at */
  add(result: Tensor, unitAxis: number | null): boolean {
    if (this.#calls++ >= MOST_CALLS) return false;
    const elements = result.view();
    const sample = sampleOf(elements);
    const { min, max } = this.#spread.add(sample);
    const counted = histogramOf(sample, min, max, this.bins);
    this.#histogram = this.#histogram === null ? counted : joined(this.#histogram, counted);
    this.#saturation?.add(sample);
    if (unitAxis !== null) this.#alive?.add(result, elements, unitAxis);
    return true;
  }

  addGradient(gradient: Tensor): void {
    const { size, count } = spreadOf(sampleOf(gradient.view()));
    this.#squares += size * size * count;
    this.#gradients += count;
  }

  record(): LayerRecord {
    const { mean, deviation, zeros, count } = this.#spread;
    return {
      path: this.path,
      type: typeOf(this.module),
      activation: this.#ending?.name ?? null,
      shape: [...this.#shape],
      mean,
      deviation,
      zeros: count === 0 ? 0 : zeros / count,
      dead: this.#alive?.dead ?? null,
      saturated: this.#saturation?.share ?? null,
      histogram: this.#histogram ?? histogramOf(new Float64Array(0), 0, 0, this.bins),
      gradient: this.#gradients === 0 ? null : Math.sqrt(this.#squares / this.#gradients),
    };
  }
}
