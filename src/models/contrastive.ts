import { Model } from "../model/model.js";
import { Sequential } from "../model/sequential.js";
import { isModule } from "../nn/forward.js";
import { Dense, type Module } from "../nn/index.js";
import { ntXent, TEMPERATURE } from "../nn/losses/ntXent.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count } from "../options/kinds.js";
import { checkValue, type OptionSpec, option } from "../options/option.js";
import type { Tensor } from "../tensor/tensor.js";

const CONTRASTIVE = declare("ContrastiveLearner", {
  /** Units of the projection's hidden layer. Default 128. */
  hidden: count({ default: 128 }),
  /** Extent of the embeddings that are compared. Default 64. */
  projection: count({ default: 64, aka: ["projectionDim"] }),
  ...TEMPERATURE,
});

const ENCODER = option<Module, OptionSpec<Module> & { required: true }>("a module", isModule, { required: true });

/** Options of `ContrastiveLearner`. */
export interface ContrastiveOptions extends OptionsOf<typeof CONTRASTIVE> {}

/**
 * Trains an encoder without labels, as SimCLR does: two views of each sample, made by random changes, are to be alike, and unlike those of
 * other samples. They are compared behind a small projection, which is thrown away afterwards: the encoder is what has been learned. Chen
 * et al., ICML 2020.
 * Shape:     what the encoder takes → [n, projection]
 * @param encoder a module whose results are vectors [n, features]
 * @param options.hidden units of the projection's hidden layer, default 128
 * @param options.projection extent of the embeddings that are compared, default 64
 * @param options.temperature what similarities are divided by, default 0.5
 * @throws ArgumentError for an unknown option or value
 * @example
 * const learner = new ContrastiveLearner(new Dense(32, { activation: "relu", inputShape: [64] }));
 * const x = rand([8, 64]);
 * learner.loss(x.add(randn([8, 64], { std: 0.1 })), x.add(randn([8, 64], { std: 0.1 }))).backward();
 */
export class ContrastiveLearner extends Model {
  static override readonly type = "ContrastiveLearner";
  readonly projection: Sequential;
  readonly temperature: number;

  constructor(
    readonly encoder: Module,
    options?: ContrastiveOptions,
  ) {
    super();
    checkArity("ContrastiveLearner", arguments.length, 2);
    checkValue("ContrastiveLearner", "encoder", encoder, ENCODER);
    const { hidden, projection, temperature } = CONTRASTIVE.readOptions(options);
    this.projection = new Sequential([new Dense(hidden, { activation: "relu" }), new Dense(projection)]);
    this.temperature = temperature;
  }

  override forward(x: Tensor): Tensor {
    checkArity("forward", arguments.length, 1);
    return this.projection.forward(this.encoder.forward(x));
  }

  /**
   * The loss of two views of the same samples, in the same order: the normalised, temperature-scaled cross-entropy (NT-Xent), by which each
   * is to be more similar to its partner than to all others.
   */
  loss(first: Tensor, second: Tensor): Tensor {
    checkArity("loss", arguments.length, 2);
    return ntXent(this.forward(first), this.forward(second), { temperature: this.temperature });
  }
}
