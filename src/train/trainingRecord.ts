/** How numbers are spread: counts of equal bins from `min` to `max`. Numbers that are not finite are in no bin. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly counts: readonly number[];
}

/** What a layer gave for a batch. */
export interface LayerRecord {
  /** Path of the module in the model; "" is the model. */
  readonly path: string;
  /** Type of the module, such as "Dense". */
  readonly type: string;
  /** The activation at its end, such as "relu"; null: none. */
  readonly activation: string | null;
  readonly shape: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  /** Share of the outputs that are 0. */
  readonly zeros: number;
  /** Share of the units (of a convolution: channels) that are 0 for every sample; null unless the activation can die, as relu. */
  readonly dead: number | null;
  /** Share of the outputs near an asymptote of the activation; null unless it has some, as sigmoid and tanh. */
  readonly saturated: number | null;
  readonly histogram: Histogram;
  /** Root mean square of the loss's gradient by the outputs; null where none reaches them. */
  readonly gradient: number | null;
}

/** What a parameter was at a step. */
export interface ParameterRecord {
  readonly path: string;
  readonly shape: readonly number[];
  /** Root mean square. */
  readonly weight: number;
  /** Root mean square of its gradient; null where none reaches it. */
  readonly gradient: number | null;
  /** Norm of the last step's change over the norm of the parameter; null where it is unknown. */
  readonly update: number | null;
  readonly histogram: Histogram;
  readonly gradientHistogram: Histogram | null;
}

/** How a model stood at a step of its training: plain numbers, which JSON can hold. */
export interface TrainingRecord {
  /** Steps that the optimizer had made. */
  readonly step: number;
  /** Epoch, from 0. */
  readonly epoch: number;
  readonly loss: number;
  readonly learningRate: number;
  /**
   * The simple noise scale of the gradient, tr(Σ)/|G|²: the batch size beyond which larger batches help little (McCandlish et al. 2018);
   * null where it is unknown.
   */
  readonly noiseScale: number | null;
  /** The largest eigenvalue of the loss's Hessian; null where it was not asked for. */
  readonly curvature: number | null;
  /** In the order in which the forward comes to them. */
  readonly layers: readonly LayerRecord[];
  readonly parameters: readonly ParameterRecord[];
}
