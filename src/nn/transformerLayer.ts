import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import type { Declaration, SettingsOf } from "../options/declare.js";
import { count, flag, number } from "../options/kinds.js";
import { currentSeed, underSeed } from "../tensor/seed.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Initializer, uniform } from "./initializers.js";
import { Layer, type StateShapes } from "./layer.js";
import { Dense } from "./layers/dense.js";
import { Dropout } from "./layers/dropout.js";
import { LayerNorm } from "./layers/layerNorm.js";
import { Linear } from "./layers/linear.js";
import { type AttentionCallOptions, MultiheadAttention } from "./layers/multiheadAttention.js";
import { activation } from "./options.js";

/** Options of a Transformer's layers. */
export const TRANSFORMER_OPTIONS = {
  /** Width of the hidden layer of the feed-forward part. Default 2048. */
  feedForward: count({ default: 2048, aka: ["dimFeedforward", "intermediateDim"] }),
  /** Probability of dropping in training, 0 … 1: weights of attention, hidden units, and results of each part. Default 0.1. */
  dropout: number({ default: 0.1, min: 0, max: 1 }),
  /** The activation of the feed-forward part. Default "relu". */
  activation: activation({ default: "relu" }),
  /** ε of the layer norms, > 0. Default 1e-5. */
  layerNormEps: number({ default: 1e-5, above: 0, aka: ["epsilon", "layerNormEpsilon"] }),
  /** Whether inputs are [batch, length, dModel]; if not, [length, batch, dModel]. Default true. */
  batchFirst: flag({ default: true }),
  /** Whether each part is normalised in front of it (pre-norm) instead of behind its residual sum. Default false. */
  normFirst: flag({ default: false, aka: ["normalizeFirst", "preNorm"] }),
  /** Whether projections and norms have a bias. Default true. */
  bias: flag({ default: true, aka: ["useBias"] }),
  /** Whether a position attends to no later one, also where a call does not say so. Default false. */
  causal: flag({ default: false, aka: ["isCausal", "useCausalMask"] }),
  /** Whether self-attention turns queries and keys by their positions: see `rotary`. Default false. */
  rotary: flag({ default: false, aka: ["rope"] }),
};

/** Positional arguments of a Transformer's layers. */
export const TRANSFORMER_SIZES = {
  dModel: count({ required: true, nullable: true, mend: sizesMend }),
  numHeads: count({ required: true, mend: sizesMend }),
};

function sizesMend(): string {
  return "Its arguments are dModel, numHeads and options, as (64, 4, { … }); null takes dModel from the first input.";
}

export type TransformerDeclaration = Declaration<typeof TRANSFORMER_OPTIONS, typeof TRANSFORMER_SIZES>;
export type TransformerSettings = SettingsOf<TransformerDeclaration>;

/**
 * What the layers of a Transformer's encoder and decoder have in common: parts that end in a residual sum, self-attention and a
 * feed-forward part among them.
 */
export abstract class TransformerLayer extends Layer<TransformerDeclaration> {
  selfAttn!: MultiheadAttention;
  linear1!: Dense;
  linear2!: Linear;
  norm1!: LayerNorm;
  norm2!: LayerNorm;
  readonly dropout = new Dropout(this.settings.dropout);
  readonly dropout1 = new Dropout(this.settings.dropout);
  readonly dropout2 = new Dropout(this.settings.dropout);
  readonly #seed = currentSeed();

  /** Makes the parts. Their initial values depend on the seed at the layer's construction. */
  override build(inputShape: Shape): void {
    const size = widthOf("Transformer", this.settings, inputShape);
    underSeed(this.#seed, () => this.make(size));
  }

  protected make(size: number): void {
    const { feedForward, activation, bias } = this.settings;
    const start = (fanIn: number): Initializer => uniform({ low: -1 / Math.sqrt(fanIn), high: 1 / Math.sqrt(fanIn) });
    this.selfAttn = this.attention(size, this.settings.rotary);
    this.linear1 = new Dense(feedForward, {
      ...{ activation, bias, weightInitializer: start(size), biasInitializer: start(size), inputShape: [size] },
    });
    this.linear2 = new Linear(feedForward, size, { bias });
    this.norm1 = this.norm(size);
    this.norm2 = this.norm(size);
  }

  protected attention(size: number, rotary: boolean): MultiheadAttention {
    const { numHeads, dropout, bias, batchFirst } = this.settings;
    return new MultiheadAttention(size, numHeads, { dropout, bias, batchFirst, rotary });
  }

  protected norm(size: number): LayerNorm {
    return new LayerNorm(size, { epsilon: this.settings.layerNormEps, bias: this.settings.bias });
  }

  override inputShapeFrom(state: ReadonlyMap<string, Tensor>): Shape | null {
    const weight = state.get("self_attn.out_proj.weight");
    return weight?.rank === 2 ? [1, 1, weight.shape[0]] : null;
  }

  /** Last extent of inputs and output. */
  get dModel(): number | null {
    return this.built ? this.linear2.outFeatures : this.settings.dModel;
  }

  override expects(): Shape | null {
    return null;
  }

  /** x + part(norm(x)) for pre-norm, else norm(x + part(x)). */
  protected residual(x: Tensor, norm: LayerNorm, dropout: Dropout, part: (x: Tensor) => Tensor): Tensor {
    if (this.settings.normFirst) return x.add(dropout.forward(part(norm.forward(x))));
    return norm.forward(x.add(dropout.forward(part(x))));
  }

  protected selfAttention(x: Tensor, options: Omit<AttentionCallOptions, "needWeights">): Tensor {
    const causal = options.causal ?? this.settings.causal;
    return this.selfAttn.forward(x, x, x, { ...options, causal, needWeights: false }).output;
  }

  protected feedForward(x: Tensor): Tensor {
    return this.linear2.forward(this.dropout.forward(this.linear1.forward(x)));
  }
}

/** The shapes of what the common parts hold, by field. @throws ShapeError, ArgumentError */
export function sharedShapes(op: string, settings: TransformerSettings, inputShape: Shape): StateShapes {
  const size = widthOf(op, settings, inputShape);
  const { feedForward, bias } = settings;
  return {
    ...attentionShapes("selfAttn", settings, size),
    "linear1.weight": [feedForward, size],
    "linear1.bias": bias ? [feedForward] : null,
    "linear2.weight": [size, feedForward],
    "linear2.bias": bias ? [size] : null,
    ...normShapes("norm1", settings, size),
    ...normShapes("norm2", settings, size),
  };
}

/** The shapes of what an attention at `field` holds. */
export function attentionShapes(field: string, { numHeads, bias }: TransformerSettings, size: number): StateShapes {
  const settings = { numHeads, bias, embedDim: size, addBiasKv: false, kdim: null, vdim: null, rotary: false };
  return Object.fromEntries(
    Object.entries(MultiheadAttention.stateShapes(settings, [])).map(([name, shape]) => [`${field}.${name}`, shape]),
  );
}

/** The shapes of what a norm at `field` holds. */
export function normShapes(field: string, { bias }: TransformerSettings, size: number): StateShapes {
  return { [`${field}.weight`]: [size], [`${field}.bias`]: bias ? [size] : null };
}

/** dModel, or the last extent of the input. @throws ShapeError */
export function widthOf(op: string, { dModel }: TransformerSettings, inputShape: Shape): number {
  const size = dModel ?? inputShape.at(-1);
  if (size !== undefined && size > 0) return size;
  throw new ShapeError(message(op, `x has shape ${shapeText(inputShape)}; expected [..., dModel]`));
}
