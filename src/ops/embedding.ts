import { IndexError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { checked } from "../kernels/recorder.js";
import { BYTES } from "../memory/views.js";
import { elementText } from "../tensor/check.js";
import { zeros } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import { eq, where } from "./compare.js";
import { reshape } from "./reshape.js";
import { moveType } from "./strided.js";

/**
 * Rows of a table: yᵢ = weight[indexᵢ].
 * Shape:     weight [count, size], index [...i] int32 → [...i, size]
 * Gradient:  dweight: g added up at each index, nothing at paddingIndex; it is added straight to the parameter's gradient
 * @param paddingIndex a row that gets no gradient; null: none
 * @throws IndexError naming the index that is out of range
 * @internal
 */
export function embedding(weight: Tensor, index: Tensor, paddingIndex: number | null = null): Tensor {
  const rows = embeddingOp(weight, reshape(index, [index.size]), { paddingIndex });
  return reshape(rows, [...index.shape, weight.shape[1]]);
}

interface Attributes {
  paddingIndex: number | null;
}

const embeddingOp: (weight: Tensor, index: Tensor, attributes: Attributes) => Tensor = defineOp({
  name: "embedding",
  inputs: ["weight", "index"],
  save: ["index"],
  shape: ({ weight, index }, _: Attributes) => [index.size, weight.shape[1]],
  dtype: ({ weight }) => weight.dtype,
  forward: ({ weight, index, out }) => {
    const [count, size] = weight.shape;
    kernels.indexSelect(
      { x: weight.at, index: index.at, out: out.at, axis: count, count: index.size, inner: size, size: BYTES[weight.dtype] },
      0,
      index.size,
      moveType(weight.dtype),
    );
    checked(({ detail }) => {
      throw new IndexError(
        message(
          "embedding",
          `index ${elementText(index, detail)} at position ${detail} is outside 0 … ${count - 1}, the rows of the table`,
        ),
      );
    });
  },
  backward: (pass, { weight, index }, { paddingIndex }) => {
    if (!pass.wanted("weight")) return;
    const [count, size] = weight.shape;
    // The padding row is cleared at the end, and so the gradient must not yet be where others lie already.
    const { at, beta } = paddingIndex === null ? pass.into("weight") : { at: pass.whole("weight").at, beta: 0 };
    if (beta === 0) kernels.fill({ out: at, value: 0 }, 0, weight.size, weight.dtype);
    kernels.indexAdd({ x: pass.g.at, index: index.at, out: at, axis: count, count: index.size, inner: size }, 0, count, weight.dtype);
    if (paddingIndex !== null) kernels.fill({ out: at + paddingIndex * size * BYTES[weight.dtype], value: 0 }, 0, size, weight.dtype);
  },
  grad: {
    weight: (g, { weight, index }, { paddingIndex }) => {
      const column = reshape(index, [index.size, 1]);
      const rows = paddingIndex === null ? g : where(eq(column, paddingIndex), 0, g);
      return zeros(weight.shape, { dtype: weight.dtype }).scatterAdd(0, column.expand(g.shape), rows);
    },
  },
});
