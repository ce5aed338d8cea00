import type { Parameter } from "../../graph/parameter.js";
import { embedding } from "../../ops/embedding.js";
import { wholeNumbers } from "../../ops/indices.js";
import { checkTensor } from "../../ops/operands.js";
import { renormalize } from "../../ops/renormalize.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { count } from "../../options/kinds.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";
import { rowOf, TABLE, tableOf } from "../table.js";

const EMBEDDING = declare("Embedding", TABLE, { count: count({ required: true }), size: count({ required: true }) });

/** Options of `Embedding`. */
export interface EmbeddingOptions extends OptionsOf<typeof EMBEDDING> {}

/**
 * A table of trained vectors, looked up by index: yᵢ = weight[xᵢ].
 *
 * The weight starts at N(0, 1), as torch.nn.Embedding's.
 * Shape:     [...] of int32, uint8 or whole floats → [..., size]; weight [count, size]
 * @param count how many vectors: indices are 0 … count − 1
 * @param size extent of a vector
 * @param options.paddingIndex a row that starts at 0 and gets no gradient; default null: none
 * @param options.maxNorm the norm that a row is scaled down to, > 0, in place, when it is looked up; default null: none
 * @param options.normType p of this norm, > 0, default 2
 * @param options.weightPenalty what the table adds to the loss, such as l2(1e-4), default what the model says
 * @param options.weightConstraint what becomes of the table behind each step, such as unitNorm(), default nothing
 * @throws ArgumentError; at forward IndexError naming the index that is out of range, DTypeError for fractions
 * @example new Embedding(1000, 64).forward(tensor([[3, 1, 4]], { dtype: "int32" })).shape   // [1, 3, 64]
 */
export class Embedding extends Layer<typeof EMBEDDING> {
  static override readonly declaration = EMBEDDING;
  readonly count = this.settings.count;
  readonly size = this.settings.size;
  readonly paddingIndex: number | null;
  weight: Parameter;

  constructor(count: number, size: number, options?: EmbeddingOptions) {
    super(arguments.length, count, size, options);
    this.paddingIndex = rowOf("Embedding", this.settings.paddingIndex, count);
    this.weight = tableOf(Embedding.stateShapes(this.settings).weight, this.paddingIndex);
  }

  static override stateShapes({ count, size }: SettingsOf<typeof EMBEDDING>) {
    return { weight: [count, size] as const };
  }

  protected override resultShape(inputShape: Shape): Shape {
    return [...inputShape, this.size];
  }

  forward(x: Tensor): Tensor {
    checkTensor("Embedding", "x", x);
    const { maxNorm, normType } = this.settings;
    const index = wholeNumbers("Embedding", "indices", x).cast("int32");
    if (maxNorm !== null) renormalize(this.weight, index, maxNorm, normType);
    return embedding(this.weight, index, this.paddingIndex);
  }
}
