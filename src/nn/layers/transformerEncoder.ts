import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { build } from "../forward.js";
import type { StateShapes } from "../layer.js";
import type { TransformerSettings } from "../transformerLayer.js";
import { STACK_OPTIONS, STACK_SIZES, type StackSettings, stackShapes, TransformerStack } from "../transformerStack.js";
import type { KeyValues } from "./multiheadAttention.js";
import { type EncoderCallOptions, TransformerEncoderLayer } from "./transformerEncoderLayer.js";

const ENCODER = declare("TransformerEncoder", STACK_OPTIONS, STACK_SIZES);

/** Options of `TransformerEncoder`. */
export interface TransformerStackOptions extends OptionsOf<typeof ENCODER> {}

/**
 * Layers of a Transformer's encoder one behind the other, as torch.nn.TransformerEncoder. With `causal` it is the trunk of a GPT.
 * Shape:     [batch, length, dModel], or without batch → same
 * Departures: it takes the sizes and options of its layers instead of a layer to copy, so that each layer starts with values of its
 * own; `finalNorm` instead of a norm.
 * @param dModel last extent of the input; null: that of the first input
 * @param numHeads a divisor of dModel
 * @param numLayers whole number ≥ 1
 * @param options as TransformerEncoderLayer's
 * @param options.finalNorm whether a layer norm follows the last layer, default false
 * @throws ArgumentError if numHeads does not divide dModel; at forward ShapeError for an input or a mask that does not fit
 * @example new TransformerEncoder(64, 4, 2, { normFirst: true, finalNorm: true }).forward(randn([2, 10, 64])).shape   // [2, 10, 64]
 */
export class TransformerEncoder extends TransformerStack<TransformerEncoderLayer> {
  static override readonly declaration = ENCODER;

  constructor(dModel: number | null, numHeads: number, numLayers: number, options?: TransformerStackOptions) {
    super(arguments.length, dModel, numHeads, numLayers, options);
    if (dModel !== null) build(this, [1, 1, dModel]);
  }

  static override stateShapes(settings: StackSettings, inputShape: Shape): StateShapes {
    return stackShapes("TransformerEncoder", settings, inputShape, TransformerEncoderLayer.stateShapes(settings, inputShape));
  }

  protected override make(size: number, { dModel, numHeads, ...options }: TransformerSettings): TransformerEncoderLayer {
    return new TransformerEncoderLayer(size, numHeads, options);
  }

  forward(x: Tensor, options?: EncoderCallOptions): Tensor {
    return this.normalized(this.layers.reduce((y, layer) => layer.forward(y, options), x));
  }

  /**
   * The next positions of a sequence, for generation: see `MultiheadAttention.step`.
   * @param x the next positions, [batch, length, dModel]
   * @param before what the last step gave; null at the beginning
   * @throws ArgumentError unless the layers have `causal`
   */
  step(x: Tensor, before: readonly KeyValues[] | null = null): { output: Tensor; state: KeyValues[] } {
    checkArity("TransformerEncoder.step", arguments.length, 2);
    const state: KeyValues[] = [];
    let y = x;
    for (const [i, layer] of this.layers.entries()) {
      const next = layer.step(y, before?.[i] ?? null);
      y = next.output;
      state.push(next.state);
    }
    return { output: this.normalized(y), state };
  }
}
