import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { allocateArray } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { checkClosure, checkTensor, tensorList } from "../tensor/check.js";
import { sameShape } from "../tensor/shape.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { consume, grad } from "./backward.js";

/** Derivatives of functions with any number of results; those of second order stand in higher.ts. */

/**
 * Vector–Jacobian product vᵀ·J: what one pass of backprop computes.
 * @param f function of `inputs`, of any result
 * @param inputs leaves (requiresGrad) that f is evaluated at, one or several
 * @param vector of the result's shape; may be left out for a scalar (then 1)
 * @returns one tensor per input, of its shape: Σᵢ vᵢ · ∂yᵢ/∂x; zeros where f does not depend on it
 * @throws ShapeError for a vector of another shape, ArgumentError
 * @example
 * const x = tensor([1, 2], { requiresGrad: true });
 * vjp(() => x.square(), x, tensor([1, 10]));   // [2, 40]
 */
export function vjp(f: () => Tensor, inputs: Tensor | readonly Tensor[], vector?: Tensor): Tensor[] {
  checkArity("vjp", arguments.length, 3);
  checkClosure("vjp", "f", f, "vjp(() => x.square(), x, v)");
  const at = tensorList("vjp", "inputs", inputs);
  if (vector !== undefined) checkTensor("vjp", "vector", vector);
  return evaluated("vjp", f, (y) => {
    if (vector !== undefined) checkDirection("vjp", "the vector", vector, y);
    return gradients("vjp", y, at, vector);
  });
}

/**
 * Jacobian–vector product J·v, the derivative of f in a direction: by backprop through backprop, without building the Jacobian. The first
 * pass is linear in its vector, and the second one is its derivative.
 * @param f function of `inputs`, of any result, whose operations are twice differentiable
 * @param inputs leaves (requiresGrad) that f is evaluated at, one or several
 * @param vectors one direction per input, of its shape
 * @returns a tensor of the result's shape: Σⱼ ∂y/∂xⱼ · vⱼ
 * @throws GraphError if an operation on the way has only a fused backward; ShapeError, ArgumentError
 * @example
 * const x = tensor([1, 2], { requiresGrad: true });
 * jvp(() => x.square(), x, tensor([1, 10]));   // [2, 40]
 */
export function jvp(f: () => Tensor, inputs: Tensor | readonly Tensor[], vectors: Tensor | readonly Tensor[]): Tensor {
  checkArity("jvp", arguments.length, 3);
  checkClosure("jvp", "f", f, "jvp(() => x.square(), x, v)");
  const [at, along] = [tensorList("jvp", "inputs", inputs), tensorList("jvp", "vectors", vectors)];
  if (along.length !== at.length) {
    throw new ArgumentError(message("jvp", `${along.length} vectors for ${at.length} inputs; expected one for each`));
  }
  along.forEach((v, i) => {
    checkDirection("jvp", `vector ${i}`, v, at[i]);
  });
  return evaluated("jvp", f, (y) => {
    const seed = zeros("jvp", y);
    seed.requiresGrad = true;
    const first = y.requiresGrad ? grad(y, at, { gradOutputs: [seed], createGraph: true, allowUnused: true }) : [];
    const linear = first.map((gradient, i) => ({ gradient, v: along[i] })).filter(({ gradient }) => gradient?.requiresGrad);
    if (linear.length === 0) return zeros("jvp", y);
    const outputs = linear.map(({ gradient }) => gradient);
    const [product] = grad(outputs, seed, { gradOutputs: linear.map(({ v }) => v), allowUnused: true });
    return product ?? zeros("jvp", y);
  });
}

/**
 * The Jacobian: the derivatives of all elements of a result with respect to all elements of its inputs.
 * @param f function, of any result
 * @param x leaf (requiresGrad), or several
 * @returns [...shape of the result, ...shape of x]; a list for a list. It takes a pass of backprop for each element of the result
 * @throws ArgumentError
 * @example
 * const x = tensor([1, 2], { requiresGrad: true });
 * jacobian(() => x.square(), x);   // [[2, 0], [0, 4]]
 */
export function jacobian(f: () => Tensor, x: Tensor): Tensor;
export function jacobian(f: () => Tensor, x: readonly Tensor[]): Tensor[];
export function jacobian(f: () => Tensor, x: Tensor | readonly Tensor[]): Tensor | Tensor[] {
  checkArity("jacobian", arguments.length, 2);
  checkClosure("jacobian", "f", f, "jacobian(() => x.square(), x)");
  const at = tensorList("jacobian", "x", x);
  const all = evaluated("jacobian", f, (y) => {
    const rows = at.map((input) => allocateArray(input.dtype, y.size * input.size));
    for (let i = 0; i < y.size; i++) {
      const unit = allocateArray(y.dtype, y.size);
      unit[i] = 1;
      const seed = new Tensor(dataStorage(y.dtype, unit, "jacobian"), y.shape);
      gradients("jacobian", y, at, seed).forEach((row, k) => {
        rows[k].set(row.view(), i * row.size);
      });
    }
    return at.map((input, k) => new Tensor(dataStorage(input.dtype, rows[k], "jacobian"), [...y.shape, ...input.shape]));
  });
  return x instanceof Tensor ? all[0] : all;
}

/** Calls `use` with the result of f, and consumes its graph afterwards. */
function evaluated<T>(op: string, f: () => Tensor, use: (y: Tensor) => T): T {
  const y = f();
  checkTensor(op, "the result of f", y);
  try {
    return use(y);
  } finally {
    consume(y);
  }
}

/** Gradients that leave the graph as it is; zeros for an input on which y does not depend. */
function gradients(op: string, y: Tensor, inputs: readonly Tensor[], seed: Tensor | undefined): Tensor[] {
  const gradOutputs = seed && [seed];
  const found = y.requiresGrad ? grad(y, inputs, { ...(gradOutputs && { gradOutputs }), retainGraph: true, allowUnused: true }) : [];
  return inputs.map((input, i) => found[i] ?? zeros(op, input));
}

function zeros(op: string, x: Tensor): Tensor {
  return new Tensor(dataStorage(x.dtype, allocateArray(x.dtype, x.size), op), x.shape);
}

function checkDirection(op: string, what: string, v: Tensor, x: Tensor): void {
  if (sameShape(v.shape, x.shape)) return;
  throw new ShapeError(message(op, `${what} has shape ${shapeText(v.shape)}; expected ${shapeText(x.shape)}`));
}
