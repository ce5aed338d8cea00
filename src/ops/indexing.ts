import { IndexError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { defineOp } from "../graph/define.js";
import { Status } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { checked } from "../kernels/recorder.js";
import { BYTES, type DType } from "../memory/views.js";
import { checkTensorArity, describeCall, elementText } from "../tensor/check.js";
import { zeros } from "../tensor/creation.js";
import { normalizeAxis, type Shape, sizeOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { wholeNumbers } from "./indices.js";
import { checkOperandDType } from "./operands.js";
import { overflow } from "./overflow.js";
import { moveType } from "./strided.js";

/**
 * The entries of an axis at given positions, in that order; with axis 0 the look-up in an embedding table.
 * Shape:     x [..., n, ...], index [...i] → [..., ...i, ...] (torch.index_select takes one axis of index only)
 * Gradient:  dx: g added up at each position
 * @param axis the axis that index counts on
 * @param index int32, uint8 or whole floats, each in 0 … n − 1; may repeat
 * @throws IndexError naming the index that is out of range, DTypeError for fractions
 * @example tensor([10, 20, 30]).indexSelect(0, tensor([2, 0, 2], { dtype: "int32" }))   // [30, 10, 30]
 */
export function indexSelect(x: Tensor, axis: number, index: Tensor): Tensor {
  checkTensorArity("indexSelect", arguments.length, 3);
  if (!(x instanceof Tensor)) return describeCall("indexSelect", "x", x, [x, axis, index]);
  const at = normalizeAxis("indexSelect", axis, x.shape);
  if (!(index instanceof Tensor)) return describeCall("indexSelect", "index", index, [x, axis, index]);
  const flat = wholeNumbers("indexSelect", "indices", index).cast("int32").reshape([index.size]);
  const rows = indexSelectOp(x, flat, { axis: at });
  return rows.reshape([...x.shape.slice(0, at), ...index.shape, ...x.shape.slice(at + 1)]);
}

/**
 * Reads along an axis at an index of its own for every element: y[i][j] = x[index[i][j]][j] for axis 0, and so on.
 * Shape:     index like x but for `axis` → that of index (torch.gather also allows it to be smaller elsewhere)
 * Gradient:  dx: g added up where it was read
 * @param index int32, uint8 or whole floats, each in 0 … n − 1; may repeat
 * @throws IndexError naming the index that is out of range, ShapeError, DTypeError for fractions
 * @example tensor([[1, 2], [3, 4]]).gather(1, tensor([[1], [0]], { dtype: "int32" }))   // [[2], [3]]
 */
export function gather(x: Tensor, axis: number, index: Tensor): Tensor {
  checkTensorArity("gather", arguments.length, 3);
  if (!(x instanceof Tensor)) return describeCall("gather", "x", x, [x, axis, index]);
  if (!(index instanceof Tensor)) return describeCall("gather", "index", index, [x, axis, index]);
  const at = checkAlong("gather", x, axis, index);
  return gatherOp(x, wholeNumbers("gather", "indices", index).cast("int32"), { axis: at });
}

/**
 * A copy of x with source added at given positions: y[index[i][j]][j] += source[i][j] for axis 0, and so on. Several additions
 * to one place happen in the order of index, so the bits are always the same.
 * Shape:     x; source and index like x but for `axis` → that of x (torch.scatter_add also allows them to be smaller elsewhere)
 * Gradient:  dx = g; dsource = g gathered at index
 * @param index int32 or uint8, each in 0 … n − 1; may repeat
 * @param source of x's element type, or cast to it
 * @throws IndexError naming the index that is out of range, ShapeError, DTypeError for fractions in index, and where a sum is outside
 * x's integer type
 * @example zeros([3]).scatterAdd(0, tensor([2, 0, 2], { dtype: "int32" }), tensor([1, 2, 3]))   // [2, 0, 4]
 */
export function scatterAdd(x: Tensor, axis: number, index: Tensor, source: Tensor): Tensor {
  checkTensorArity("scatterAdd", arguments.length, 4);
  if (!(x instanceof Tensor)) return describeCall("scatterAdd", "x", x, [x, axis, index, source]);
  if (!(index instanceof Tensor)) return describeCall("scatterAdd", "index", index, [x, axis, index, source]);
  const at = checkAlong("scatterAdd", x, axis, index);
  checkOperandDType("scatterAdd", "x", x, ["float32", "float64", "int32", "uint8"]);
  if (!(source instanceof Tensor)) return describeCall("scatterAdd", "source", source, [x, axis, index, source]);
  if (source.rank !== index.rank || source.shape.some((extent, i) => extent !== index.shape[i])) {
    throw new ShapeError(
      message("scatterAdd", `source ${shapeText(source.shape)} and index ${shapeText(index.shape)} differ; expected one shape`),
    );
  }
  const whole = wholeNumbers("scatterAdd", "indices", index).cast("int32");
  return scatterAddOp(x, source.cast(x.dtype), whole, { axis: at });
}

interface Along {
  axis: number;
}

/** Extents before, of, and behind the axis. */
function around(shape: Shape, axis: number): { outer: number; extent: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), extent: shape[axis], inner: sizeOf(shape.slice(axis + 1)) };
}

