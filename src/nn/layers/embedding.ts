import { checkOptions } from "../../errors/check.js";
import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import type { Parameter } from "../../graph/parameter.js";
import { embedding } from "../../ops/embedding.js";
import { checkTensor } from "../../ops/operands.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { drawn } from "../drawn.js";
import { wholeNumbers } from "../indices.js";
import { normal } from "../initializers.js";
import { Module } from "../module.js";
import { checkCount } from "./linear.js";

export interface EmbeddingOptions {
  /** The row of a filler: it starts at 0 and is not trained. Negative counts from the end. Default null: none. */
  paddingIndex?: number | null;
}

export interface EmbeddingConfig extends EmbeddingOptions {
  count: number;
  size: number;
}

/**
 * A table of trained vectors, looked up by index: yᵢ = weight[xᵢ].
 *
 * The weight starts at N(0, 1), as torch.nn.Embedding's.
 * Shape:     [...] of int32, uint8 or whole floats → [..., size]; weight [count, size]
 * @param count how many vectors: indices are 0 … count − 1
 * @param size extent of a vector
 * @param options.paddingIndex a row that starts at 0 and gets no gradient; default none
 * @throws ArgumentError; at forward IndexError naming the index that is out of range, DTypeError for fractions
 * @example new Embedding(1000, 64).forward(tensor([[3, 1, 4]], { dtype: "int32" })).shape   // [1, 3, 64]
 */
export class Embedding extends Module {
  static readonly type: string = "Embedding";
  weight: Parameter;
  readonly paddingIndex: number | null;

  constructor(
    readonly count: number,
    readonly size: number,
    options: EmbeddingOptions = {},
  ) {
    super();
    checkCount("Embedding", "count", count);
    checkCount("Embedding", "size", size);
    checkOptions("Embedding", options, ["paddingIndex", "count", "size"]);
    const { paddingIndex = null } = options;
    if (paddingIndex !== null && !(Number.isInteger(paddingIndex) && paddingIndex >= -count && paddingIndex < count)) {
      throw new ArgumentError(
        message("Embedding", `paddingIndex is ${String(paddingIndex)}; expected a whole number from ${-count} to ${count - 1}`),
      );
    }
    const padding = paddingIndex !== null && paddingIndex < 0 ? paddingIndex + count : paddingIndex;
    this.paddingIndex = padding;
    const start = normal({ std: 1 });
    this.weight = drawn([count, size], (elements, site) => {
      start(elements, site);
      if (padding !== null) elements.fill(0, padding * size, (padding + 1) * size);
    });
  }

  static fromConfig(config: EmbeddingConfig): Embedding {
    return new Embedding(config.count, config.size, config);
  }

  config(): EmbeddingConfig {
    return { count: this.count, size: this.size, paddingIndex: this.paddingIndex };
  }

  override outputShape(inputShape: Shape): Shape {
    return [...inputShape, this.size];
  }

  forward(x: Tensor): Tensor {
    checkTensor("Embedding", "x", x);
    return embedding(this.weight, wholeNumbers("Embedding", "indices", x).cast("int32"), this.paddingIndex);
  }
}
