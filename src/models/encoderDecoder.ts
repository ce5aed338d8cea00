import { noGrad } from "../graph/mode.js";
import { Embedding, GRU, Linear, LSTM, RNN } from "../nn/index.js";
import { argmax } from "../ops/extremes.js";
import { checkTensor } from "../ops/operands.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count, number } from "../options/kinds.js";
import { full } from "../tensor/creation.js";
import { checkShape, type Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Network } from "./network.js";

const ENCODER_DECODER = declare("EncoderDecoder", {
  /** The number of different tokens that are read. Required. */
  sourceVocabulary: count({ required: true }),
  /** The number of different tokens that are written, those for begin and end among them. Required. */
  targetVocabulary: count({ required: true }),
  /** The recurrent layers: "lstm", "gru" or "rnn". Default "lstm". */
  cell: choice(["lstm", "gru", "rnn"], { default: "lstm" }),
  /** Numbers that stand for a token. Default 64. */
  embedding: count({ default: 64, aka: ["embeddingDim"] }),
  /** Units of the recurrent layers. Default 128. */
  hidden: count({ default: 128, aka: ["hiddenSize", "units"] }),
  /** How many recurrent layers are stacked on each side. Default 1. */
  layers: count({ default: 1, aka: ["numLayers"] }),
});

const TRANSLATE = declare("translate", {
  /** The token in front of a translation. Default 0. */
  begin: number({ default: 0, min: 0, whole: true }),
  /** The token that ends one, which is left out. Default null: none does. */
  end: number({ default: null, min: 0, whole: true }),
  /** The most tokens of a translation. Default 50. */
  most: count({ default: 50, aka: ["maxLength"] }),
});

/** Options of `encoderDecoder`. */
export interface EncoderDecoderOptions extends OptionsOf<typeof ENCODER_DECODER> {}

/** Options of `translate`. */
export interface TranslateOptions extends OptionsOf<typeof TRANSLATE> {}

const CELLS = { lstm: LSTM, gru: GRU, rnn: RNN };

/** The model that `encoderDecoder` makes. @example new EncoderDecoder({ sourceVocabulary: 9, targetVocabulary: 9 }).decoder.hiddenSize   // 128 */
export class EncoderDecoder extends Network<typeof ENCODER_DECODER> {
  static override readonly type = "EncoderDecoder";
  static override readonly capturable = true;
  static override readonly declaration = ENCODER_DECODER;
  readonly sourceEmbedding: Embedding;
  readonly encoder: LSTM | GRU | RNN;
  readonly targetEmbedding: Embedding;
  readonly decoder: LSTM | GRU | RNN;
  readonly head: Linear;

  constructor(options: EncoderDecoderOptions) {
    super(arguments.length, options);
    const { sourceVocabulary, targetVocabulary, cell, embedding, hidden, layers } = this.settings;
    this.sourceEmbedding = new Embedding(sourceVocabulary, embedding);
    this.encoder = new CELLS[cell](embedding, hidden, { numLayers: layers });
    this.targetEmbedding = new Embedding(targetVocabulary, embedding);
    this.decoder = new CELLS[cell](embedding, hidden, { numLayers: layers });
    this.head = new Linear(hidden, targetVocabulary);
  }

  protected override resultShape(_source: Shape, target: Shape): Shape {
    return [...checkShape("EncoderDecoder", target), this.settings.targetVocabulary];
  }

  /**
   * Teacher forcing: at each step the decoder is told the token before, and gives logits of the next.
   * Shape:     source [n, S], target [n, T], int32 → logits [n, T, targetVocabulary]
   * @param target the token for begin, and the translation without its last token
   */
  override forward(source: Tensor, target: Tensor): Tensor {
    checkArity("forward", arguments.length, 2);
    const { state } = this.encoder.forward(this.sourceEmbedding.forward(source));
    return this.head.forward(this.decoder.forward(this.targetEmbedding.forward(target), state as never).output);
  }

  /**
   * Translates step by step: each likeliest token is the decoder's next input.
   * Shape:     source [n, S], int32
   * @param options.begin the token in front, default 0
   * @param options.end the token that ends a translation, which is left out; default null: none does
   * @param options.most the most tokens, default 50
   * @returns the tokens of each translation
   */
  translate(source: Tensor, options?: TranslateOptions): number[][] {
    checkArity("translate", arguments.length, 2);
    checkTensor("translate", "source", source);
    const { begin, end, most } = TRANSLATE.readOptions(options);
    const [batch] = source.shape;
    const written = Array.from({ length: batch }, (): number[] => []);
    const open = new Set(written.keys());
    let state = noGrad(() => this.encoder.forward(this.sourceEmbedding.forward(source)).state);
    let token: Tensor = full([batch, 1], begin, { dtype: "int32" });
    for (let step = 0; step < most && open.size > 0; step++) {
      const next = noGrad(() => {
        const { last, state: after } = this.decoder.forward(this.targetEmbedding.forward(token), state as never);
        return { token: argmax(this.head.forward(last), 1).unsqueeze(1), state: after };
      });
      ({ token, state } = next);
      const tokens = token.data;
      for (const sample of open) {
        if (tokens[sample] === end) open.delete(sample);
        else written[sample].push(tokens[sample]);
      }
    }
    return written;
  }
}

/**
 * An encoder–decoder: a recurrent layer reads the source, and a second one that begins with its state writes the translation.
 * Sutskever, Vinyals and Le, NeurIPS 2014; Cho et al., EMNLP 2014.
 * Shape:     source [n, S], target [n, T], int32 → logits [n, T, targetVocabulary]
 * @param options.sourceVocabulary the number of different tokens that are read
 * @param options.targetVocabulary the number of different tokens that are written, those for begin and end among them
 * @param options.cell "lstm", "gru" or "rnn", default "lstm"
 * @param options.embedding numbers that stand for a token, default 64
 * @param options.hidden units, default 128
 * @param options.layers how many recurrent layers are stacked on each side, default 1
 * @throws ArgumentError
 * @example encoderDecoder({ sourceVocabulary: 12, targetVocabulary: 13 }).translate(zeros([1, 5], { dtype: "int32" }), { most: 5 })
 */
export function encoderDecoder(options: EncoderDecoderOptions): EncoderDecoder {
  checkArity("encoderDecoder", arguments.length, 1);
  return new EncoderDecoder(options);
}
