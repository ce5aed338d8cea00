import { ArgumentError, DivergedError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { Parameter } from "../graph/parameter.js";
import { recorder } from "../kernels/recorder.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import { clipAdaptively, LEAST_NORM } from "./adaptiveClipping.js";
import { reportFirst } from "./finiteGradients.js";
import { clampGradient, GradientNorm } from "./gradientNorm.js";
import { epsilon } from "./options.js";

const params = option<Parameter | Iterable<Parameter>, { required: true }>("parameters", isList, {
  required: true,
  mend: () => "Pass model.parameters().",
} as { required: true });

const CLIP_GRAD_NORM = declare(
  "clipGradNorm",
  {
    /** p > 0 of the norm (Σ |g|ᵖ)^(1/p), Infinity for max |g|. Default 2. */
    normType: number({ default: 2, above: 0, infinite: true, aka: ["p", "order"] }),
    /** Throw, and scale nothing, where a gradient or the norm is NaN or infinite. Default false. */
    errorIfNonFinite: flag({ default: false }),
  },
  { params, maxNorm: number({ required: true, min: 0, infinite: true }) },
);

const CLIP_GRAD_ADAPTIVE = declare(
  "clipGradAdaptive",
  {
    /** > 0: the least norm that a unit's weights count with. Default 1e-3. */
    epsilon: epsilon(LEAST_NORM),
  },
  { params, clipping: number({ default: 0.01, above: 0, aka: ["clipFactor"] }) },
);

const CLIP_GRAD_VALUE = declare("clipGradValue", {}, { params, clipValue: number({ required: true, min: 0, infinite: true }) });

export interface ClipGradNormOptions extends OptionsOf<typeof CLIP_GRAD_NORM> {}

export interface ClipGradAdaptiveOptions extends OptionsOf<typeof CLIP_GRAD_ADAPTIVE> {}

/**
 * Scales all gradients by one factor so that their norm, taken over all elements of all tensors, is at most `maxNorm`:
 * g ← g · min(1, maxNorm / (‖g‖ + 10⁻⁶)). Parameters without a gradient do not count.
 *
 * As torch.nn.utils.clip_grad_norm_, except that Σ g² is added in float64, so that a large gradient does not overflow, and
 * that a parameter listed twice counts once.
 * (Pascanu, Mikolov, Bengio, arXiv 1211.5063.)
 *
 * In a loop of your own it is also the way to notice a gradient that is NaN or infinite before the update: `step` itself does not
 * look, as in PyTorch. `fit` always does.
 *
 * @param params one parameter or many
 * @param maxNorm ≥ 0; Infinity only measures
 * @param options.normType p > 0 of the norm, Infinity for max |g|; default 2
 * @param options.errorIfNonFinite throw where a gradient is NaN or infinite; default false. A captured step may do so with normType 2
 * @returns the norm before clipping; in a captured step that of the recording
 * @throws ArgumentError; DivergedError with errorIfNonFinite: nothing is changed
 * @example
 * loss.backward();
 * clipGradNorm(model.parameters(), 1);
 * optimizer.step();
 * @example
 * loss.backward();
 * clipGradNorm(model.parameters(), Infinity, { errorIfNonFinite: true });
 * optimizer.step();
 */
export function clipGradNorm(params: Parameter | Iterable<Parameter>, maxNorm: number, options?: ClipGradNormOptions): number;
export function clipGradNorm(...args: unknown[]): number {
  const { params, maxNorm, normType, errorIfNonFinite } = CLIP_GRAD_NORM.read(args);
  const clipped = withGradient("clipGradNorm", params);
  if (clipped.length === 0) return 0;
  if (normType !== 2) recorder?.refuse("clipGradNorm computes in JavaScript for this normType");
  const norms = new GradientNorm(clipped, true);
  try {
    if (normType === 2) norms.measure(maxNorm, errorIfNonFinite ? reportGradient : null);
    const norm = normType === 2 ? norms.norm : norms.measureBy(normType, maxNorm);
    if (errorIfNonFinite && !Number.isFinite(norm)) {
      reportFirst(clipped, reportGradient);
      const mend = "Choose normType: Infinity, or scale the loss down.";
      throw new DivergedError(message("clipGradNorm", `the norm of the gradients is ${norm}, although each is finite`, mend));
    }
    if (maxNorm < Infinity) norms.scale("clipGradNorm");
    return norm;
  } finally {
    norms.release();
  }
}

/**
 * Limits every element of all gradients to [−clipValue, clipValue]; NaN stays. As torch.nn.utils.clip_grad_value_.
 * @param params one parameter or many
 * @param clipValue ≥ 0
 * @throws ArgumentError
 * @example clipGradValue(model.parameters(), 0.5);
 */
export function clipGradValue(params: Parameter | Iterable<Parameter>, clipValue: number): void;
export function clipGradValue(...args: unknown[]): void {
  const { params, clipValue } = CLIP_GRAD_VALUE.read(args);
  for (const parameter of withGradient("clipGradValue", params)) clampGradient(parameter, clipValue, "clipGradValue");
}

/**
 * Adaptive gradient clipping: scales the gradient of each unit so that its norm is at most `clipping` times the norm of its weights,
 * g ← g · min(1, clipping · max(‖w‖, ε) / ‖g‖). With it, networks without batch norm train at large rates.
 *
 * A unit is what one element of the first axis holds: a row of a dense layer's weights [out, in], the kernels of one output channel
 * [out, in, height, width]. A vector, such as a bias, is one unit. The paper does not clip the last layer: leave its parameters out.
 *
 * Brock, De, Smith, Simonyan: High-Performance Large-Scale Image Recognition Without Normalization (arXiv 2102.06171).
 *
 * @param params one parameter or many; those without a gradient are left alone
 * @param clipping > 0; default 0.01
 * @param options.epsilon > 0, the least norm that a unit's weights count with; default 1e-3
 * @throws ArgumentError
 * @example
 * loss.backward();
 * clipGradAdaptive(model.parameters(), 0.01);
 * optimizer.step();
 */
export function clipGradAdaptive(params: Parameter | Iterable<Parameter>, clipping?: number, options?: ClipGradAdaptiveOptions): void;
export function clipGradAdaptive(...args: unknown[]): void {
  const { params, clipping, epsilon } = CLIP_GRAD_ADAPTIVE.read(args);
  for (const parameter of withGradient("clipGradAdaptive", params)) clipAdaptively(parameter, clipping, epsilon, "clipGradAdaptive");
}

function reportGradient({ path, shape }: Parameter, value: number): never {
  const name = path === "" ? `a parameter ${shapeText(shape)}` : path;
  throw new DivergedError(
    message(
      "clipGradNorm",
      `the gradient of ${name} is ${value}; expected finite numbers`,
      "Lower learningRate, or look for a root, a logarithm or a quotient that may be taken at 0.",
    ),
  );
}

/** The parameters that have a gradient, each once. @throws ArgumentError for anything but parameters */
function withGradient(op: string, params: Parameter | Iterable<Parameter>): Parameter[] {
  const all = params instanceof Parameter ? [params] : [...new Set(params)];
  for (const parameter of all) {
    if (parameter instanceof Parameter) continue;
    throw new ArgumentError(message(op, `found ${kindText(parameter)}; expected parameters`, "Pass model.parameters()."));
  }
  if (recorder !== null) for (const parameter of all) recorder.meets(parameter);
  return all.filter(({ hasGradient, size }) => hasGradient && size > 0);
}

function isList(value: unknown): boolean {
  return value !== null && typeof value === "object" && (value instanceof Parameter || Symbol.iterator in value);
}
