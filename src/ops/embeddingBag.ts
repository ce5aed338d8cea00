import { ArgumentError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { checked } from "../kernels/recorder.js";
import { ones, tensor, zeros } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import { eq, lt, ne, where } from "./compare.js";
import { embedding } from "./embedding.js";
import { indexSelect } from "./indexing.js";

/** What is made of the vectors of a bag. */
export type BagMode = "sum" | "mean" | "max";

export interface Bags {
  /** int32: [bags, length], or [n] with offsets. */
  readonly index: Tensor;
  /** int32 [bags]: where each bag of a flat index begins, from 0 on, ascending; null: a row of the index is a bag. */
  readonly offsets: Tensor | null;
  /** As index: factors of its vectors, for sums; null: 1. */
  readonly weights: Tensor | null;
}

export interface BagAttributes {
  readonly mode: BagMode;
  /** A row that is no part of any bag; null: none. */
  readonly paddingIndex: number | null;
}

/**
 * Sums, means or maxima of rows of a table: y[b] = Σ weight[index] over the indices of bag b. Of an empty bag it is 0.
 * Shape:     weight [count, size] → [bags, size]
 * Gradient:  dweight: g of its bag added up at each index, its share for means, where it was greatest for maxima; nothing at paddingIndex
 * @throws IndexError for an index outside the table, and for offsets outside the index or that do not ascend from 0 on
 * @internal
 */
export function embeddingBag(weight: Tensor, { index, offsets, weights }: Bags, { mode, paddingIndex }: BagAttributes): Tensor {
  const rows = embedding(weight, index, paddingIndex);
  const kept = paddingIndex === null ? null : ne(index, paddingIndex);
  if (mode === "max") {
    if (offsets === null) return greatest(rows, kept);
    const { places, present } = gathered(offsets, index.size);
    const inBags = indexSelect(rows, 0, places);
    return greatest(
      inBags,
      kept === null
        ? present
        : present
            .cast("int32")
            .mul(indexSelect(kept.cast("int32"), 0, places))
            .cast("bool"),
    );
  }
  const factors = kept === null ? weights : (weights ?? ones(index.shape, { dtype: weight.dtype })).mul(kept.cast(weight.dtype));
  const scaled = factors === null ? rows : rows.mul(factors.unsqueeze(-1));
  const add = offsets === null ? (of: Tensor): Tensor => of.sum(1) : adder(offsets, index.size);
  if (mode === "sum") return add(scaled);
  const presence = kept === null ? ones(index.shape, { dtype: weight.dtype }) : kept.cast(weight.dtype);
  return add(scaled).div(add(presence.unsqueeze(-1)).maximum(1));
}

/** The greatest of each bag [bags, length, size] among those that are kept. */
function greatest(rows: Tensor, kept: Tensor | null): Tensor {
  if (rows.shape[1] === 0) return rows.sum(1);
  if (kept === null) return rows.max(1);
  const found = where(kept.unsqueeze(-1), rows, Number.NEGATIVE_INFINITY).max(1);
  return where(eq(kept.cast("int32").max(1, { keepDims: true }), 0), 0, found);
}

/** Adds the rows of each bag up. */
function adder(offsets: Tensor, n: number): (rows: Tensor) => Tensor {
  const bags = offsets.size;
  const begun = ones([bags], { dtype: "int32" });
  // Bags that begin at the same place, and one that begins behind the end, are empty. Where an offset is less than the one before it,
  // all numbers of bags become negative, which the addition refuses: so it is told without a read, also when a captured step is replayed.
  const falls =
    bags < 2
      ? 0
      : lt(offsets.slice([[1]]), offsets.slice([[0, -1]]))
          .cast("int32")
          .max()
          .mul(bags);
  const bagOf = zeros([n + 1], { dtype: "int32" })
    .scatterAdd(0, offsets, begun)
    .cumsum(0)
    .slice([[0, n]])
    .sub(1)
    .sub(falls)
    .cast("int32");
  return (rows) => addedUp(rows, bagOf, { bags });
}

const addedUp: (x: Tensor, bagOf: Tensor, attributes: { bags: number }) => Tensor = defineOp({
  name: "embeddingBag",
  inputs: ["x", "bagOf"],
  save: ["bagOf"],
  shape: ({ x }, { bags }: { bags: number }) => [bags, x.shape[1]],
  forward: ({ x, bagOf, out }, { bags }) => {
    const inner = x.shape[1];
    kernels.fill({ out: out.at, value: 0 }, 0, out.size, out.dtype);
    kernels.indexAdd({ x: x.at, index: bagOf.at, out: out.at, axis: bags, count: bagOf.size, inner }, 0, bags, x.dtype);
    checked(() => {
      throw new ArgumentError(
        message("EmbeddingBag", "the offsets do not ascend from 0 on; expected where each bag begins, the first with the first index"),
      );
    });
  },
  grad: { x: (g, { bagOf }) => indexSelect(g, 0, bagOf) },
});

/** The places [bags, length] of each bag's indices, filled up with 0, and which of them are present. Read from the offsets. */
function gathered(offsets: Tensor, n: number): { places: Tensor; present: Tensor } {
  const starts = [...offsets.data, n];
  const bags = starts.length - 1;
  const lengths = starts.slice(1).map((end, i) => end - starts[i]);
  if (bags > 0 && (starts[0] !== 0 || lengths.some((length) => length < 0))) {
    const what = `offsets ${shapeText(starts.slice(0, -1))} of ${n} indices; expected ascending places from 0 on`;
    throw new ArgumentError(message("EmbeddingBag", what));
  }
  const most = Math.max(0, ...lengths);
  const each = <T>(of: (bag: number, i: number) => T): T[] =>
    Array.from({ length: bags * most }, (_, at) => of(Math.floor(at / most), at % most));
  const places = Int32Array.from(each((bag, i) => (i < lengths[bag] ? starts[bag] + i : 0)));
  const present = each((bag, i) => i < lengths[bag]);
  return { places: tensor(places, { shape: [bags, most] }), present: tensor(present, { shape: [bags, most], dtype: "bool" }) };
}