const indexSelectOp: (x: Tensor, index: Tensor, attributes: Along) => Tensor = defineOp({
  name: "indexSelect",
  inputs: ["x", "index"],
  save: ["index"],
  shape: ({ x, index }, { axis }: Along) => [...x.shape.slice(0, axis), index.size, ...x.shape.slice(axis + 1)],
  forward: ({ x, index, out }, { axis }) => {
    const { outer, extent, inner } = around(x.shape, axis);
    const rows = outer * index.size;
    kernels.indexSelect(
      { x: x.at, index: index.at, out: out.at, axis: extent, count: index.size, inner, size: BYTES[x.dtype] },
      0,
      rows,
      moveType(x.dtype),
    );
    checkFault("indexSelect", index, extent);
  },
  grad: { x: (g, { x, index }, { axis }) => indexAddOp(g, index, { axis, shape: x.shape }) },
});

/** Zeros with rows added at index: the gradient of indexSelect. */
const indexAddOp: (x: Tensor, index: Tensor, attributes: Along & { shape: Shape }) => Tensor = defineOp({
  name: "indexAdd",
  inputs: ["x", "index"],
  save: ["index"],
  shape: (_, { shape }: Along & { shape: Shape }) => shape,
  forward: ({ x, index, out }, { axis }) => {
    const { outer, extent, inner } = around(out.shape, axis);
    kernels.fill({ out: out.at, value: 0 }, 0, out.size, moveType(out.dtype));
    kernels.indexAdd({ x: x.at, index: index.at, out: out.at, axis: extent, count: index.size, inner }, 0, outer * extent, x.dtype);
    checkFault("indexAdd", index, extent);
  },
  grad: { x: (g, { index }, { axis }) => indexSelectOp(g, index, { axis }) },
});

const gatherOp: (x: Tensor, index: Tensor, attributes: Along) => Tensor = defineOp({
  name: "gather",
  inputs: ["x", "index"],
  save: ["index"],
  shape: ({ index }) => index.shape,
  forward: ({ x, index, out }, { axis }: Along) => {
    const { outer, extent, inner } = around(x.shape, axis);
    const count = index.shape[axis];
    kernels.gather(
      { x: x.at, index: index.at, out: out.at, axis: extent, count, inner },
      0,
      outer * count,
      BYTES[x.dtype] === 1 ? x.dtype : moveType(x.dtype),
    );
    checkFault("gather", index, extent);
  },
  grad: { x: (g, { x, index }, { axis }) => scatterAddOp(zerosLike(x), g, index, { axis }) },
});

const scatterAddOp: (x: Tensor, source: Tensor, index: Tensor, attributes: Along) => Tensor = defineOp({
  name: "scatterAdd",
  inputs: ["x", "source", "index"],
  save: ["index"],
  shape: ({ x }) => x.shape,
  forward: ({ x, source, index, out }, { axis }: Along) => {
    const { outer, extent, inner } = around(x.shape, axis);
    kernels.copy({ x: x.at, out: out.at }, 0, out.size, moveType(out.dtype));
    kernels.scatterAdd(
      { x: source.at, index: index.at, out: out.at, axis: extent, count: index.shape[axis], inner },
      0,
      outer * inner,
      x.dtype,
    );
    checkFault("scatterAdd", index, extent, x.dtype);
  },
  grad: { x: (g) => g, source: (g, { index }, { axis }) => gatherOp(g, index, { axis }) },
});

function zerosLike(x: { shape: Shape; dtype: Tensor["dtype"] }): Tensor {
  return zeros(x.shape, { dtype: x.dtype });
}

function checkAlong(op: string, x: Tensor, axis: number, index: Tensor): number {
  const at = normalizeAxis(op, axis, x.shape);
  if (index.rank !== x.rank || index.shape.some((extent, i) => i !== at && extent !== x.shape[i])) {
    throw new ShapeError(message(op, `index ${shapeText(index.shape)} and x ${shapeText(x.shape)} differ in more than axis ${at}`));
  }
  return at;
}

/** @param summed the type in which elements were added up, if they were */
function checkFault(op: string, index: Tensor, extent: number, summed?: DType): void {
  checked(({ code, detail }) => {
    if (code === Status.Overflow && summed !== undefined) throw overflow(op, summed);
    throw new IndexError(message(op, `index ${elementText(index, detail)} at position ${detail} is outside 0 … ${extent - 1}`));
  });
}
