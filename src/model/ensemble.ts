import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { isModule } from "../nn/forward.js";
import { logitsOf } from "../nn/logits.js";
import type { Module } from "../nn/module.js";
import { rememberLogits, type Squashing } from "../ops/squashed.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice } from "../options/kinds.js";
import { checkTensor } from "../tensor/check.js";
import type { Tensor } from "../tensor/tensor.js";
import { Model } from "./model.js";

const ENSEMBLE = declare("Ensemble", {
  /** What makes probabilities of the members' results, if these are logits: "softmax" along axis 1, "sigmoid", or null. Default null. */
  squashing: choice(["softmax", "sigmoid"], { default: null, aka: ["activation"] }),
});

/** Options of `Ensemble`. */
export interface EnsembleOptions extends OptionsOf<typeof ENSEMBLE> {}

/**
 * Several models that answer as one: the mean of their results, of classifiers the mean of their probabilities.
 *
 *     p(x) = (1/M) Σ pₘ(x)
 *
 * It is a model: `predict` gives the means, and `evaluate` takes probabilities for what they are, whether the loss wants logits or not.
 * The members are trained by themselves: from other seeds, on other samples, or as snapshots of one training (`Snapshots`). They are also
 * saved by themselves: a file holds one model.
 *
 * Shape:     that of the members
 *
 * Dietterich: Ensemble methods in machine learning (2000). Snapshots: Huang et al., arXiv 1704.00109.
 * @param models one or more modules that take and give tensors of the same shapes
 * @param options.squashing "softmax" or "sigmoid" where the members give logits; default null: their results are averaged as they are
 * @throws ArgumentError for anything but a list of modules
 * @example
 * const ensemble = new Ensemble([model, net], { squashing: "softmax" });
 * ensemble.compile({ optimizer: "sgd", loss: "crossEntropy", metrics: ["accuracy"] });
 * const { accuracy } = await ensemble.evaluate(test);
 */
export class Ensemble extends Model {
  static override readonly type: string = "Ensemble";
  /** @internal */
  static override readonly capturable: boolean = true;
  readonly members: readonly Module[];
  readonly squashing: Squashing | null;

  constructor(models: readonly Module[], options?: EnsembleOptions) {
    super();
    checkArity(ENSEMBLE.op, arguments.length, 2);
    if (!Array.isArray(models) || models.length === 0)
      throw new ArgumentError(
        message(ENSEMBLE.op, `the models are ${kindText(models)}; expected a list of modules`, "Write new Ensemble([first, second])."),
      );
    for (const [i, model] of models.entries()) {
      if (!isModule(model)) throw new ArgumentError(message(ENSEMBLE.op, `models[${i}] is ${kindText(model)}; expected a Module`));
    }
    this.members = [...models];
    this.squashing = ENSEMBLE.readOptions(options).squashing;
  }

  /** An ensemble is made anew of its members. @throws ArgumentError always: a file holds one model */
  config(): Record<string, unknown> {
    const mend = "Save the members, each to a file of its own, and make the Ensemble of what loadModel gives.";
    throw new ArgumentError(message(ENSEMBLE.op, "it cannot be saved: a file holds one model", mend));
  }

  /** The mean of what the members give. @throws ArgumentError for members with several outputs */
  override forward(...inputs: Tensor[]): Tensor {
    if (inputs.length === 0) throw new ArgumentError(message(ENSEMBLE.op, "forward was called without an input"));
    for (const [i, input] of inputs.entries()) checkTensor(ENSEMBLE.op, inputs.length === 1 ? "x" : `input ${i}`, input);
    const results = this.members.map((member) => this.#probabilities(member.forward(...inputs)));
    const found = results.map((result) => logitsOf(result));
    const mean = results.reduce((sum, result) => sum.add(result)).div(results.length);
    const [first] = found;
    if (first === null || found.some((one) => one?.name !== first.name)) return mean;
    // The logarithm of probabilities, and of odds, are logits of them.
    const logits = first.name === "softmax" ? mean.log() : mean.log().sub(mean.neg().add(1).log());
    return rememberLogits(mean, first.name, logits, first.axis);
  }

  #probabilities(result: unknown): Tensor {
    if (Array.isArray(result))
      throw new ArgumentError(message(ENSEMBLE.op, `a member gave ${result.length} results; expected one`, "Make an ensemble for each."));
    const one = result as Tensor;
    if (this.squashing === null) return one;
    return this.squashing === "sigmoid" ? one.sigmoid() : one.softmax(1);
  }
}
