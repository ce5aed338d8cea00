import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { drawn } from "../nn/drawn.js";
import { Dropout, Embedding, type KeyValues, Linear, PositionalEncoding, PositionEmbedding, TransformerEncoder } from "../nn/index.js";
import { normal } from "../nn/initializers.js";
import { activation } from "../nn/options.js";
import { linear } from "../ops/linear.js";
import { checkTensor } from "../ops/operands.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count, flag, number } from "../options/kinds.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Network } from "./network.js";

const GPT = declare("gpt", {
  /** Tokens that there are. */
  vocabulary: count({ required: true, aka: ["vocabSize"] }),
  /** The most tokens that the model looks back to. Default 128. */
  context: count({ default: 128, aka: ["contextLength", "blockSize", "maxLength"] }),
  /** Extent of the vectors of tokens. Default 128. */
  embedding: count({ default: 128, aka: ["embedDim", "dModel"] }),
  /** Heads of attention, a divisor of `embedding`. Default 4. */
  heads: count({ default: 4, aka: ["numHeads"] }),
  /** Layers. Default 4. */
  layers: count({ default: 4, aka: ["numLayers"] }),
  /** Width of the hidden layers. Default null: four times `embedding`. */
  feedForward: count({ default: null }),
  /** Probability of dropping in training, 0 … 1. Default 0.1. */
  dropout: number({ default: 0.1, min: 0, max: 1 }),
  /** The activation of the hidden layers. Default "gelu". */
  activation: activation({ default: "gelu" }),
  /** How positions are told: "learned" vectors, "sinusoidal" ones, or "rotary" queries and keys. Default "learned". */
  positions: choice(["learned", "sinusoidal", "rotary"], { default: "learned" }),
  /** Whether the projection to logits is the table of embeddings. Default true. */
  tied: flag({ default: true, aka: ["tieWeights"] }),
});

/** Options of `gpt`. */
export interface GptOptions extends OptionsOf<typeof GPT> {}

/**
 * A decoder-only Transformer that tells the next token. `gpt` makes it.
 * @example new Gpt({ vocabulary: 65, embedding: 32, layers: 1 }).step(randint(0, 65, [1, 10])).logits.shape   // [1, 10, 65]
 */
export class Gpt extends Network<typeof GPT> {
  static override readonly declaration = GPT;
  static override readonly type = "Gpt";
  static override readonly capturable = true;
  readonly embedding: Embedding;
  readonly positions: PositionEmbedding | PositionalEncoding | null;
  readonly dropout: Dropout;
  readonly transformer: TransformerEncoder;
  /** null where the table of embeddings takes its place. */
  readonly head: Linear | null;

  constructor(options: GptOptions) {
    super(arguments.length, options);
    const { vocabulary, context, embedding, heads, layers, feedForward, dropout, activation, positions, tied } = this.settings;
    this.embedding = new Embedding(vocabulary, embedding);
    // As GPT-2: with greater ones, the logits of a tied projection would begin far apart.
    this.embedding.weight = drawn([vocabulary, embedding], normal({ std: 0.02 }));
    const added = {
      learned: () => new PositionEmbedding(context, embedding),
      sinusoidal: () => new PositionalEncoding(),
      rotary: () => null,
    };
    this.positions = added[positions]();
    this.dropout = new Dropout(dropout);
    this.transformer = new TransformerEncoder(embedding, heads, layers, {
      ...{ feedForward: feedForward ?? 4 * embedding, dropout, activation, normFirst: true, causal: true, finalNorm: true },
      rotary: positions === "rotary",
    });
    this.head = tied ? null : new Linear(embedding, vocabulary, { bias: false });
  }

  /** The most tokens that the model looks back to. */
  get contextLength(): number {
    return this.settings.context;
  }

  protected override resultShape(inputShape: Shape): Shape {
    return [...inputShape, this.settings.vocabulary];
  }

  /** @param tokens int32 [n, T], T at most `context` @returns logits [n, T, vocabulary] */
  override forward(tokens: Tensor): Tensor {
    checkArity("Gpt", arguments.length, 1);
    return this.#logits(this.transformer.forward(this.#embedded(tokens, 0)));
  }

  /**
   * Goes on with a text: attends to the keys and values of the tokens before instead of computing them again.
   * @param tokens the next ones, int32 [n, T]
   * @param state what the last step gave; null at the beginning
   * @returns logits [n, T, vocabulary], and the state behind these tokens
   */
  step(tokens: Tensor, state: KeyValues[] | null = null): { logits: Tensor; state: KeyValues[] } {
    checkArity("Gpt.step", arguments.length, 2);
    const past = state === null ? 0 : this.#pastOf(state);
    const { output, state: after } = this.transformer.step(this.#embedded(tokens, past), state);
    return { logits: this.#logits(output), state: after };
  }

  /** How many tokens a state holds. @throws ArgumentError for what no step gave */
  #pastOf(state: KeyValues[]): number {
    const { layers } = this.settings;
    const found = Array.isArray(state) && state.length === layers ? (state[0]?.keys as Partial<Tensor> | undefined)?.shape?.[1] : undefined;
    if (found !== undefined) return found;
    const expected = `expected the keys and values of ${layers} layer${layers === 1 ? "" : "s"}, or null at the beginning`;
    throw new ArgumentError(message("gpt", `the state is ${kindText(state)}; ${expected}`, "Pass the state that the last step gave."));
  }

  #embedded(tokens: Tensor, start: number): Tensor {
    checkTensor("gpt", "tokens", tokens);
    const { context } = this.settings;
    if (tokens.rank !== 2 || start + tokens.shape[1] > context) {
      const behind = start === 0 ? "" : ` behind ${start} others`;
      const expected = `expected [n, T] with T at most ${context - start}, as context says`;
      throw new ShapeError(message("gpt", `the tokens have shape ${shapeText(tokens.shape)}${behind}; ${expected}`));
    }
    const vectors = this.embedding.forward(tokens);
    return this.dropout.forward(this.positions === null ? vectors : this.positions.forward(vectors, { start }));
  }

  #logits(x: Tensor): Tensor {
    return this.head === null ? linear(x, this.embedding.weight) : this.head.forward(x);
  }
}

/**
 * A small GPT: token embeddings and positions, causal pre-norm Transformer layers, a final norm, and logits of the next token. It goes
 * with `windowBatches`, `tokenCrossEntropy` and `generate` of `simdgrad/data`; `generate` carries keys and values along. Radford et al.,
 * "Language Models are Unsupervised Multitask Learners", 2019.
 * Shape:     tokens [n, T], int32 → logits [n, T, vocabulary]
 * @param options.vocabulary how many tokens there are
 * @param options.context the most tokens that it looks back to, default 128
 * @param options.embedding extent of vectors, default 128
 * @param options.heads a divisor of embedding, default 4
 * @param options.layers default 4
 * @param options.feedForward default four times embedding
 * @param options.dropout default 0.1
 * @param options.activation default "gelu"
 * @param options.positions "learned", "sinusoidal" or "rotary", default "learned"
 * @param options.tied whether the table of embeddings makes the logits, too, default true
 * @throws ArgumentError for an unknown option or value; at forward ShapeError for more tokens than context
 * @example gpt({ vocabulary: 65, context: 32, embedding: 32, layers: 1 }).forward(randint(0, 65, [2, 10])).shape   // [2, 10, 65]
 */
export function gpt(options: GptOptions): Gpt {
  checkArity("gpt", arguments.length, 1);
  return new Gpt(options);
}
