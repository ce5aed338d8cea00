import type { LanguageModel } from "../data/languageModel.js";
import { Dropout, Embedding, GRU, Linear, LSTM, RNN } from "../nn/index.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count, number } from "../options/kinds.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Network } from "./network.js";

/** The number of different tokens, such as a tokenizer's size. Required. */
const VOCABULARY = count({ required: true, aka: ["vocabSize", "numEmbeddings"] });

const OPTIONS = {
  /** The recurrent layer: "lstm", "gru" or "rnn". Default "lstm". */
  cell: choice(["lstm", "gru", "rnn"], { default: "lstm" }),
  /** Numbers that stand for a token. Default 64. */
  embedding: count({ default: 64, aka: ["embeddingDim"] }),
  /** Units of the recurrent layer. Default 128. */
  hidden: count({ default: 128, aka: ["hiddenSize", "units"] }),
  /** How many recurrent layers are stacked. Default 1. */
  layers: count({ default: 1, aka: ["numLayers"] }),
  /** Probability of dropping between stacked layers and in front of the logits, 0 … below 1. Default 0. */
  dropout: number({ default: 0, min: 0, below: 1 }),
};

const CHAR_MODEL = declare("CharModel", { vocabulary: VOCABULARY, ...OPTIONS });
const CALL = declare("charModel", OPTIONS, { vocabulary: VOCABULARY });

/** Options of `charModel`, the vocabulary among them. */
export interface CharModelOptions extends OptionsOf<typeof CHAR_MODEL> {}

/** What a char model carries from step to step: h of each layer, or an LSTM's [h, c]. */
export type CharState = Tensor | readonly Tensor[];

const CELLS = { lstm: LSTM, gru: GRU, rnn: RNN };

/**
 * The model that `charModel` makes: embedding, recurrent layers, logits.
 * @example new CharModel({ vocabulary: 65, cell: "gru" }).forward(zeros([2, 5], { dtype: "int32" })).shape   // [2, 5, 65]
 */
export class CharModel extends Network<typeof CHAR_MODEL> implements LanguageModel<CharState> {
  static override readonly type = "CharModel";
  static override readonly capturable = true;
  static override readonly declaration = CHAR_MODEL;
  readonly embedding: Embedding;
  readonly rnn: LSTM | GRU | RNN;
  readonly dropout: Dropout;
  readonly head: Linear;

  constructor(options: CharModelOptions) {
    super(arguments.length, options);
    const { vocabulary, cell, embedding, hidden, layers, dropout } = this.settings;
    this.embedding = new Embedding(vocabulary, embedding);
    this.rnn = new CELLS[cell](embedding, hidden, { numLayers: layers, ...(layers > 1 && { dropout }) });
    this.dropout = new Dropout(dropout);
    this.head = new Linear(hidden, vocabulary);
  }

  protected override resultShape(inputShape: Shape): Shape {
    return [...inputShape, this.settings.vocabulary];
  }

  /** Shape: tokens [n, T] → logits [n, T, vocabulary] */
  override forward(tokens: Tensor): Tensor {
    checkArity("forward", arguments.length, 1);
    return this.step(tokens, null).logits;
  }

  /**
   * Goes on with a text: `generate` calls it, and truncated backpropagation through time does, too.
   * Shape: tokens [n, T] → logits [n, T, vocabulary]; state [layers, n, hidden]
   * @param state what the call before gave; null at the beginning of a text
   */
  step(tokens: Tensor, state: CharState | null): { logits: Tensor; state: CharState } {
    const { output, state: after } = this.rnn.forward(this.embedding.forward(tokens), state as never);
    return { logits: this.head.forward(this.dropout.forward(output)), state: after };
  }
}

/**
 * A recurrent model of a text's next token, as Karpathy's char-rnn: embedding, recurrent layers, logits. `generate` carries its state
 * along; `tokenCrossEntropy` is its loss.
 * Shape:     tokens [n, T], int32 → logits [n, T, vocabulary]
 * @param vocabulary the number of different tokens, such as a tokenizer's size
 * @param options.cell "lstm", "gru" or "rnn", default "lstm"
 * @param options.embedding numbers that stand for a token, default 64
 * @param options.hidden units, default 128
 * @param options.layers how many recurrent layers are stacked, default 1
 * @param options.dropout between stacked layers and in front of the logits, default 0
 * @throws ArgumentError
 * @example charModel(65, { cell: "lstm", hidden: 128 }).forward(zeros([32, 64], { dtype: "int32" })).shape   // [32, 64, 65]
 */
export function charModel(vocabulary: number, options?: Omit<CharModelOptions, "vocabulary">): CharModel {
  checkArity("charModel", arguments.length, 2);
  return new CharModel(CALL.read([vocabulary, options]));
}
