import { checkOptions } from "../errors/check.js";
import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { Parameter } from "../graph/parameter.js";
import { CHUNK } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { type Recorder, recorder } from "../kernels/recorder.js";
import { allocate, allocateTemporary, release, releaseTemporary } from "../memory/heap.js";
import { views } from "../memory/memory.js";
import { BYTES } from "../memory/views.js";
import { checkNumber } from "../tensor/check.js";

/**
 * Scales all gradients by one factor so that their norm, taken over all elements of all tensors, is at most `maxNorm`:
 * g ← g · min(1, maxNorm / (‖g‖ + 10⁻⁶)). Parameters without a gradient do not count.
 *
 * As torch.nn.utils.clip_grad_norm_, except that Σ g² is added in float64, so that a large gradient does not overflow, and
 * that a parameter listed twice counts once.
 * (Pascanu, Mikolov, Bengio, arXiv 1211.5063.)
 *
 * @param params one parameter or many
 * @param maxNorm ≥ 0; Infinity only measures
 * @param options.normType p ≥ 1 of the norm (Σ |g|ᵖ)^(1/p), Infinity for max |g|; default 2
 * @param options.errorIfNonFinite throw, and scale nothing, when the norm is NaN or infinite; default false
 * @returns the norm before clipping; in a captured step that of the recording
 * @throws ArgumentError
 * @example
 * loss.backward();
 * clipGradNorm(model.parameters(), 1);
 * optimizer.step();
 */
