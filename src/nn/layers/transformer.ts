import { checkTensor } from "../../ops/operands.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { count, flag } from "../../options/kinds.js";
import { currentSeed, underSeed } from "../../tensor/seed.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { maskOption } from "../attentionMasks.js";
import { build } from "../forward.js";
import { Layer, type StateShapes } from "../layer.js";
import { TRANSFORMER_OPTIONS, TRANSFORMER_SIZES, widthOf } from "../transformerLayer.js";
import { TransformerDecoder } from "./transformerDecoder.js";
import { TransformerEncoder } from "./transformerEncoder.js";

const TRANSFORMER = declare(
  "Transformer",
  {
    /** Layers of the encoder. Default 6. */
    numEncoderLayers: count({ default: 6 }),
    /** Layers of the decoder. Default 6. */
    numDecoderLayers: count({ default: 6 }),
    ...TRANSFORMER_OPTIONS,
  },
  TRANSFORMER_SIZES,
);

/** Options of `Transformer`. */
export interface TransformerOptions extends OptionsOf<typeof TRANSFORMER> {}

const FORWARD = declare("Transformer.forward", {
  /** What a source position does not attend to: bool (true = not) or float (added). Default null. */
  sourceMask: maskOption({ default: null, aka: ["srcMask"] }),
  /** What a target position does not attend to of the target. Default null. */
  targetMask: maskOption({ default: null, aka: ["tgtMask"] }),
  /** What a target position does not attend to of the encoder's result. Default null. */
  memoryMask: maskOption({ default: null }),
  /** Source positions that no source position attends to, [batch, source length]. Default null. */
  sourceKeyPaddingMask: maskOption({ default: null, aka: ["srcKeyPaddingMask"] }),
  /** Target positions that nobody attends to, [batch, target length]. Default null. */
  targetKeyPaddingMask: maskOption({ default: null, aka: ["tgtKeyPaddingMask"] }),
  /** Source positions that no target position attends to, [batch, source length]. Default null. */
  memoryKeyPaddingMask: maskOption({ default: null }),
  /** Whether a target position attends to no later one. Default: as the layer's option says. */
  causal: flag({ aka: ["tgtIsCausal"] }),
});

/** Options of `Transformer`'s forward. */
export interface TransformerCallOptions extends OptionsOf<typeof FORWARD> {}

/**
 * Encoder and decoder, each with a final norm, as torch.nn.Transformer: from a source and what is known of a target to features of the
 * target. Embeddings and positions come before it, a projection to words behind. Vaswani et al., arXiv 1706.03762, 2017.
 * Shape:     source [batch, source length, dModel], target [batch, target length, dModel], both without batch, too → as target
 * Departures: batchFirst is true by default; `causal` concerns the target; parts start as on their own (PyTorch draws all matrices anew,
 * Glorot uniform).
 * @param dModel last extent of the inputs; null: that of the source
 * @param numHeads a divisor of dModel
 * @param options.numEncoderLayers default 6
 * @param options.numDecoderLayers default 6
 * @throws ArgumentError if numHeads does not divide dModel; at forward ShapeError for an input or a mask that does not fit
 * @example
 * const net = new Transformer(64, 4, { numEncoderLayers: 1, numDecoderLayers: 1, causal: true });
 * net.forward(randn([2, 10, 64]), randn([2, 9, 64])).shape   // [2, 9, 64]
 */
export class Transformer extends Layer<typeof TRANSFORMER> {
  static override readonly declaration = TRANSFORMER;
  encoder!: TransformerEncoder;
  decoder!: TransformerDecoder;
  readonly #seed = currentSeed();

  constructor(dModel: number | null, numHeads: number, options?: TransformerOptions) {
    super(arguments.length, dModel, numHeads, options);
    if (dModel !== null) build(this, [1, 1, dModel]);
  }

  static override stateShapes(settings: SettingsOf<typeof TRANSFORMER>, inputShape: Shape): StateShapes {
    const { numEncoderLayers, numDecoderLayers } = settings;
    const encoder = TransformerEncoder.stateShapes({ ...settings, numLayers: numEncoderLayers, finalNorm: true }, inputShape);
    const decoder = TransformerDecoder.stateShapes({ ...settings, numLayers: numDecoderLayers, finalNorm: true }, inputShape);
    const below = (field: string, shapes: StateShapes) =>
      Object.entries(shapes).map(([name, shape]) => [`${field}.${name}`, shape] as const);
    return Object.fromEntries([...below("encoder", encoder), ...below("decoder", decoder)]);
  }

  override build(inputShape: Shape): void {
    const { dModel, numHeads, numEncoderLayers, numDecoderLayers, causal, ...options } = this.settings;
    const size = widthOf("Transformer", this.settings, inputShape);
    underSeed(this.#seed, () => {
      this.encoder = new TransformerEncoder(size, numHeads, numEncoderLayers, { ...options, finalNorm: true });
      this.decoder = new TransformerDecoder(size, numHeads, numDecoderLayers, { ...options, causal, finalNorm: true });
    });
  }

  override inputShapeFrom(state: ReadonlyMap<string, Tensor>): Shape | null {
    const weight = state.get("encoder.layers.0.self_attn.out_proj.weight");
    return weight?.rank === 2 ? [1, 1, weight.shape[0]] : null;
  }

  override expects(): Shape | null {
    return null;
  }

  protected override resultShape(source: Shape, target: Shape = source): Shape {
    return this.built ? this.decoder.outputShape(target, this.encoder.outputShape(source)) : target;
  }

  forward(source: Tensor, target: Tensor, options?: TransformerCallOptions): Tensor {
    const { sourceMask, targetMask, memoryMask, sourceKeyPaddingMask, targetKeyPaddingMask, memoryKeyPaddingMask, causal } =
      FORWARD.readOptions(options);
    checkTensor("Transformer", "source", source);
    checkTensor("Transformer", "target", target);
    const memory = this.encoder.forward(source, { mask: sourceMask, keyPaddingMask: sourceKeyPaddingMask });
    const ofTarget = { mask: targetMask, keyPaddingMask: targetKeyPaddingMask, causal };
    return this.decoder.forward(target, memory, { ...ofTarget, memoryMask, memoryKeyPaddingMask });
  }
}
