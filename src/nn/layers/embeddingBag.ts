import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import type { Parameter } from "../../graph/parameter.js";
import { embeddingBag } from "../../ops/embeddingBag.js";
import { wholeNumbers } from "../../ops/indices.js";
import { checkTensor } from "../../ops/operands.js";
import { renormalize } from "../../ops/renormalize.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { choice, count, flag } from "../../options/kinds.js";
import { type Shape, sameShape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";
import { rowOf, TABLE, tableOf } from "../table.js";

const EMBEDDING_BAG = declare(
  "EmbeddingBag",
  {
    /** What is made of the vectors of a bag: "sum", "mean" or "max". Default "mean". */
    mode: choice(["sum", "mean", "max"], { default: "mean" }),
    ...TABLE,
    /** Whether the offsets end with the number of indices, as in the CSR format. Default false. */
    includeLastOffset: flag({ default: false }),
  },
  { count: count({ required: true }), size: count({ required: true }) },
);

/** Options of `EmbeddingBag`. */
export interface EmbeddingBagOptions extends OptionsOf<typeof EMBEDDING_BAG> {}

/**
 * A table of trained vectors of which the sum, the mean or the maximum of each bag of indices is taken, as torch.nn.EmbeddingBag: what
 * `Embedding` and a reduction make. An empty bag gives 0.
 *
 * The weight starts at N(0, 1).
 * Shape:     [bags, length] of int32, uint8 or whole floats → [bags, size]; or [n] with offsets [bags]; weight [count, size]
 * @param count how many vectors: indices are 0 … count − 1
 * @param size extent of a vector
 * @param options.mode "sum", "mean" or "max", default "mean"
 * @param options.paddingIndex a row that starts at 0, gets no gradient and belongs to no bag, negative from the end; default null: none
 * @param options.maxNorm the norm that a row is scaled down to, > 0, in place, when it is looked up; default null: none
 * @param options.normType p of this norm, > 0, default 2
 * @param options.weightPenalty what the table adds to the loss, such as l2(1e-4), default what the model says
 * @param options.weightConstraint what becomes of the table behind each step, such as unitNorm(), default nothing
 * @param options.includeLastOffset whether the offsets end with the number of indices, default false
 * @throws ArgumentError; at forward IndexError naming the index that is out of range, ShapeError, DTypeError for fractions
 * @example new EmbeddingBag(1000, 64).forward(tensor([[3, 1, 4]], { dtype: "int32" })).shape   // [1, 64]
 * @example
 * const words = tensor([3, 1, 4, 1, 5], { dtype: "int32" });
 * const starts = tensor([0, 2], { dtype: "int32" });
 * new EmbeddingBag(10, 4, { mode: "sum" }).forward(words, starts).shape   // [2, 4]
 */
export class EmbeddingBag extends Layer<typeof EMBEDDING_BAG> {
  static override readonly declaration = EMBEDDING_BAG;
  readonly count = this.settings.count;
  readonly size = this.settings.size;
  readonly paddingIndex: number | null;
  weight: Parameter;

  constructor(count: number, size: number, options?: EmbeddingBagOptions) {
    super(arguments.length, count, size, options);
    this.paddingIndex = rowOf("EmbeddingBag", this.settings.paddingIndex, count);
    this.weight = tableOf(EmbeddingBag.stateShapes(this.settings).weight, this.paddingIndex);
  }

  static override stateShapes({ count, size }: SettingsOf<typeof EMBEDDING_BAG>) {
    return { weight: [count, size] as const };
  }

  protected override resultShape(inputShape: Shape, offsets?: Shape): Shape {
    if (inputShape.length === 2 && offsets === undefined) return [inputShape[0], this.size];
    if (inputShape.length === 1 && offsets?.length === 1) return [offsets[0] - Number(this.settings.includeLastOffset), this.size];
    const given = offsets === undefined ? "no offsets" : `offsets ${shapeText(offsets)}`;
    const what = `x has shape ${shapeText(inputShape)}, with ${given}; expected [bags, length] alone, or [n] with offsets [bags]`;
    throw new ShapeError(message("EmbeddingBag", what));
  }

  /**
   * @param x indices, [bags, length] or [n]
   * @param offsets where each bag of a flat x begins, ascending from 0 on; for "max" they are read, which cannot be captured
   * @param perSampleWeights factors of the vectors, of x's shape; only for "sum"
   */
  forward(x: Tensor, offsets?: Tensor | null, perSampleWeights?: Tensor | null): Tensor {
    checkTensor("EmbeddingBag", "x", x);
    if (offsets != null) checkTensor("EmbeddingBag", "offsets", offsets);
    if (perSampleWeights != null) this.#checkWeights(x, perSampleWeights);
    const [bags] = this.resultShape(x.shape, offsets?.shape);
    const { mode, maxNorm, normType } = this.settings;
    const index = wholeNumbers("EmbeddingBag", "indices", x).cast("int32");
    const starts = offsets == null ? null : wholeNumbers("EmbeddingBag", "offsets", offsets).cast("int32");
    if (maxNorm !== null) renormalize(this.weight, index, maxNorm, normType);
    return embeddingBag(
      this.weight,
      { index, offsets: starts?.slice([[0, bags]]) ?? null, weights: perSampleWeights ?? null },
      { mode, paddingIndex: this.paddingIndex },
    );
  }

  #checkWeights(x: Tensor, weights: Tensor): void {
    checkTensor("EmbeddingBag", "perSampleWeights", weights);
    if (this.settings.mode !== "sum") {
      const what = `perSampleWeights are given with mode "${this.settings.mode}"; they belong to "sum"`;
      throw new ArgumentError(message("EmbeddingBag", what, 'Write { mode: "sum" }.'));
    }
    if (sameShape(x.shape, weights.shape)) return;
    const what = `perSampleWeights have shape ${shapeText(weights.shape)}; expected ${shapeText(x.shape)}, as the indices`;
    throw new ShapeError(message("EmbeddingBag", what));
  }
}
