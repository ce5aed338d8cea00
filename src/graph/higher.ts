import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { allocateArray } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { checkClosure, checkTensor, tensorList } from "../tensor/check.js";
import { sameShape } from "../tensor/shape.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { consume, grad } from "./backward.js";

/**
 * Hessian-vector product H·v of a scalar function, computed by backprop through the gradient, without building the Hessian.
 * (Pearlmutter, "Fast Exact Multiplication by the Hessian", 1994, computes the same product in forward-over-reverse form.)
 *
 * @param f scalar function of `inputs`, twice differentiable
 * @param inputs leaves (requiresGrad) that f is evaluated at, one or several
 * @param vectors one direction per input, of its shape
 * @returns one tensor per input: Σⱼ ∂²f/∂xᵢ∂xⱼ · vⱼ, zeros where f is linear
 * @throws GraphError if an operation on the way has only a fused backward
 * @example
 * const x = tensor([1, 2], { requiresGrad: true });
 * hvp(() => x.mul(x).mul(x).sum(), [x], [tensor([1, 0])]);   // [6, 0]
 */
export function hvp(f: () => Tensor, inputs: Tensor | readonly Tensor[], vectors: Tensor | readonly Tensor[]): Tensor[] {
  checkArity("hvp", arguments.length, 3);
  checkClosure("hvp", "f", f, "hvp(() => x.pow(3).sum(), x, v)");
  const [at, along] = [tensorList("hvp", "inputs", inputs), tensorList("hvp", "vectors", vectors)];
  if (along.length !== at.length) {
    throw new ArgumentError(message("hvp", `${along.length} vectors for ${at.length} inputs; expected one for each`));
  }
  along.forEach((v, i) => {
    if (!sameShape(v.shape, at[i].shape)) {
      throw new ShapeError(
        message("hvp", `vector ${i} has shape ${shapeText(v.shape)}; expected that of its input, ${shapeText(at[i].shape)}`),
      );
    }
  });
  return gradients("hvp", f, at, (first) => products(first, at, along));
}

/**
 * The Hessian of a scalar function of one tensor of n elements.
 * @param f scalar function, twice differentiable
 * @param x leaf (requiresGrad)
 * @returns [n, n], whose row i is the gradient of ∂f/∂xᵢ; it takes n backward passes
 * @throws GraphError, ShapeError
 * @example hessian(() => x.mul(x).sum(), x)   // 2·I
 */
export function hessian(f: () => Tensor, x: Tensor): Tensor {
  checkArity("hessian", arguments.length, 2);
  checkClosure("hessian", "f", f, "hessian(() => x.mul(x).sum(), x)");
  checkTensor("hessian", "x", x);
  const n = x.size;
  const rows = allocateArray(x.dtype, n * n);
  gradients("hessian", f, [x], (first) => {
    for (let i = 0; i < n; i++) {
      const direction = allocateArray(x.dtype, n);
      direction[i] = 1;
      const [row] = products(first, [x], [new Tensor(dataStorage(x.dtype, direction, "hessian"), x.shape)]);
      rows.set(row.view(), i * n);
    }
  });
  return new Tensor(dataStorage(x.dtype, rows, "hessian"), [n, n]);
}

/**
 * Calls `use` with a function that multiplies the Hessian of f with vectors, of which it makes the graph only once.
 * @internal
 */
export function alongHessian<T>(
  op: string,
  f: () => Tensor,
  inputs: readonly Tensor[],
  use: (product: (vectors: readonly Tensor[]) => Tensor[]) => T,
): T {
  return gradients(op, f, inputs, (first) => use((vectors) => products(first, inputs, vectors)));
}

/** Calls `use` with the recorded gradients of f. Afterwards it consumes their graph, even if no second backward did. */
function gradients<T>(op: string, f: () => Tensor, inputs: readonly Tensor[], use: (first: (Tensor | null)[]) => T): T {
  const y = f();
  checkTensor(op, "the result of f", y);
  try {
    if (y.size !== 1) {
      throw new ShapeError(
        message(op, `the function returned shape ${shapeText(y.shape)}; expected a scalar`, "Reduce it with sum() or mean()."),
      );
    }
    return use(grad(y, inputs, { createGraph: true, allowUnused: true }));
  } finally {
    consume(y);
  }
}

/** d(Σ gradientᵢ · vᵢ)/d inputs; zeros for an input on which no gradient depends. */
function products(first: readonly (Tensor | null)[], inputs: readonly Tensor[], vectors: readonly Tensor[]): Tensor[] {
  const curved = first.map((gradient, i) => ({ gradient, v: vectors[i] })).filter(({ gradient }) => gradient?.requiresGrad);
  const found =
    curved.length === 0
      ? inputs.map(() => null)
      : grad(
          curved.map(({ gradient }) => gradient as Tensor),
          inputs,
          { gradOutputs: curved.map(({ v }) => v), allowUnused: true, retainGraph: true },
        );
  return found.map(
    (product, i) =>
      product ?? new Tensor(dataStorage(inputs[i].dtype, allocateArray(inputs[i].dtype, inputs[i].size), "hvp"), inputs[i].shape),
  );
}
