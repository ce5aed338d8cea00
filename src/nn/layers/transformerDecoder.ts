import { declare } from "../../options/declare.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { build } from "../forward.js";
import type { StateShapes } from "../layer.js";
import type { TransformerSettings } from "../transformerLayer.js";
import { STACK_OPTIONS, STACK_SIZES, type StackSettings, stackShapes, TransformerStack } from "../transformerStack.js";
import { type DecoderCallOptions, TransformerDecoderLayer } from "./transformerDecoderLayer.js";
import type { TransformerStackOptions } from "./transformerEncoder.js";

const DECODER = declare("TransformerDecoder", STACK_OPTIONS, STACK_SIZES);

/**
 * Layers of a Transformer's decoder one behind the other, all of which attend to one memory, as torch.nn.TransformerDecoder.
 * Shape:     x [batch, length, dModel], memory [batch, memory length, dModel], both without batch, too → as x
 * Departures: it takes the sizes and options of its layers instead of a layer to copy; `finalNorm` instead of a norm.
 * @param dModel last extent of the inputs; null: that of the first input
 * @param numHeads a divisor of dModel
 * @param numLayers whole number ≥ 1
 * @param options as TransformerEncoder's
 * @throws ArgumentError if numHeads does not divide dModel; at forward ShapeError for an input or a mask that does not fit
 * @example new TransformerDecoder(64, 4, 2, { causal: true }).forward(randn([2, 9, 64]), randn([2, 10, 64])).shape   // [2, 9, 64]
 */
export class TransformerDecoder extends TransformerStack<TransformerDecoderLayer> {
  static override readonly declaration = DECODER;

  constructor(dModel: number | null, numHeads: number, numLayers: number, options?: TransformerStackOptions) {
    super(arguments.length, dModel, numHeads, numLayers, options);
    if (dModel !== null) build(this, [1, 1, dModel]);
  }

  static override stateShapes(settings: StackSettings, inputShape: Shape): StateShapes {
    return stackShapes("TransformerDecoder", settings, inputShape, TransformerDecoderLayer.stateShapes(settings, inputShape));
  }

  protected override make(size: number, { dModel, numHeads, ...options }: TransformerSettings): TransformerDecoderLayer {
    return new TransformerDecoderLayer(size, numHeads, options);
  }

  forward(x: Tensor, memory: Tensor, options?: DecoderCallOptions): Tensor {
    return this.normalized(this.layers.reduce((y, layer) => layer.forward(y, memory, options), x));
  }
}
