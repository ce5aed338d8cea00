import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import { Parameter } from "../graph/parameter.js";
import { assign } from "../ops/inplace.js";
import { variance } from "../ops/reduce.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { callable, count, flag, number } from "../options/kinds.js";
import { tensorList } from "../tensor/check.js";
import type { Tensor } from "../tensor/tensor.js";
import { nameOf } from "./architecture.js";
import { build } from "./forward.js";
import { checkModule, initialize } from "./initialize.js";
import { orthogonal } from "./initializers/orthogonal.js";
import { Layer } from "./layer.js";
import { evaluating } from "./modes.js";
import type { Module } from "./module.js";

const LSUV = declare("lsuv", {
  /** How far from 1 a variance may stay, > 0. Default 0.1. */
  tolerance: number({ default: 0.1, above: 0, aka: ["tol"] }),
  /** How often the weight of one layer is scaled at most, whole, ≥ 1. Default 10. */
  maxIterations: count({ default: 10, aka: ["maxIter"] }),
  /** Whether weights start orthogonal; else they are scaled as they are. Default true. */
  orthogonal: flag({ default: true }),
  /** Which layers take part, of the dense ones and the convolutions. Default all. */
  filter: callable<(layer: Module, path: string) => boolean>()("a function of a layer and its path", { default: undefined }),
});

/** Options of `lsuv`. */
export interface LsuvOptions extends OptionsOf<typeof LSUV> {}

/** What `lsuv` did to a layer. */
export interface LsuvRow {
  /** Its place in the model. */
  readonly path: string;
  /** What it is: "Dense". */
  readonly type: string;
  /** The variance of its result, without activation, before its weight was scaled. */
  readonly before: number;
  /** And now. */
  readonly after: number;
  /** How often the weight was scaled. */
  readonly iterations: number;
  /** Whether the variance is 1, within the tolerance. A result that is constant cannot be scaled. */
  readonly converged: boolean;
}

/**
 * Layer-sequential unit variance: initial weights by the data. Layer after layer gets an orthogonal weight, which is divided by the
 * standard deviation of the layer's result on a batch, before its activation, until its variance is 1. Mishkin and Matas,
 * arXiv 1511.06422.
 *
 * `Dense`, `Linear` and convolutions take part, in the order in which the model calls them; one that is called several times counts
 * once. The model runs once for each, in evaluation, so that nothing is dropped. Biases stay as they are.
 * @param model any module; lazy layers are built
 * @param x a batch, or an array of inputs: some hundred samples as the model will see them
 * @param options.tolerance how far from 1 a variance may stay, > 0, default 0.1
 * @param options.maxIterations whole number ≥ 1, default 10
 * @param options.orthogonal false scales the weights as they are, default true
 * @param options.filter which layers take part, default all
 * @returns a row for each layer
 * @throws ArgumentError for what is no module, no tensor or no option, and where no layer takes part
 * @example
 * const net = new Sequential([new Dense(32, { activation: "relu" }), new Dense(8)]);
 * lsuv(net, randn([200, 16])).every(({ converged }) => converged)   // true
 */
export function lsuv(model: Module, x: Tensor | readonly Tensor[], options?: LsuvOptions): LsuvRow[] {
  checkArity("lsuv", arguments.length, 3);
  checkModule("lsuv", model);
  const inputs = tensorList("lsuv", "the inputs", x);
  const settings = LSUV.readOptions(options);
  return evaluating([...model.namedModules().values()], () => {
    const layers = calledLayers(model, inputs).filter((layer) => settings.filter?.(layer, layer.path) ?? true);
    if (layers.length === 0) throw new ArgumentError(message("lsuv", "no layer takes part; expected a Dense, a Linear or a convolution"));
    return layers.map((layer) => {
      if (settings.orthogonal) initialize(layer, orthogonal(), (parameter) => parameter === layer.weight);
      return { path: layer.path, type: nameOf(layer), ...scale(layer, inputsOf(layer, model, inputs), settings) };
    });
  });
}

type Weighted = Layer & { readonly weight: Parameter };

/** What a layer calls the extent of its result, if it multiplies by a weight. */
const EXTENTS = ["units", "outFeatures", "outChannels"];

function isWeighted(module: Module): module is Weighted {
  if (!(module instanceof Layer)) return false;
  const { weight, settings } = module as unknown as { weight?: unknown; settings: object };
  return weight instanceof Parameter && EXTENTS.some((name) => name in settings);
}

/** The layers with a weight, in the order of their first calls. */
function calledLayers(model: Module, inputs: readonly Tensor[]): Weighted[] {
  // Lazy layers have a weight when they have run.
  const called = new Set<Module>();
  const removes = [...model.namedModules().values()].map((module) =>
    module.registerForwardHook(() => {
      called.add(module);
    }),
  );
  run(model, inputs, removes);
  return [...called].filter(isWeighted);
}

/** What a layer is given in its first call. */
function inputsOf(layer: Weighted, model: Module, inputs: readonly Tensor[]): Tensor[] {
  let given: Tensor[] | null = null;
  const removes = [
    layer.registerForwardPreHook((_, seen) => {
      given ??= (seen as Tensor[]).map((each) => each.detach());
      return undefined;
    }),
  ];
  return noGrad(() => {
    run(model, inputs, removes);
    return given as unknown as Tensor[];
  });
}

function run(model: Module, inputs: readonly Tensor[], removes: readonly (() => void)[]): void {
  try {
    noGrad(() => model.forward(...inputs));
  } finally {
    for (const remove of removes) remove();
  }
}

function scale(
  layer: Weighted,
  given: readonly Tensor[],
  { tolerance, maxIterations }: { tolerance: number; maxIterations: number },
): Pick<LsuvRow, "before" | "after" | "iterations" | "converged"> {
  const { weight } = layer;
  const linear = withoutActivation(layer, given[0]);
  const measure = (): number => noGrad(() => variance(linear.forward(...given) as Tensor, { correction: 0 })).item();
  const before = measure();
  let after = before;
  let iterations = 0;
  while (Math.abs(after - 1) > tolerance && after > 0 && Number.isFinite(after) && iterations < maxIterations) {
    assign(
      weight,
      noGrad(() => weight.div(Math.sqrt(after))),
    );
    after = measure();
    iterations++;
  }
  return { before, after, iterations, converged: Math.abs(after - 1) <= tolerance };
}

/** The same layer with the same parameters, whose activation is left out. */
function withoutActivation(layer: Weighted, input: Tensor): Module {
  const { settings } = layer as unknown as { settings: Record<string, unknown> };
  if (!("activation" in settings)) return layer;
  const linear = (layer.constructor as typeof Layer & (new (...args: never[]) => Layer)).fromConfig({ ...settings, activation: "linear" });
  build(linear, input.shape);
  const { weight, bias } = layer as Weighted & { bias?: Parameter | null };
  return Object.assign(linear, { weight, bias }).eval();
}
