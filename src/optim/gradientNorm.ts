import type { Parameter } from "../graph/parameter.js";
import { CHUNK } from "../kernels/generated/constants.js";
import * as kernels from "../kernels/generated.js";
import { checked } from "../kernels/recorder.js";
import { allocate, allocateTemporary, release, releaseTemporary } from "../memory/heap.js";
import { views } from "../memory/memory.js";
import { BYTES } from "../memory/views.js";
import { type ReportGradient, reportFirst } from "./finiteGradients.js";

/** The places of a factor. */
interface FactorCopies {
  readonly factor: number;
  readonly count: number;
  readonly stride: number;
}

/** The common norm of some parameters' gradients, and the factor that clips it. Holds linear memory until `release`, or until its block is given back. */
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

  /**
   * Measures the norm, and writes the factor. Nothing is read back.
   * @param report throws the error of a gradient that is not finite; null: nothing is reported
   * @param copies where the factor is written, how often, and how many bytes apart
   */
  measure(
    maxNorm: number,
    report: ReportGradient | null = null,
    copies: FactorCopies = { factor: this.factorAt, count: 1, stride: 8 },
  ): void {
    const { parameters } = this;
    let out = this.#at;
    for (let i = 0; i < parameters.length; i++) {
      const { size, dtype } = parameters[i];
      const chunks = chunksOf(size);
      kernels.sumSquares({ x: parameters[i].gradientStorage().at, out, length: size }, 0, chunks, dtype);
      out += 8 * chunks;
    }
    kernels.clipFactor({ x: this.#at, norm: out, length: this.#chunks, report: report === null ? 0 : 1, maxNorm, ...copies }, 0, 1);
    if (report !== null) checked(() => reportFirst(parameters, report));
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
      parameter.gradientChanged(op);
    }
  }

  /** The memory that it holds. */
  get block(): { readonly at: number; readonly bytes: number } {
    return { at: this.#at, bytes: this.#bytes };
  }

  release(): void {
    releaseTemporary(this.#at, this.#bytes);
  }
}

function chunksOf(size: number): number {
  return Math.ceil(size / CHUNK);
}

/** Limits the elements of one gradient */
export function clampGradient(parameter: Parameter, clipValue: number, op: string): void {
  const { at } = parameter.gradientStorage();
  kernels.clamp({ x: at, out: at, min: -clipValue, max: clipValue }, 0, parameter.size, parameter.dtype);
  parameter.gradientChanged(op);
}
