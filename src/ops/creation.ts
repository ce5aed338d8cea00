import { IndexError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { checked } from "../kernels/recorder.js";
import { BYTES } from "../memory/views.js";
import { count, number } from "../options/kinds.js";
import { checkValue } from "../options/option.js";
import { checkTensorArity, describeCall, elementText } from "../tensor/check.js";
import { full } from "../tensor/creation.js";
import { stridesOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { wholeNumbers } from "./indices.js";
import { moveType, runStrided } from "./strided.js";

/** Zeros of x's shape and element type; no gradient. @example tensor([1, 2]).zerosLike()   // [0, 0] */
export function zerosLike(x: Tensor): Tensor {
  checkTensorArity("zerosLike", arguments.length, 1);
  if (!(x instanceof Tensor)) return describeCall("zerosLike", "x", x, [x]);
  return full(x.shape, 0, { dtype: x.dtype });
}

/** Ones of x's shape and element type; no gradient. @example tensor([1, 2]).onesLike()   // [1, 1] */
export function onesLike(x: Tensor): Tensor {
  checkTensorArity("onesLike", arguments.length, 1);
  if (!(x instanceof Tensor)) return describeCall("onesLike", "x", x, [x]);
  return full(x.shape, 1, { dtype: x.dtype });
}

/**
 * A copy of x in memory of its own: what is changed in place in one is not seen in the other. As in PyTorch it belongs to the graph;
 * `x.detach().clone()` does not.
 * Shape:     any → same
 * Gradient:  dx = g
 * @throws ReleasedError
 * @example
 * const before = parameter.detach().clone();
 * optimizer.step();
 */
export function clone(x: Tensor): Tensor {
  checkTensorArity("clone", arguments.length, 1);
  if (!(x instanceof Tensor)) return describeCall("clone", "x", x, [x]);
  return cloneOp(x);
}

const cloneOp: (x: Tensor) => Tensor = defineOp({
  name: "clone",
  inputs: ["x"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }) => {
    const { dtype, shape } = x;
    runStrided(kernels.stridedCopy, { dtype, shape, strides: stridesOf(shape), dense: out.at, strided: x.at });
  },
  grad: { x: (g) => g },
});

const CLASSES = count({ required: true });

/**
 * Rows of zeros with a one at each index; no gradient. float32, where torch.nn.functional.one_hot gives integers.
 * Shape:     x int32, uint8 or whole floats [...] → float32 [..., classes]
 * @param classes width of a row, whole number ≥ 1
 * @throws IndexError naming the position of an index outside 0 … classes − 1, DTypeError for fractions, ArgumentError for classes
 * @example tensor([0, 2], { dtype: "int32" }).oneHot(3)   // [[1, 0, 0], [0, 0, 1]]
 */
export function oneHot(x: Tensor, classes: number): Tensor {
  checkTensorArity("oneHot", arguments.length, 2);
  if (!(x instanceof Tensor)) return describeCall("oneHot", "x", x, [x, classes]);
  checkValue("oneHot", "classes", classes, CLASSES);
  return oneHotOp(wholeNumbers("oneHot", "indices", x).cast("int32"), { classes });
}

const oneHotOp: (x: Tensor, attributes: { classes: number }) => Tensor = defineOp({
  name: "oneHot",
  inputs: ["x"],
  shape: ({ x }, { classes }: { classes: number }) => [...x.shape, classes],
  dtype: "float32",
  forward: ({ x, out }, { classes }) => {
    kernels.oneHot({ index: x.at, out: out.at, classes }, 0, x.size);
    checked(({ detail }) => {
      throw new IndexError(
        message(
          "oneHot",
          `index ${elementText(x, detail)} at position ${detail} is outside 0 … ${classes - 1}`,
          "Raise classes, or check the labels.",
        ),
      );
    });
  },
});

const DIAGONAL = number({ default: 0, whole: true });

/**
 * The upper triangle of each matrix; zeros below the diagonal.
 * Shape:     [..., rows, columns] → same
 * Gradient:  dx = the upper triangle of g
 * @param diagonal the first that stays: 0 (default) the main diagonal, positive above it, negative below
 * @throws ShapeError for fewer than two axes, ArgumentError for a fraction
 * @example ones([2, 2]).triu(1)   // [[0, 1], [0, 0]]
 */
export function triu(x: Tensor, diagonal = 0): Tensor {
  checkTensorArity("triu", arguments.length, 2);
  return triangle("triu", x, diagonal);
}

/**
 * The lower triangle of each matrix; zeros above the diagonal.
 * Shape:     [..., rows, columns] → same
 * Gradient:  dx = the lower triangle of g
 * @param diagonal the last that stays: 0 (default) the main diagonal, positive above it, negative below
 * @throws ShapeError for fewer than two axes, ArgumentError for a fraction
 * @example ones([2, 2]).tril()   // [[1, 0], [1, 1]], a causal mask
 */
export function tril(x: Tensor, diagonal = 0): Tensor {
  checkTensorArity("tril", arguments.length, 2);
  return triangle("tril", x, diagonal);
}

interface Triangle {
  part: "triu" | "tril";
  diagonal: number;
}

function triangle(part: "triu" | "tril", x: Tensor, diagonal: number): Tensor {
  if (!(x instanceof Tensor)) return describeCall(part, "x", x, [x, diagonal]);
  if (x.rank < 2) throw new ShapeError(message(part, `x has shape ${shapeText(x.shape)}; expected at least two axes`));
  checkValue(part, "diagonal", diagonal, DIAGONAL);
  const [rows, columns] = x.shape.slice(-2);
  // Beyond the corners nothing changes, and the kernel's record holds 32 bits.
  return triangleOp(x, { part, diagonal: Math.max(-rows, Math.min(columns, diagonal)) });
}

const triangleOp: (x: Tensor, attributes: Triangle) => Tensor = defineOp({
  name: "triangle",
  inputs: ["x"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }, { part, diagonal }: Triangle) => {
    const [rows, cols] = x.shape.slice(-2);
    if (x.size === 0) return;
    const run = part === "triu" ? kernels.triu : kernels.tril;
    run({ x: x.at, out: out.at, rows, cols, diagonal }, 0, x.size / cols, BYTES[x.dtype] === 1 ? x.dtype : moveType(x.dtype));
  },
  grad: { x: (g, _, attributes) => triangleOp(g, attributes) },
});
