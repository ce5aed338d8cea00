import { defineOp } from "../graph/define.js";
import type { BackwardPass } from "../graph/pass.js";
import { inputUnits, outputUnits, weightParts, weightSize, weightUnits } from "../kernels/convolutions.js";
import { Activation } from "../kernels/generated/constants.js";
import type { ConvArgs } from "../kernels/generated.js";
import * as kernels from "../kernels/generated.js";
import { withTemporaries } from "../memory/temporaries.js";
import { BYTES, type DType } from "../memory/views.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor, TensorMeta } from "../tensor/tensor.js";
import type { Fused } from "./activation.js";
import { runWinogradInput, runWinogradOutput, runWinogradWeight, suitsWinograd } from "./winograd.js";

/**
 * The three products of a convolution. Input x, weight and output y belong together by one geometry; each follows from the two others, and
 * the gradients of each are the two others. So all can be differentiated any number of times.
 */

/** How input, kernel and output of a convolution lie to each other. The arrays have a number for each spatial axis, one to three. */
export interface Geometry {
  readonly input: readonly number[];
  readonly kernel: readonly number[];
  readonly output: readonly number[];
  /** From window to window. */
  readonly stride: readonly number[];
  /** Zeros before the input; how many stand behind it follows from the output. */
  readonly padding: readonly number[];
  /** From element to element of a window. */
  readonly dilation: readonly number[];
  /** Groups of channels, each with filters of its own. */
  readonly groups: number;
}

interface Attributes {
  readonly geometry: Geometry;
  /** What is applied to the result; null: nothing. */
  readonly activation: Fused | null;
}

type Product = (a: Tensor, weight: Tensor, bias: Tensor | null, geometry: Geometry, activation?: Fused | null) => Tensor;

/**
 * y[n, f, o] = act(Σ x[n, c, o · stride − padding + k · dilation] · weight[f, c, k] + bias[f]) over c and k
 * Shape:     x [n, groups · channels, ...input], weight [groups · filters, channels, ...kernel], bias [groups · filters] or null
 *            → [n, groups · filters, ...output]
 */
export const convolve: Product = (x, weight, bias, geometry, activation = null) => forwardOp(x, weight, bias, { geometry, activation });

/**
 * The transposed convolution, which is the gradient of x: x[n, c, i] = act(Σ y[n, f, o] · weight[f, c, k] + bias[c]) over all f, o, k that
 * meet i.
 * Shape:     y [n, groups · filters, ...output], weight as above, bias [groups · channels] or null → [n, groups · channels, ...input]
 */
export const convolveInput: Product = (y, weight, bias, geometry, activation = null) => inputOp(y, weight, bias, { geometry, activation });

/**
 * The gradient of weight: weight[f, c, k] = Σ y[n, f, o] · x[n, c, i] over n and o
 * Shape:     y and x as above → [groups · filters, channels, ...kernel]
 */
export const convolveWeight = (y: Tensor, x: Tensor, geometry: Geometry): Tensor => weightOp(y, x, { geometry, activation: null });

const forwardOp: (x: Tensor, weight: Tensor, bias: Tensor | null, attributes: Attributes) => Tensor = defineOp({
  name: "conv",
  inputs: ["x", "weight", "bias?"],
  save: ["x", "weight", "out"],
  shape: ({ x, weight }, { geometry }: Attributes) => [x.shape[0], weight.shape[0], ...geometry.output],
  forward: ({ x, weight, bias, out }, { geometry, activation }) => {
    runConvOutput(x, weight, out, geometry, { bias: bias?.at, act: activation?.act });
    activation?.finish(out);
  },
  grad: {
    x: (g, { weight, out }, { geometry, activation }) => convolveInput(through(g, out, activation), weight, null, geometry),
    weight: (g, { x, out }, { geometry, activation }) => convolveWeight(through(g, out, activation), x, geometry),
    bias: (g, { out }, { activation }) => overChannels(through(g, out, activation)),
  },
  backward: (pass, { x, weight, out }, { geometry, activation }) => {
    const d = activation === null ? pass.g : activation.back(pass, out);
    if (pass.wanted("x")) {
      const { at, beta } = pass.into("x");
      runConvInput(d, weight, { at, shape: x.shape }, geometry, { beta });
    }
    if (pass.wanted("weight")) {
      const { at, beta } = pass.into("weight");
      runConvWeight(d, x, { at, shape: weight.shape }, geometry, { beta });
    }
    biasGradient(pass, d);
  },
});

const inputOp: (y: Tensor, weight: Tensor, bias: Tensor | null, attributes: Attributes) => Tensor = defineOp({
  name: "convTranspose",
  inputs: ["y", "weight", "bias?"],
  save: ["y", "weight", "out"],
  shape: ({ y, weight }, { geometry }: Attributes) => [y.shape[0], weight.shape[1] * geometry.groups, ...geometry.input],
  forward: ({ y, weight, bias, out }, { geometry, activation }) => {
    runConvInput(y, weight, out, geometry, { bias: bias?.at, act: activation?.act });
    activation?.finish(out);
  },
  grad: {
    y: (g, { weight, out }, { geometry, activation }) => convolve(through(g, out, activation), weight, null, geometry),
    weight: (g, { y, out }, { geometry, activation }) => convolveWeight(y, through(g, out, activation), geometry),
    bias: (g, { out }, { activation }) => overChannels(through(g, out, activation)),
  },
  backward: (pass, { y, weight, out }, { geometry, activation }) => {
    const d = activation === null ? pass.g : activation.back(pass, out);
    if (pass.wanted("y")) {
      const { at, beta } = pass.into("y");
      runConvOutput(d, weight, { at, shape: y.shape }, geometry, { beta });
    }
    if (pass.wanted("weight")) {
      const { at, beta } = pass.into("weight");
      runConvWeight(y, d, { at, shape: weight.shape }, geometry, { beta });
    }
    biasGradient(pass, d);
  },
});

