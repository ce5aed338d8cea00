import { exp, power } from "../optim/schedules/exact.js";
import { choice, count, number } from "../options/kinds.js";
import type { Rows } from "./samples.js";

/** How alike two samples are. */
export const KERNEL = {
  /** "rbf": e^(−γ|a − b|²); "polynomial": (γ a · b + c)^degree; "linear": a · b. Default "rbf". */
  kernel: choice(["linear", "polynomial", "rbf"], { default: "rbf" }),
  /** γ > 0. Default null: 1 / features. */
  gamma: number({ default: null, above: 0 }),
  /** The degree of "polynomial", ≥ 1. Default 3. */
  degree: count({ default: 3 }),
  /** c of "polynomial", ≥ 0. Default 1. */
  offset: number({ default: 1, min: 0, aka: ["coef0"] }),
};

/** The settings of a kernel. */
export interface KernelSettings {
  readonly kernel: "linear" | "polynomial" | "rbf";
  readonly gamma: number | null;
  readonly degree: number;
  readonly offset: number;
}

/** The kernel of each sample of a with each of b, [a.n, b.n]. */
export function kernelMatrix(a: Rows, b: Rows, { kernel, gamma, degree, offset }: KernelSettings): Float64Array {
  const { width } = a;
  const scale = gamma ?? 1 / width;
  const out = new Float64Array(a.n * b.n);
  for (let i = 0; i < a.n; i++) {
    for (let k = 0; k < b.n; k++) {
      let sum = 0;
      if (kernel === "rbf") {
        for (let j = 0; j < width; j++) {
          const difference = a.values[i * width + j] - b.values[k * width + j];
          sum += difference * difference;
        }
        out[i * b.n + k] = exp(-scale * sum);
        continue;
      }
      for (let j = 0; j < width; j++) sum += a.values[i * width + j] * b.values[k * width + j];
      out[i * b.n + k] = kernel === "linear" ? sum : power(scale * sum + offset, degree);
    }
  }
  return out;
}
