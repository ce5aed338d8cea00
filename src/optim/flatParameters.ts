import type { Parameter } from "../graph/parameter.js";
import { blockView, type FloatArray } from "../memory/views.js";

/** The parameters of an optimizer as one vector, in JS memory; of float64 if a parameter is. */
export class FlatParameters {
  readonly size: number;
  readonly dtype: "float32" | "float64";
  readonly #Vector: Float32ArrayConstructor | Float64ArrayConstructor;

  constructor(readonly parameters: readonly Parameter[]) {
    this.size = parameters.reduce((sum, { size }) => sum + size, 0);
    this.dtype = parameters.some(({ dtype }) => dtype === "float64") ? "float64" : "float32";
    this.#Vector = this.dtype === "float64" ? Float64Array : Float32Array;
  }

  /** Zeros. */
  zeros(): FloatArray {
    return new this.#Vector(this.size);
  }

  /** A copy of the elements. */
  read(): FloatArray {
    return this.join((parameter) => elementsOf(parameter));
  }

  /** A copy of the gradients, with zeros for a parameter without one. */
  gradient(): FloatArray {
    return this.join((parameter) =>
      parameter.hasGradient ? blockView(parameter.dtype, parameter.gradientStorage().at, parameter.size) : null,
    );
  }

  /** Overwrites the elements. */
  write(x: FloatArray): void {
    this.#each((elements, from) => elements.set(x.subarray(from, from + elements.length)));
  }

  /** θ ← θ + t · d, as far as parameters are trained. */
  move(t: number, d: FloatArray): void {
    this.#each((elements, from) => {
      for (let i = 0; i < elements.length; i++) elements[i] += t * d[from + i];
    });
  }

  /** One vector of a part for each parameter; zeros where there is none. */
  join(partOf: (parameter: Parameter, i: number) => ArrayLike<number> | null): FloatArray {
    const joined = this.zeros();
    let from = 0;
    for (const [i, parameter] of this.parameters.entries()) {
      const part = partOf(parameter, i);
      if (part !== null) joined.set(part, from);
      from += parameter.size;
    }
    return joined;
  }

  /** The part of each parameter in a vector. */
  split(x: FloatArray): FloatArray[] {
    let from = 0;
    return this.parameters.map(({ size }) => {
      from += size;
      return x.subarray(from - size, from);
    });
  }

  #each(change: (elements: FloatArray, from: number) => void): void {
    let from = 0;
    for (const parameter of this.parameters) {
      if (parameter.requiresGrad) {
        change(elementsOf(parameter), from);
        parameter.storage.changed("step");
      }
      from += parameter.size;
    }
  }
}

function elementsOf(parameter: Parameter): FloatArray {
  const { storage, dtype, slot, size } = parameter;
  if (storage.lazy !== null) storage.settle();
  return blockView(dtype, slot.at, size) as FloatArray;
}

/** Σ xᵢ yᵢ, summed in float64 in four parts: their additions do not wait for each other. */
export function dot(x: FloatArray, y: FloatArray): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < x.length; i += 4) {
    a += x[i] * y[i];
    b += x[i + 1] * y[i + 1];
    c += x[i + 2] * y[i + 2];
    d += x[i + 3] * y[i + 3];
  }
  for (; i < x.length; i++) a += x[i] * y[i];
  return a + b + (c + d);
}

/** x ← x + t · y, in place. @returns x */
export function addTo(x: FloatArray, t: number, y: FloatArray): FloatArray {
  for (let i = 0; i < x.length; i++) x[i] += t * y[i];
  return x;
}

/** t · x. */
export function scaled(t: number, x: FloatArray): FloatArray {
  const out = x.slice();
  for (let i = 0; i < out.length; i++) out[i] *= t;
  return out;
}

/** max |xᵢ|; NaN if an element is. */
export function largest(x: FloatArray): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]));
  return most;
}