export function clipGradNorm(
  params: Parameter | Iterable<Parameter>,
  maxNorm: number,
  options: { normType?: number; errorIfNonFinite?: boolean } = {},
): number {
  checkOptions("clipGradNorm", options, ["normType", "errorIfNonFinite"]);
  const { normType = 2, errorIfNonFinite = false } = options;
  checkNumber("clipGradNorm", "maxNorm", maxNorm, "a number ≥ 0", (value) => value >= 0);
  checkNumber("clipGradNorm", "normType", normType, "a number ≥ 1", (value) => value >= 1);
  const clipped = withGradient("clipGradNorm", params);
  if (clipped.length === 0) return 0;
  if (normType !== 2 || errorIfNonFinite)
    recorder?.refuse("clipGradNorm computes in JavaScript for this normType, or with errorIfNonFinite");
  const norms = new GradientNorm(clipped, true);
  try {
    if (normType === 2) norms.measure(maxNorm);
    const norm = normType === 2 ? norms.norm : norms.measureBy(normType, maxNorm);
    if (errorIfNonFinite && !Number.isFinite(norm)) {
      throw new ArgumentError(
        message(
          "clipGradNorm",
          `the norm of the gradients is ${norm}`,
          "Lower learningRate, or look for the first tensor with a non-finite gradient.",
        ),
      );
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
export function clipGradValue(params: Parameter | Iterable<Parameter>, clipValue: number): void {
  checkNumber("clipGradValue", "clipValue", clipValue, "a number ≥ 0", (value) => value >= 0);
  for (const parameter of withGradient("clipGradValue", params)) clampGradient(parameter, clipValue, "clipGradValue");
}

/** @internal limits the elements of one gradient */
export function clampGradient(parameter: Parameter, clipValue: number, op: string): void {
  const { at } = parameter.gradientStorage();
  kernels.clamp({ x: at, out: at, min: -clipValue, max: clipValue }, 0, parameter.size, parameter.dtype);
  changed(parameter, op);
}

/** @internal The common norm of some parameters' gradients, and the factor that clips it. Holds linear memory until `release`. */
export class GradientNorm {
  /** The sums of squares of all chunks of all gradients, then the norm and the factor. */
  readonly #at: number;
  readonly #bytes: number;
  readonly #chunks: number;

  /** @param passing for one step only */
  constructor(
    readonly parameters: readonly Parameter[],
    passing = false,
  ) {
    this.#chunks = parameters.reduce((chunks, { size }) => chunks + chunksOf(size), 0);
    this.#bytes = 8 * (this.#chunks + 2);
    this.#at = (passing ? allocateTemporary : allocate)(this.#bytes);
  }

  /** Where the factor stands unless `measure` is told another place. */
  get factorAt(): number {
    return this.#at + 8 * (this.#chunks + 1);
  }

  /** The norm of order 2 measured last. */
  get norm(): number {
    return views.f64[this.#at / 8 + this.#chunks];
  }

  /** Measures the norm; its factor is written `count` times, `stride` bytes apart. Nothing is read back. */
  measure(maxNorm: number, factor = this.factorAt, count = 1, stride = 8): void {
    const { parameters } = this;
    let out = this.#at;
    for (let i = 0; i < parameters.length; i++) {
      const { size, dtype } = parameters[i];
      const chunks = chunksOf(size);
      kernels.sumSquares({ x: parameters[i].gradientStorage().at, out, length: size }, 0, chunks, dtype);
      out += 8 * chunks;
    }
    kernels.clipFactor({ x: this.#at, norm: out, factor, length: this.#chunks, count, stride, maxNorm }, 0, 1);
  }

  /** The norm of order p: as in PyTorch the norm of the tensors' norms, in float32 unless a tensor has float64. */
  measureBy(p: number, maxNorm: number): number {
    const { parameters } = this;
    const wide = parameters.some(({ dtype }) => dtype === "float64");
    const dtype = wide ? "float64" : "float32";
    const elements = wide ? views.f64 : views.f32;
    const bytes = BYTES[dtype] * (parameters.length + 1);
    const at = allocate(bytes);
    try {
      const first = at / BYTES[dtype];
      for (let i = 0; i < parameters.length; i++) {
        const x = parameters[i].gradientStorage().at;
        const narrow = parameters[i].dtype === "float32";
        // A float32 norm first lands in the scratch behind the list, then among its wider neighbours.
        const out = narrow && wide ? at + 8 * parameters.length : at + BYTES[dtype] * i;
        kernels.norm({ x, out, reduced: parameters[i].size, inner: 1, p }, 0, 1, parameters[i].dtype);
        if (narrow && wide) views.f64[first + i] = views.f32[out / 4];
      }
      const out = at + BYTES[dtype] * parameters.length;
      kernels.norm({ x: at, out, reduced: parameters.length, inner: 1, p }, 0, 1, dtype);
      const norm = elements[out / BYTES[dtype]];
      views.f64[this.factorAt / 8] = Math.min(1, maxNorm / (norm + 1e-6));
      return norm;
    } finally {
      release(at, bytes);
    }
  }

  /** Scales the gradients by the factor measured last. */
  scale(op: string): void {
    const factor = this.factorAt;
    // Tensor by tensor, not over what lies between them: a NaN factor would stay in the padding for good.
    for (const parameter of this.parameters) {
      kernels.scaleBy({ x: parameter.gradientStorage().at, factor }, 0, parameter.size, parameter.dtype);
      changed(parameter, op);
    }
  }

  /** Tells a recording that its kernels use this memory. */
  fix(recorder: Recorder): void {
    recorder.fix(this.#at, this.#bytes);
  }

  release(): void {
    releaseTemporary(this.#at, this.#bytes);
  }
}

function chunksOf(size: number): number {
  return Math.ceil(size / CHUNK);
}

function changed(parameter: Parameter, op: string): void {
  parameter.gradientStorage().changed(op);
  // What could be differentiated again was the gradient before it was clipped.
  parameter.gradient = null;
}

/** The parameters that have a gradient. @throws ArgumentError for anything but parameters */
function withGradient(op: string, params: Parameter | Iterable<Parameter>): Parameter[] {
  const all = params instanceof Parameter ? [params] : [...new Set(checkIterable(op, params))];
  for (const parameter of all) {
    if (!(parameter instanceof Parameter)) throw notParameters(op, parameter);
  }
  if (recorder !== null) for (const parameter of all) recorder.meets(parameter);
  return all.filter(({ hasGradient, size }) => hasGradient && size > 0);
}

function checkIterable(op: string, params: Iterable<Parameter>): Iterable<Parameter> {
  if (params !== null && typeof params === "object" && Symbol.iterator in params) return params;
  throw notParameters(op, params);
}

function notParameters(op: string, found: unknown): ArgumentError {
  return new ArgumentError(message(op, `found ${kindText(found)}; expected parameters`, "Pass model.parameters()."));
}
