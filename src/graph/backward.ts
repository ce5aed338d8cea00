import { ArgumentError, DTypeError, GraphError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { recorder } from "../kernels/recorder.js";
import { allocateArray } from "../memory/views.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import { checkTensor, checkTensorArity, describeCall, tensorList } from "../tensor/check.js";
import { sameShape } from "../tensor/shape.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { differentiate } from "./engine.js";
import { within } from "./mode.js";
import { type Node, participates } from "./node.js";
import { Parameter } from "./parameter.js";
import { addGradients } from "./sum.js";

const BACKWARD_OPTIONS = {
  /** Whether the graph is kept, so that backward() can be called on it again. Default: `createGraph`. */
  retainGraph: flag({ aka: ["keep_graph"] }),
  /** Whether the computation of the gradients is recorded too, so that they can be differentiated. Default false. */
  createGraph: flag({ default: false }),
};

const BACKWARD = declare("backward", BACKWARD_OPTIONS);

/** Options of `backward`. */
export interface BackwardOptions extends OptionsOf<typeof BACKWARD> {}

/**
 * Backprop: adds d x / d leaf to the `grad` of every leaf that x depends on, and consumes the graph. Results stay readable until
 * the next graph on the same parameters opens.
 *
 * @param gradient d objective / d x, of x's shape, from which backprop starts; may be left out for a scalar (then 1)
 * @param options behind the gradient or in its place
 * @throws GraphError if x needs no gradient, if its graph was consumed, or if a saved tensor was changed in place since
 * @throws ShapeError if x is not a scalar and no gradient is given
 * @throws ArgumentError for an option, or a gradient that is no tensor
 * @example
 * const loss = crossEntropy(net.forward(x), y);
 * loss.backward();
 * @example
 * const y = x.square().sum();
 * y.backward({ retainGraph: true });
 * y.backward();
 */
export function backward(x: Tensor, gradient?: Tensor | null | BackwardOptions, options?: BackwardOptions): void {
  checkTensorArity("backward", arguments.length, isPlain(gradient) ? 2 : 3);
  checkTensor("backward", "x", x);
  const [start, given] = isPlain(gradient) ? [null, gradient] : [gradient, options];
  const { createGraph, retainGraph = createGraph } = BACKWARD.readOptions(given);
  if (start != null) checkTensor("backward", "the gradient to start from", start);
  checkDifferentiable("backward", x);
  differentiate({
    seeds: [[x, seedFor("backward", x, start)]],
    createGraph,
    retainGraph,
    wanted: participates,
    sink: createGraph ? accumulateRecorded : accumulate,
    direct: true,
  });
}

const GRAD = declare("grad", {
  ...BACKWARD_OPTIONS,
  /** Where to start: a tensor for each output, or null for a scalar (then 1). Default: all null. */
  gradOutputs: option<Tensor | readonly (Tensor | null)[], object>("a tensor, or an array of tensors and null", areSeeds, {}),
  /** An input that the outputs do not depend on gives null instead of an error. Default false. */
  allowUnused: flag({ default: false }),
});

/** Options of `grad`. */
export interface GradOptions extends OptionsOf<typeof GRAD> {}

/**
 * The gradients of `outputs` with respect to `inputs`, which may be leaves or intermediate results; no `grad` field changes.
 *
 * @param options.gradOutputs d objective / d output for each output, from which backprop starts; may be left out for scalars
 * @param options.allowUnused an input that the outputs do not depend on gives null instead of an error; default false
 * @returns one tensor per input, of its shape; with `createGraph` their computation is recorded
 * @throws GraphError, ShapeError as `backward`
 * @throws ArgumentError for what is no tensor, an option, or another number of gradOutputs than outputs
 * @example
 * const x = tensor([1, 2], { requiresGrad: true });
 * const [dx] = grad(x.mul(x).sum(), x, { createGraph: true });   // 2x
 */
export function grad(outputs: Tensor | readonly Tensor[], inputs: Tensor | readonly Tensor[], options?: GradOptions): Tensor[] {
  checkTensorArity("grad", arguments.length, 3);
  const results = tensorList("grad", "outputs", outputs);
  const targets = tensorList("grad", "inputs", inputs);
  const { createGraph, retainGraph = createGraph, gradOutputs, allowUnused } = GRAD.readOptions(options);
  const starts = gradOutputs instanceof Tensor ? [gradOutputs] : gradOutputs;
  if (starts !== undefined && starts.length !== results.length) {
    throw new ArgumentError(
      message("grad", `the number of gradOutputs is ${starts.length}, that of outputs ${results.length}; expected one for each`),
    );
  }
  for (const result of results) checkDifferentiable("grad", result);
  const found = new Map<Tensor, Tensor>();
  const collect = (target: Tensor, gradient: Tensor): void => {
    if (!targets.includes(target)) return;
    const before = found.get(target);
    if (createGraph) found.set(target, before === undefined ? gradient : addGradients(before, gradient));
    else
      found.set(
        target,
        within(null, false, () => addGradients(before ?? gradient, before === undefined ? null : gradient)),
      );
  };
  const depends = dependents(targets);
  differentiate({
    seeds: results.map((result, i) => [result, seedFor("grad", result, starts?.[i])]),
    createGraph,
    retainGraph,
    wanted: depends,
    sink: collect,
    direct: false,
    reached: collect,
  });
  return targets.map((target, i) => {
    const gradient = found.get(target);
    if (gradient !== undefined) return gradient;
    if (allowUnused) return null as unknown as Tensor;
    throw new GraphError(
      message("grad", `the outputs do not depend on input ${i} ${shapeText(target.shape)}`, "Pass allowUnused: true to get null for it."),
    );
  });
}

function areSeeds(value: unknown): boolean {
  return value instanceof Tensor || (Array.isArray(value) && value.every((seed) => seed === null || seed instanceof Tensor));
}

/** @internal consumes the graph of a result, as backward() does */
export function consume(x: Tensor): void {
  const origin = x.origin as Node | null;
  if (origin !== null && origin.released === null) origin.graph.root().consume();
}

/** Keeps the gradient of an intermediate result in its `grad` during backward(). @returns x */
export function retainGrad(x: Tensor): Tensor {
  checkTensorArity("retainGrad", arguments.length, 1);
  checkTensor("retainGrad", "x", x);
  checkDifferentiable("retainGrad", x);
  if (x.origin !== null) (x.origin as Node).keepGradient = true;
  return x;
}

/**
 * A tensor with the same elements that does not belong to the graph: no gradient flows through it. Nothing is copied: both share their
 * memory, so that a change of one in place (`fill`, `assign`, an optimizer's step) is seen in the other. For a copy write
 * `x.detach().clone()`.
 * @throws ReleasedError
 * @example x.mul(2).detach()
 */
export function detach(x: Tensor): Tensor {
  checkTensorArity("detach", arguments.length, 1);
  if (!(x instanceof Tensor)) return describeCall("detach", "x", x, [x]);
  if (x.storage.at === 0 && x.storage.host === null) throw x.storage.releasedError();
  x.storage.keep = true;
  return new Tensor(x.storage, x.shape);
}

function accumulate(leaf: Tensor, gradient: Tensor): void {
  if (leaf instanceof Parameter) {
    gradient.storage.hold();
    leaf.accumulate(gradient);
    gradient.storage.drop();
    return;
  }
  recorder?.refuse("a tensor that is no Parameter gets a gradient");
  const before = leaf.gradient;
  leaf.gradient = within(null, false, () => addGradients(before ?? gradient, before === null ? null : gradient));
}

function accumulateRecorded(leaf: Tensor, gradient: Tensor): void {
  recorder?.refuse("createGraph keeps gradients for later");
  const before = leaf.grad;
  const sum = before === null ? gradient : addGradients(before, gradient);
  // The gradient stays readable when its graph is released, as other gradients do.
  sum.storage.keep = true;
  leaf.grad = sum;
}

/** Makes a function that tells whether a tensor is one of the targets or was computed from one. */
function dependents(targets: readonly Tensor[]): (input: Tensor) => boolean {
  const known = new Map<Tensor, boolean>();
  for (const target of targets) known.set(target, true);
  const visit = (start: Tensor): boolean => {
    // Depth first without recursion, because graphs of recurrent networks are deeper than JavaScript's stack.
    const stack = [start];
    while (stack.length > 0) {
      const tensor = stack[stack.length - 1];
      const inputs = tensor.origin === null || !participates(tensor) ? [] : (tensor.origin as Node).inputs;
      let open = false;
      let depends = known.get(tensor) ?? false;
      for (const input of inputs) {
        if (depends || input === null) break;
        const answer = known.get(input);
        if (answer === undefined) {
          stack.push(input);
          open = true;
          break;
        }
        depends ||= answer;
      }
      if (open) continue;
      known.set(tensor, depends);
      stack.pop();
    }
    return known.get(start) as boolean;
  };
  return (input) => participates(input) && visit(input);
}

function checkDifferentiable(op: string, x: Tensor): void {
  if (x.requiresGrad) return;
  throw new GraphError(
    message(
      op,
      `this tensor ${shapeText(x.shape)} needs no gradient: it was made without requiresGrad, computed from such tensors or under noGrad, or detached`,
      "Use Parameters, or tensor(values, { requiresGrad: true }).",
    ),
  );
}

function seedFor(op: string, x: Tensor, gradient: Tensor | null | undefined): Tensor {
  if (gradient == null) {
    if (x.size !== 1) {
      throw new ShapeError(
        message(
          op,
          `only a scalar starts backprop by itself; this tensor has shape ${shapeText(x.shape)}`,
          "Reduce it with sum() or mean(), or pass the gradient to start from.",
        ),
      );
    }
    return new Tensor(dataStorage(x.dtype, allocateArray(x.dtype, 1).fill(1), op), x.shape);
  }
  if (!sameShape(gradient.shape, x.shape)) {
    throw new ShapeError(message(op, `the gradient to start from has shape ${shapeText(gradient.shape)}; expected ${shapeText(x.shape)}`));
  }
  if (gradient.dtype !== x.dtype) {
    throw new DTypeError(
      message(op, `the gradient to start from has dtype ${gradient.dtype}; expected ${x.dtype}`, `Convert it with cast("${x.dtype}").`),
    );
  }
  // A parameter's gradient stands where this run may write the next one.
  return gradient.storage.companion === null ? gradient : within(null, false, () => addGradients(gradient, null));
}
