import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { checkTensor } from "../../ops/operands.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { flag } from "../../options/kinds.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { maskOption } from "../attentionMasks.js";
import { build } from "../forward.js";
import type { StateShapes } from "../layer.js";
import { sharedShapes, TRANSFORMER_OPTIONS, TRANSFORMER_SIZES, TransformerLayer, type TransformerSettings } from "../transformerLayer.js";
import type { KeyValues } from "./multiheadAttention.js";

const ENCODER_LAYER = declare("TransformerEncoderLayer", TRANSFORMER_OPTIONS, TRANSFORMER_SIZES);

/** Options of `TransformerEncoderLayer`. */
export interface TransformerLayerOptions extends OptionsOf<typeof ENCODER_LAYER> {}

const FORWARD = declare("TransformerEncoderLayer.forward", {
  /** What a position does not attend to, [length, length] or [batch · heads, length, length]: bool (true = not) or float. Default null. */
  mask: maskOption({ default: null, aka: ["srcMask", "attnMask"] }),
  /** Positions that nobody attends to, [batch, length]: bool (true = ignored) or float (added). Default null. */
  keyPaddingMask: maskOption({ default: null, aka: ["srcKeyPaddingMask"] }),
  /** Whether a position attends to no later one. Default: as the layer's option says. */
  causal: flag({ aka: ["isCausal"] }),
});

/** Options of `TransformerEncoderLayer`'s forward. */
export interface EncoderCallOptions extends OptionsOf<typeof FORWARD> {}

/**
 * A layer of a Transformer's encoder: self-attention, then a feed-forward part, each with a residual sum and a layer norm, as
 * torch.nn.TransformerEncoderLayer. With `causal` it is a layer of a decoder-only model, such as GPT. Vaswani et al., arXiv 1706.03762,
 * 2017; pre-norm: Xiong et al., arXiv 2002.04745, 2020.
 *
 *     y = norm1(x + selfAttn(x)), z = norm2(y + linear2(act(linear1(y))));   pre-norm: y = x + selfAttn(norm1(x)), …
 *
 * Shape:     [batch, length, dModel], or without batch → same
 * Departures: batchFirst is true by default; `causal` needs no mask; masks as MultiheadAttention's: true = not attended to.
 * @param dModel last extent of the input; null: that of the first input
 * @param numHeads a divisor of dModel
 * @param options.feedForward width of the hidden layer, default 2048
 * @param options.dropout default 0.1
 * @param options.activation default "relu"
 * @param options.layerNormEps ε > 0, default 1e-5
 * @param options.batchFirst default true
 * @param options.normFirst whether norms come first (pre-norm), default false
 * @param options.bias default true
 * @param options.causal default false
 * @param options.rotary whether queries and keys are turned by their positions, default false
 * @throws ArgumentError if numHeads does not divide dModel; at forward ShapeError for an input or a mask that does not fit
 * @example new TransformerEncoderLayer(64, 4, { normFirst: true }).forward(randn([2, 10, 64])).shape   // [2, 10, 64]
 */
export class TransformerEncoderLayer extends TransformerLayer {
  static override readonly declaration = ENCODER_LAYER;

  constructor(dModel: number | null, numHeads: number, options?: TransformerLayerOptions) {
    super(arguments.length, dModel, numHeads, options);
    if (dModel !== null) build(this, [1, 1, dModel]);
  }

  static override stateShapes(settings: TransformerSettings, inputShape: Shape): StateShapes {
    return sharedShapes("TransformerEncoderLayer", settings, inputShape);
  }

  protected override resultShape(inputShape: Shape): Shape {
    if ([2, 3].includes(inputShape.length) && inputShape.at(-1) === (this.dModel ?? inputShape.at(-1))) return inputShape;
    const problem = `x has shape ${shapeText(inputShape)}; expected ${shapeText(["batch", "length", this.dModel ?? "dModel"])}, or without batch`;
    throw new ShapeError(message("TransformerEncoderLayer", problem));
  }

  forward(x: Tensor, options?: EncoderCallOptions): Tensor {
    checkTensor("TransformerEncoderLayer", "x", x);
    const { mask, keyPaddingMask, causal } = FORWARD.readOptions(options);
    this.resultShape(x.shape);
    const y = this.residual(x, this.norm1, this.dropout1, (z) => this.selfAttention(z, { attnMask: mask, keyPaddingMask, causal }));
    return this.residual(y, this.norm2, this.dropout2, (z) => this.feedForward(z));
  }

  /**
   * The next positions of a sequence, for generation: see `MultiheadAttention.step`.
   * @param x the next positions, [batch, length, dModel]
   * @param before what the last step gave; null at the beginning
   * @throws ArgumentError unless the layer has `causal`
   */
  step(x: Tensor, before: KeyValues | null = null): { output: Tensor; state: KeyValues } {
    checkArity("TransformerEncoderLayer.step", arguments.length, 2);
    if (!this.settings.causal) {
      const mend = "Write new TransformerEncoderLayer(dModel, numHeads, { causal: true }).";
      throw new ArgumentError(message("TransformerEncoderLayer.step", "the layer attends to later positions, too", mend));
    }
    let state = before;
    const attention = (z: Tensor): Tensor => {
      const next = this.selfAttn.step(z, before);
      state = next.state;
      return next.output;
    };
    const y = this.residual(x, this.norm1, this.dropout1, attention);
    return { output: this.residual(y, this.norm2, this.dropout2, (z) => this.feedForward(z)), state: state as KeyValues };
  }
}
