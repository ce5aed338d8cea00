import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import type { Parameter } from "../../graph/parameter.js";
import { embedding } from "../../ops/embedding.js";
import { wholeNumbers } from "../../ops/indices.js";
import { checkTensor } from "../../ops/operands.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { count, number } from "../../options/kinds.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { drawn } from "../drawn.js";
import { normal } from "../initializers.js";
import { Layer } from "../layer.js";

const EMBEDDING = declare(
  "Embedding",
  {
    /** The row of a filler: it starts at 0 and is not trained. Negative counts from the end. Default null: none. */
    paddingIndex: number({ default: null, whole: true, aka: ["paddingIdx"] }),
  },
  { count: count({ required: true }), size: count({ required: true }) },
);

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
    const padding = rowOf(this.settings.paddingIndex, count);
    this.paddingIndex = padding;
    const start = normal({ std: 1 });
    this.weight = drawn(Embedding.stateShapes(this.settings).weight, (elements, site) => {
      start(elements, site);
      if (padding !== null) elements.fill(0, padding * size, (padding + 1) * size);
    });
  }

  static override stateShapes({ count, size }: SettingsOf<typeof EMBEDDING>) {
    return { weight: [count, size] };
  }

  protected override resultShape(inputShape: Shape): Shape {
    return [...inputShape, this.size];
  }

  forward(x: Tensor): Tensor {
    checkTensor("Embedding", "x", x);
    return embedding(this.weight, wholeNumbers("Embedding", "indices", x).cast("int32"), this.paddingIndex);
  }
}

/** The padding row counted from the front. @throws ArgumentError for one that the table does not have */
function rowOf(paddingIndex: number | null, count: number): number | null {
  if (paddingIndex === null) return null;
  if (paddingIndex >= -count && paddingIndex < count) return paddingIndex < 0 ? paddingIndex + count : paddingIndex;
  throw new ArgumentError(
    message("Embedding", `paddingIndex is ${paddingIndex}; expected a whole number from ${-count} to ${count - 1}, or null`),
  );
}
