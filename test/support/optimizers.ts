import { onTestFinished } from "vitest";
import { type DType, Parameter, tensor } from "../../src/index.js";
import { ClosureOptimizer } from "../../src/optim/closure.js";
import { type Optimizer, type OptimizerParameters, optimizers } from "../../src/optim/index.js";
import { WrappingOptimizer } from "../../src/optim/wrapping.js";
import type { Declared } from "../../src/options/declare.js";
import { normals } from "./kernels.js";

type Options = Record<string, unknown>;
/** An optimizer's class, whatever its options. */
export interface OptimizerClass {
  new (params?: OptimizerParameters<object> | Options, options?: Options): Optimizer;
  readonly options: { readonly options: Declared };
  readonly type: string;
}

type Make = (params?: OptimizerParameters<object>, options?: Options) => Optimizer;

/** Every optimizer of the library by its name. */
export const allOptimizers = Object.entries(optimizers) as unknown as [string, OptimizerClass][];

/** Those whose step is made of the gradients that there are. */
export const registry = allOptimizers.filter(
  ([, { prototype }]) => !(prototype instanceof ClosureOptimizer || prototype instanceof WrappingOptimizer),
);

/** Those whose step evaluates the loss. */
export const closureRegistry = allOptimizers.filter(([, optimizer]) => optimizer.prototype instanceof ClosureOptimizer);

/** The names of an optimizer's flags. */
export function flagsOf({ options }: OptimizerClass): string[] {
  return Object.entries(options.options).flatMap(([name, option]) => (typeof option.default === "boolean" ? [name] : []));
}

/** Options with which an optimizer has all terms and states that can be combined: every option whose default is 0 or false is set. */
export function richOptions(optimizer: OptimizerClass): Options {
  const rich: Options = {};
  for (const [name, option] of Object.entries(optimizer.options.options)) {
    const value = option.default === 0 ? 0.25 : option.default === false && name !== "maximize" ? true : undefined;
    if (value !== undefined && isAccepted(optimizer, { ...rich, [name]: value })) rich[name] = value;
  }
  return rich;
}

export function isAccepted(optimizer: OptimizerClass, options: Options): boolean {
  try {
    new optimizer(options);
    return true;
  } catch {
    return false;
  }
}

/** Every optimizer with its defaults, with all terms that it can have, and with each of its flags. */
export const everyOptimizer: [string, Make][] = registry.flatMap(([name, optimizer]) => {
  // A decaying learning rate depends on the steps of all parameters, which the tests want apart.
  const { decay, ...rich } = richOptions(optimizer);
  const flags = flagsOf(optimizer).flatMap((flag) => {
    const options = [{ [flag]: true }, { momentum: 0.9, [flag]: true }].find((some) => isAccepted(optimizer, some));
    return options === undefined ? [] : [[`${name}, ${flag}`, options] as const];
  });
  const variants = [[name, {}], [`${name}, every term`, rich], ...flags] as const;
  return variants.map(([text, options]): [string, Make] => [
    text,
    (params, more) => {
      const all = { ...options, ...more };
      return disposedOf(params === undefined ? new optimizer(all) : new optimizer(params, all));
    },
  ]);
});

/** Gives an optimizer's memory back when the test is over: no collector runs between tests that never wait. */
export function disposedOf<T extends Optimizer>(optimizer: T): T {
  onTestFinished(() => optimizer.dispose());
  return optimizer;
}

/** Parameters of the given sizes, with normal random numbers. */
export function parameters(sizes: readonly number[], dtype: DType = "float32"): Parameter[] {
  return sizes.map((n, i) => new Parameter(tensor([...normals(n, 100 + i)], { dtype })));
}

/** Gives each parameter a gradient that depends on its position, its elements and the step. */
export function setGradients(params: readonly Parameter[], step: number): void {
  params.forEach((parameter, i) => {
    const noise = normals(parameter.size, 1000 * step + i);
    const data = [...parameter.data].map((x, j) => 0.5 * x + noise[j]);
    parameter.grad = tensor(data, { shape: parameter.shape, dtype: parameter.dtype });
  });
}

export const elements = (params: readonly Parameter[]): number[][] => params.map((parameter) => [...parameter.data]);