const weightOp: (y: Tensor, x: Tensor, attributes: Attributes) => Tensor = defineOp({
  name: "convWeight",
  inputs: ["y", "x"],
  save: ["y", "x"],
  shape: ({ y, x }, { geometry }: Attributes) => [y.shape[1], x.shape[1] / geometry.groups, ...geometry.kernel],
  forward: ({ y, x, out }, { geometry }) => runConvWeight(y, x, out, geometry, {}),
  grad: {
    y: (g, { x }, { geometry }) => convolve(x, g, null, geometry),
    x: (g, { y }, { geometry }) => convolveInput(y, g, null, geometry),
  },
});

/** The result of a product: where it goes, and its shape. */
interface Target {
  readonly at: number;
  readonly shape: Shape;
}

/** What a product adds to its record beside the operands. */
interface Extras {
  readonly bias?: number;
  readonly beta?: number;
  readonly act?: number;
}

function runConvOutput(x: Tensor, weight: Tensor, y: Target, geometry: Geometry, extras: Extras): void {
  const args = record(x, weight, y, geometry, extras);
  if (suitsWinograd(args, x.dtype)) runWinogradOutput(args);
  else kernels.convOutput(args, 0, outputUnits(args), x.dtype);
}

function runConvInput(y: Tensor, weight: Tensor, x: Target, geometry: Geometry, extras: Extras): void {
  const args = record(x, weight, y, geometry, extras);
  if (suitsWinograd(args, y.dtype)) runWinogradInput(args);
  else kernels.convInput(args, 0, inputUnits(args), y.dtype);
}

function runConvWeight(y: Tensor, x: Tensor, weight: Target, geometry: Geometry, extras: Extras): void {
  const args = record(x, weight, y, geometry, extras);
  if (suitsWinograd(args, y.dtype)) {
    runWinogradWeight(args);
    return;
  }
  const parts = weightParts(args);
  if (parts === 1) kernels.convWeight(args, 0, weightUnits(args), y.dtype);
  else runInParts(args, parts, y.dtype);
}

/** The gradient of a weight as the sum of several, each over a part of the samples. */
function runInParts(args: ConvArgs, parts: number, dtype: DType): void {
  const size = weightSize(args);
  withTemporaries((take) => {
    const partials = take(parts * size * BYTES[dtype]);
    const parted = { ...args, weight: partials, parts, beta: 0 };
    kernels.convWeight(parted, 0, weightUnits(parted), dtype);
    kernels.sum({ x: partials, out: args.weight, reduced: parts, inner: size, divisor: 1, beta: args.beta }, 0, size, dtype);
  });
}

function record(x: Target, weight: Target, y: Target, geometry: Geometry, { bias = 0, beta = 0, act = Activation.None }: Extras): ConvArgs {
  const { groups } = geometry;
  const [d, h, w] = three(geometry.input, 1);
  const [od, oh, ow] = three(geometry.output, 1);
  const [kd, kh, kw] = three(geometry.kernel, 1);
  const [strideD, strideH, strideW] = three(geometry.stride, 1);
  const [padD, padH, padW] = three(geometry.padding, 0);
  const [dilationD, dilationH, dilationW] = three(geometry.dilation, 1);
  const [n, channels] = [x.shape[0], weight.shape[1]];
  const filters = weight.shape[0] / groups;
  return {
    ...{ x: x.at, weight: weight.at, y: y.at, bias, n, groups, channels, filters, d, h, w, od, oh, ow, kd, kh, kw },
    ...{ strideD, strideH, strideW, padD, padH, padW, dilationD, dilationH, dilationW, parts: 1, beta, act },
  };
}

/** Numbers for three axes: those of missing axes, which come first, are `missing`. */
function three(numbers: readonly number[], missing: number): readonly number[] {
  return [missing, missing, ...numbers].slice(-3);
}

function through(g: Tensor, out: Tensor | TensorMeta, activation: Fused | null): Tensor {
  return activation === null ? g : activation.derivative(g, out as Tensor);
}

/** Sums over all axes but that of the channels. */
function overChannels(g: Tensor): Tensor {
  return g.sum(g.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])));
}

function biasGradient(pass: BackwardPass<"bias">, d: Tensor): void {
  if (!pass.wanted("bias")) return;
  const [n, channels] = d.shape;
  const { at, beta } = pass.into("bias");
  const size = d.shape.slice(2).reduce((product, extent) => product * extent, 1);
  kernels.convBias({ y: d.at, out: at, n, channels, size, beta }, 0, channels, d.dtype);
}
