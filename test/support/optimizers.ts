import { type DType, Parameter, tensor } from "../../src/index.js";
import { Adam, AdamW, type Optimizer, type OptimizerOptions, type OptimizerParameters, RMSprop, SGD } from "../../src/optim/index.js";
import { normals } from "./kernels.js";

type Make = (params?: OptimizerParameters<object>, clipping?: OptimizerOptions) => Optimizer;

/** Every optimizer, with every state it can have. */
export const everyOptimizer: [string, Make][] = [
  ["SGD", (params, clipping) => make(SGD, params, { weightDecay: 0.01, ...clipping })],
  ["SGD with momentum", (params, clipping) => make(SGD, params, { momentum: 0.9, dampening: 0.2, weightDecay: 0.01, ...clipping })],
  ["Adam", (params, clipping) => make(Adam, params, { learningRate: 0.01, weightDecay: 0.01, ...clipping })],
  ["Adam with AMSGrad", (params, clipping) => make(Adam, params, { learningRate: 0.01, amsgrad: true, ...clipping })],
  ["AdamW", (params, clipping) => make(AdamW, params, { learningRate: 0.01, ...clipping })],
  ["RMSprop", (params, clipping) => make(RMSprop, params, { weightDecay: 0.01, ...clipping })],
  ["RMSprop, centered, with momentum", (params, clipping) => make(RMSprop, params, { centered: true, momentum: 0.9, ...clipping })],
];

function make<O extends object>(
  kind: { new (options: O): Optimizer; new (params: OptimizerParameters<O>, options: O): Optimizer },
  params: OptimizerParameters<object> | undefined,
  options: O,
): Optimizer {
  return params ? new kind(params as OptimizerParameters<O>, options) : new kind(options);
}

/** Parameters of these sizes, normal numbers. */
export function parameters(sizes: readonly number[], dtype: DType = "float32"): Parameter[] {
  return sizes.map((n, i) => new Parameter(tensor([...normals(n, 100 + i)], { dtype })));
}

/** Gives each parameter a gradient that depends on its position, its elements and the step. */
export function setGradients(params: readonly Parameter[], step: number): void {
  params.forEach((parameter, i) => {
    const noise = normals(parameter.size, 1000 * step + i);
    const data = [...parameter.data].map((x, j) => 0.5 * x + noise[j]);
    parameter.grad = tensor(data, { dtype: parameter.dtype });
  });
}

export const elements = (params: readonly Parameter[]): number[][] => params.map((parameter) => [...parameter.data]);
