import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { Dropout, Embedding, Linear, PositionEmbedding, TransformerEncoder } from "../nn/index.js";
import { activation } from "../nn/options.js";
import { checkTensor } from "../ops/operands.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Network } from "./network.js";

const CLASSIFIER = declare("transformerClassifier", {
  /** Tokens that there are. */
  vocabulary: count({ required: true, aka: ["vocabSize"] }),
  /** Classes that are told apart. */
  classes: count({ required: true, aka: ["numClasses"] }),
  /** The longest sequence. Default 128. */
  context: count({ default: 128, aka: ["contextLength", "maxLength"] }),
  /** Extent of the vectors of tokens. Default 64. */
  embedding: count({ default: 64, aka: ["embedDim", "dModel"] }),
  /** Heads of attention, a divisor of `embedding`. Default 4. */
  heads: count({ default: 4, aka: ["numHeads"] }),
  /** Layers. Default 2. */
  layers: count({ default: 2, aka: ["numLayers"] }),
  /** Width of the hidden layers. Default null: four times `embedding`. */
  feedForward: count({ default: null }),
  /** Probability of dropping in training, 0 … 1. Default 0.1. */
  dropout: number({ default: 0.1, min: 0, max: 1 }),
  /** The activation of the hidden layers. Default "gelu". */
  activation: activation({ default: "gelu" }),
  /** The token that fills up shorter sequences: nobody attends to it, and it counts for nothing. Default null: none. */
  paddingIndex: number({ default: null, min: 0, whole: true, aka: ["padding"] }),
});

/** Options of `transformerClassifier`. */
export interface TransformerClassifierOptions extends OptionsOf<typeof CLASSIFIER> {}

/**
 * A Transformer that tells the class of a sequence. `transformerClassifier` makes it.
 * @example new TransformerClassifier({ vocabulary: 20, classes: 3 }).outputShape([2, 10])   // [2, 3]
 */
export class TransformerClassifier extends Network<typeof CLASSIFIER> {
  static override readonly declaration = CLASSIFIER;
  static override readonly type = "TransformerClassifier";
  static override readonly capturable = true;
  readonly embedding: Embedding;
  readonly positions: PositionEmbedding;
  readonly dropout: Dropout;
  readonly transformer: TransformerEncoder;
  readonly head: Linear;

  constructor(options: TransformerClassifierOptions) {
    super(arguments.length, options);
    const { vocabulary, classes, context, embedding, heads, layers, feedForward, dropout, activation, paddingIndex } = this.settings;
    this.embedding = new Embedding(vocabulary, embedding, { paddingIndex });
    this.positions = new PositionEmbedding(context, embedding);
    this.dropout = new Dropout(dropout);
    this.transformer = new TransformerEncoder(embedding, heads, layers, {
      ...{ feedForward: feedForward ?? 4 * embedding, dropout, activation, normFirst: true, finalNorm: true },
    });
    this.head = new Linear(embedding, classes);
  }

  protected override resultShape(inputShape: Shape): Shape {
    return [inputShape[0], this.settings.classes];
  }

  /** @param tokens int32 [n, T], T at most `context` @returns logits [n, classes] */
  override forward(tokens: Tensor): Tensor {
    checkArity("TransformerClassifier", arguments.length, 1);
    checkTensor("transformerClassifier", "tokens", tokens);
    if (tokens.rank !== 2) {
      throw new ShapeError(message("transformerClassifier", `the tokens have shape ${shapeText(tokens.shape)}; expected [n, T]`));
    }
    const { paddingIndex } = this.settings;
    const x = this.dropout.forward(this.positions.forward(this.embedding.forward(tokens)));
    if (paddingIndex === null) return this.head.forward(this.transformer.forward(x).mean(1));
    const y = this.transformer.forward(x, { keyPaddingMask: tokens.eq(paddingIndex) });
    const counts = tokens.ne(paddingIndex).cast(x.dtype).unsqueeze(2);
    return this.head.forward(y.mul(counts).sum(1).div(counts.sum(1).maximum(1)));
  }
}

/**
 * A Transformer encoder over tokens, whose mean over the sequence is classified: embeddings, learned positions, pre-norm layers, a final
 * norm. It goes with "crossEntropy".
 * Shape:     tokens [n, T], int32 → logits [n, classes]
 * @param options.vocabulary how many tokens there are
 * @param options.classes how many classes there are
 * @param options.context the longest sequence, default 128
 * @param options.embedding extent of vectors, default 64
 * @param options.heads a divisor of embedding, default 4
 * @param options.layers default 2
 * @param options.feedForward default four times embedding
 * @param options.dropout default 0.1
 * @param options.activation default "gelu"
 * @param options.paddingIndex the token that fills up shorter sequences, default null
 * @throws ArgumentError for an unknown option or value; at forward ShapeError for a sequence that is too long
 * @example transformerClassifier({ vocabulary: 20, classes: 3 }).forward(randint(0, 20, [2, 10])).shape   // [2, 3]
 */
export function transformerClassifier(options: TransformerClassifierOptions): TransformerClassifier {
  checkArity("transformerClassifier", arguments.length, 1);
  return new TransformerClassifier(options);
}
