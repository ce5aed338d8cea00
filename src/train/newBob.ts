import type { Optimizer } from "../optim/optimizer.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { FLAG, NUMBER, orNull, savedParts } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import { Callback, type Logs, type TrainingContext } from "./callbacks.js";
import { optimizerOf, splitArguments } from "./driven.js";
import { MONITOR, Monitor } from "./monitor.js";
import { scaleRates } from "./scaleRates.js";

const NEW_BOB = declare("NewBob", {
  ...MONITOR,
  /** What rates are multiplied with, above 0 to below 1. Default 0.5. */
  factor: number({ default: 0.5, above: 0, below: 1 }),
  /**
   * The improvement, as a part of the last figure, below which rates are lowered after this epoch and every later one. Default: rates are
   * lowered after each epoch whose figure is worse than the last one, and only then.
   */
  startThreshold: number({ min: 0 }),
  /** The improvement, as a part of the last figure, below which training ends once rates are being lowered. Default: it does not. */
  stopThreshold: number({ min: 0 }),
});

/** Options of `NewBob`. */
export interface NewBobOptions extends OptionsOf<typeof NEW_BOB> {}

/**
 * Halves the learning rates at every rise of the validation error: the "new bob" of speech recognition, as courses tell it.
 *
 * Its older form has two thresholds: from the first epoch on whose improvement, (last − now) / last, is below `startThreshold`, rates are
 * halved after every epoch; training ends when the improvement then falls below `stopThreshold` (0.01 and 0.001 are usual). It is a
 * callback of `fit`, which adds the figure `learningRate`, that of the first group in the epoch; or it is made for an optimizer, and told
 * the figure by `step`. NaN counts as a rise. `fit` from epoch 0 begins anew, `fit` with `initialEpoch` goes on.
 * @param optimizer whose rates are lowered; in `fit` it is the model's
 * @param options.monitor the figure that is watched; default "valLoss"
 * @param options.mode "min", "max" or "auto" (default): as the metric says
 * @param options.factor what rates are multiplied with, above 0 to below 1; default 0.5
 * @param options.startThreshold the improvement, as a part of the last figure, below which rates are lowered from then on; default: none,
 *   rates are lowered where the figure has become worse
 * @param options.stopThreshold the improvement below which training ends once rates are being lowered; default: it does not end
 * @throws ArgumentError for an unknown option, and if there is no such figure
 * @example await model.fit(train, { epochs: 20, validationSplit: 0.1, callbacks: [new NewBob()], verbose: 0 });
 */
export class NewBob extends Callback {
  override readonly addsFigures: readonly string[] = ["learningRate"];
  readonly #settings: ReturnType<typeof NEW_BOB.readOptions>;
  readonly #monitor: Monitor;
  #optimizer: Optimizer | null;
  #context: TrainingContext | null = null;
  /** The last figure; null before the first. */
  #last: number | null = null;
  #lowering = false;
  /** Whether the improvement has fallen below `stopThreshold`: training should end. */
  finished = false;

  constructor(options?: NewBobOptions);
  constructor(optimizer: Optimizer, options?: NewBobOptions);
  constructor(first?: Optimizer | NewBobOptions, second?: NewBobOptions) {
    super();
    checkArity(NEW_BOB.op, arguments.length, 2);
    const { optimizer, options } = splitArguments(NEW_BOB.op, first, second);
    this.#optimizer = optimizer;
    this.#settings = NEW_BOB.readOptions(options);
    this.#monitor = new Monitor(NEW_BOB.op, this.#settings.monitor, this.#settings.mode);
  }

  override onTrainBegin(context: TrainingContext): void {
    this.#monitor.begin(context, this);
    this.#optimizer = context.optimizer;
    this.#context = context;
    if (context.initialEpoch > 0) return;
    this.#last = null;
    this.#lowering = false;
    this.finished = false;
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    logs.learningRate ??= (this.#optimizer as Optimizer).currentLearningRate;
    const figure = this.#monitor.read(logs);
    if (figure === null) return;
    this.step(figure);
    if (this.finished) this.#context?.stop();
  }

  override stateDict(): SavedState {
    return { last: this.#last, lowering: this.#lowering, finished: this.finished };
  }

  override loadStateDict(state: SavedState): void {
    const { last, lowering, finished } = savedParts(NEW_BOB.op, state, { last: orNull(NUMBER), lowering: FLAG, finished: FLAG });
    this.#last = last;
    this.#lowering = lowering;
    this.finished = finished;
    if (finished) this.#context?.stop();
  }

  /** Takes the figure of one more epoch, and lowers the rates if it is time. @throws ArgumentError if no optimizer was given */
  step(figure: number): void {
    checkArity("step", arguments.length, 1);
    const optimizer = optimizerOf(NEW_BOB.op, this.#optimizer, figure);
    const last = this.#last;
    this.#last = figure;
    if (last === null) return;
    const { factor, startThreshold, stopThreshold } = this.#settings;
    const gain = this.#monitor.direction === "max" ? figure - last : last - figure;
    const improvement = gain / Math.abs(last);
    // NaN is not an improvement.
    const poor = startThreshold === undefined ? !(gain >= 0) : !(improvement >= startThreshold);
    if (this.#lowering && stopThreshold !== undefined && !(improvement >= stopThreshold)) this.finished = true;
    this.#lowering = poor || (this.#lowering && startThreshold !== undefined);
    if (this.#lowering && !this.finished) scaleRates(optimizer, { factor, minimum: 0, epsilon: 0 });
  }
}
