import { checkArray } from "../errors/check.js";
import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { BYTES } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { describeCall } from "../tensor/check.js";
import { promote } from "../tensor/dtype.js";
import { normalizeAxis, type Shape, sameShape, stridesOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { unsqueeze } from "./reshape.js";
import { runStrided } from "./strided.js";

/**
 * Joins tensors along an axis. Copies; element types are promoted.
 * Shape:     equal but for `axis` → extents of `axis` added
 * Gradient:  each operand its part of g
 * @param axis default 0
 * @throws ShapeError for extents that differ elsewhere, ArgumentError for an empty list, IndexError for an axis outside the shape
 * @example concat([ones([2, 1]), zeros([2, 2])], 1)   // [[1, 0, 0], [1, 0, 0]]
 */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  checkList("concat", tensors);
  for (let i = 0; i < tensors.length; i++) {
    const x: unknown = tensors[i];
    if (!(x instanceof Tensor)) return describeCall("concat", `tensor ${i}`, x, [tensors, axis]);
  }
  checkArity("concat", arguments.length, 2);
  const [first] = tensors;
  const at = normalizeAxis("concat", axis, first.shape);
  for (const other of tensors as readonly Tensor[]) {
    if (other.rank !== first.rank || other.shape.some((extent, i) => i !== at && extent !== first.shape[i])) {
      throw new ShapeError(
        message("concat", `shapes ${tensors.map(({ shape }) => shapeText(shape)).join(", ")} differ in more than axis ${at}`),
      );
    }
  }
  const dtype = tensors.map((tensor) => tensor.dtype).reduce(promote);
  return concatOf(tensors.length)(...tensors.map((tensor) => tensor.cast(dtype)), { axis: at });
}

/**
 * Joins tensors of one shape along a new axis. Copies; element types are promoted.
 * Shape:     n × [...] → [..., n, ...]
 * Gradient:  each operand its part of g
 * @param axis its place in the result, default 0
 * @throws ShapeError for shapes that differ, ArgumentError for an empty list, IndexError for an axis outside the result
 * @example stack([tensor([1, 2]), tensor([3, 4])])   // [[1, 2], [3, 4]]
 */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  checkList("stack", tensors);
  for (let i = 0; i < tensors.length; i++) {
    const x: unknown = tensors[i];
    if (!(x instanceof Tensor)) return describeCall("stack", `tensor ${i}`, x, [tensors, axis]);
  }
  checkArity("stack", arguments.length, 2);
  for (const { shape } of tensors) {
    if (!sameShape(shape, tensors[0].shape)) {
      throw new ShapeError(message("stack", `shapes ${shapeText(tensors[0].shape)} and ${shapeText(shape)} differ; expected one shape`));
    }
  }
  const at = normalizeAxis("stack", axis, tensors[0].shape, tensors[0].rank + 1);
  return concat(
    tensors.map((tensor) => unsqueeze(tensor, at)),
    at,
  );
}

function checkList(op: string, tensors: readonly Tensor[]): void {
  checkArray(op, "tensors", tensors, `${op}([a, b])`);
  if (tensors.length === 0) throw new ArgumentError(message(op, "the list of tensors is empty; expected at least one"));
}

interface Joint {
  axis: number;
}

type Concat = (...args: [...Tensor[], Joint]) => Tensor;

const concats = new Map<number, Concat>();

/** The operation for n operands: an operation has a fixed number of them, so there is one for each number. */
function concatOf(n: number): Concat {
  let operation = concats.get(n);
  if (operation === undefined) {
    const names = Array.from({ length: n }, (_, i) => `x${i}`);
    operation = defineOp<string[], never, Joint>({
      name: "concat",
      inputs: names,
      shape: (operands, { axis }) => {
        const shape = [...operands[names[0]].shape];
        shape[axis] = names.reduce((sum, name) => sum + operands[name].shape[axis], 0);
        return shape;
      },
      forward: (operands, { axis }) => {
        const { out } = operands;
        const strides = stridesOf(out.shape);
        let start = 0;
        for (const name of names) {
          const x = operands[name];
          runStrided(kernels.stridedWrite, {
            dtype: x.dtype,
            shape: x.shape,
            strides,
            dense: x.at,
            strided: out.at + start * strides[axis] * BYTES[x.dtype],
            write: true,
          });
          start += x.shape[axis];
        }
      },
      grad: Object.fromEntries(
        names.map((name, i) => [
          name,
          (g: Tensor, saved: Record<string, { shape: Shape }>, { axis }: Joint) => {
            const start = names.slice(0, i).reduce((sum, before) => sum + saved[before].shape[axis], 0);
            return g.slice(g.shape.map((_, i) => (i === axis ? [start, start + saved[name].shape[axis]] : null)));
          },
        ]),
      ),
    }) as Concat;
    concats.set(n, operation);
  }
  return operation;
}
