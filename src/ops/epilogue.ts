import * as kernels from "../kernels/generated.js";
import type { DType } from "../memory/views.js";
import type { Tensor } from "../tensor/tensor.js";
import { eluGrad, leakyReluGrad, reluGrad, tanhGrad } from "./activationGradients.js";

/** An activation that a product applies to its result while it is still in the cache. */
export interface Epilogue {
  readonly name: EpilogueName;
  /** α of elu, slope of leakyRelu; unused by the others. */
  readonly parameter: number;
}

interface Rule {
  /** In place over n elements at `x`; null: gemm does it while it writes them. */
  readonly apply: ((x: number, n: number, parameter: number, dtype: DType) => void) | null;
  /** out = g · act′, told from the activation's result y; out may be g. */
  readonly gradient: (g: number, y: number, out: number, n: number, parameter: number, dtype: DType) => void;
  /** The same as an operation. */
  readonly formula: (g: Tensor, y: Tensor, parameter: number) => Tensor;
  /** The option that sets the parameter, its default, and for which values the result tells the gradient. */
  readonly parameter?: { readonly name: string; readonly default: number; readonly fits: (value: number) => boolean };
}

const notNegative = (value: number) => value >= 0 && Number.isFinite(value);

/**
 * Activations whose gradient can be told from their result alone, so that what they were given need not be kept. Not sigmoid and
 * softmax: a loss looks for the node that they leave (see nn/logits.ts).
 */
const RULES = {
  relu: {
    apply: null,
    gradient: (g, saved, out, n, _, dtype) => kernels.reluGrad({ g, saved, out }, 0, n, dtype),
    formula: reluGrad,
  },
  tanh: {
    apply: (x, n, _, dtype) => kernels.tanh({ x, out: x }, 0, n, dtype),
    gradient: (g, saved, out, n, _, dtype) => kernels.tanhGrad({ g, saved, out }, 0, n, dtype),
    formula: tanhGrad,
  },
  elu: {
    apply: (x, n, alpha, dtype) => kernels.elu({ x, out: x, alpha }, 0, n, dtype),
    gradient: (g, saved, out, n, alpha, dtype) => kernels.eluGrad({ g, saved, out, alpha }, 0, n, dtype),
    formula: (g, y, alpha) => eluGrad(g, y, { alpha }),
    parameter: { name: "alpha", default: 1, fits: notNegative },
  },
  leakyRelu: {
    apply: (x, n, slope, dtype) => kernels.leakyRelu({ x, out: x, slope }, 0, n, dtype),
    gradient: (g, saved, out, n, slope, dtype) => kernels.leakyReluGrad({ g, saved, out, slope }, 0, n, dtype),
    formula: (g, y, slope) => leakyReluGrad(g, y, { slope }),
    parameter: { name: "slope", default: 0.01, fits: notNegative },
  },
} satisfies Record<string, Rule>;

export type EpilogueName = keyof typeof RULES;

/** How an epilogue is computed. */
export function ruleOf({ name }: Epilogue): Rule {
  return RULES[name];
}

/** The epilogue of that name with those options, or null where the activation has to be an operation of its own. */
export function epilogueOf(name: string, options: Readonly<Record<string, unknown>>): Epilogue | null {
  if (!Object.hasOwn(RULES, name)) return null;
  const { parameter }: Rule = RULES[name as EpilogueName];
  if (parameter === undefined) return { name: name as EpilogueName, parameter: 0 };
  const value = options[parameter.name] ?? parameter.default;
  return typeof value === "number" && parameter.fits(value) ? { name: name as EpilogueName, parameter: value } : null;
}
