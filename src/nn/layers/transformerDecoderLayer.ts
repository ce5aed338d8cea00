import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { checkTensor } from "../../ops/operands.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { flag } from "../../options/kinds.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { maskOption } from "../attentionMasks.js";
import { build } from "../forward.js";
import type { StateShapes } from "../layer.js";
import {
  attentionShapes,
  normShapes,
  sharedShapes,
  TRANSFORMER_OPTIONS,
  TRANSFORMER_SIZES,
  TransformerLayer,
  type TransformerSettings,
  widthOf,
} from "../transformerLayer.js";
import { Dropout } from "./dropout.js";
import type { LayerNorm } from "./layerNorm.js";
import type { MultiheadAttention } from "./multiheadAttention.js";
import type { TransformerLayerOptions } from "./transformerEncoderLayer.js";

const DECODER_LAYER = declare("TransformerDecoderLayer", TRANSFORMER_OPTIONS, TRANSFORMER_SIZES);

const FORWARD = declare("TransformerDecoderLayer.forward", {
  /** What a position does not attend to, [length, length] or [batch · heads, length, length]: bool (true = not) or float. Default null. */
  mask: maskOption({ default: null, aka: ["tgtMask"] }),
  /** Positions that nobody attends to, [batch, length]: bool (true = ignored) or float (added). Default null. */
  keyPaddingMask: maskOption({ default: null, aka: ["tgtKeyPaddingMask"] }),
  /** What a position does not attend to of the memory, [length, memory length] or one for each sample and head. Default null. */
  memoryMask: maskOption({ default: null }),
  /** Positions of the memory that nobody attends to, [batch, memory length]. Default null. */
  memoryKeyPaddingMask: maskOption({ default: null }),
  /** Whether a position attends to no later one. Default: as the layer's option says. */
  causal: flag({ aka: ["tgtIsCausal", "isCausal"] }),
});

/** Options of `TransformerDecoderLayer`'s forward. */
export interface DecoderCallOptions extends OptionsOf<typeof FORWARD> {}

/**
 * A layer of a Transformer's decoder: self-attention, attention to the encoder's result ("memory"), a feed-forward part, each with a
 * residual sum and a layer norm, as torch.nn.TransformerDecoderLayer. Vaswani et al., arXiv 1706.03762, 2017. (A decoder without
 * memory, such as GPT's, is `TransformerEncoderLayer` with `causal`.)
 * Shape:     x [batch, length, dModel], memory [batch, memory length, dModel], both without batch, too → as x
 * Departures: batchFirst is true by default; `causal` needs no mask; masks as MultiheadAttention's: true = not attended to.
 * @param dModel last extent of the inputs; null: that of the first input
 * @param numHeads a divisor of dModel
 * @param options as TransformerEncoderLayer's
 * @throws ArgumentError if numHeads does not divide dModel; at forward ShapeError for an input or a mask that does not fit
 * @example new TransformerDecoderLayer(64, 4, { causal: true }).forward(randn([2, 9, 64]), randn([2, 10, 64])).shape   // [2, 9, 64]
 */
export class TransformerDecoderLayer extends TransformerLayer {
  static override readonly declaration = DECODER_LAYER;
  multiheadAttn!: MultiheadAttention;
  norm3!: LayerNorm;
  readonly dropout3 = new Dropout(this.settings.dropout);

  constructor(dModel: number | null, numHeads: number, options?: TransformerLayerOptions) {
    super(arguments.length, dModel, numHeads, options);
    if (dModel !== null) build(this, [1, 1, dModel]);
  }

  static override stateShapes(settings: TransformerSettings, inputShape: Shape): StateShapes {
    const size = widthOf("TransformerDecoderLayer", settings, inputShape);
    return {
      ...sharedShapes("TransformerDecoderLayer", settings, inputShape),
      ...attentionShapes("multiheadAttn", settings, size),
      ...normShapes("norm3", settings, size),
    };
  }

  protected override make(size: number): void {
    super.make(size);
    this.multiheadAttn = this.attention(size, false);
    this.norm3 = this.norm(size);
  }

  protected override resultShape(x: Shape, memory: Shape = x): Shape {
    const fits = (shape: Shape): boolean => [2, 3].includes(shape.length) && shape.at(-1) === (this.dModel ?? x.at(-1));
    if (fits(x) && fits(memory) && x.length === memory.length) return x;
    const expected = shapeText(["batch", "length", this.dModel ?? "dModel"]);
    const problem = `x has shape ${shapeText(x)} and memory ${shapeText(memory)}; expected ${expected} each, or without batch`;
    throw new ShapeError(message("TransformerDecoderLayer", problem));
  }

  forward(x: Tensor, memory: Tensor, options?: DecoderCallOptions): Tensor {
    checkTensor("TransformerDecoderLayer", "x", x);
    checkTensor("TransformerDecoderLayer", "memory", memory);
    const { mask, keyPaddingMask, memoryMask, memoryKeyPaddingMask, causal } = FORWARD.readOptions(options);
    this.resultShape(x.shape, memory.shape);
    const toMemory = { attnMask: memoryMask, keyPaddingMask: memoryKeyPaddingMask, needWeights: false };
    const y = this.residual(x, this.norm1, this.dropout1, (z) => this.selfAttention(z, { attnMask: mask, keyPaddingMask, causal }));
    const w = this.residual(y, this.norm2, this.dropout2, (z) => this.multiheadAttn.forward(z, memory, memory, toMemory).output);
    return this.residual(w, this.norm3, this.dropout3, (z) => this.feedForward(z));
  }
}
