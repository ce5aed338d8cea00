import type { GradientSamples } from "./gradients.js";
import { dot, squaredDistance } from "./vectors.js";

/** What the gradients of two halves of a batch tell of the gradient of all data and of the noise around it. */
export interface Noise {
  /** tr(Σ), the sum of the variances that the gradient of one sample has. */
  readonly variance: number;
  /** |G|², the square of the norm of the gradient of all data; an estimate, which may come out below 0. */
  readonly square: number;
}

/**
 * Both without bias, from the gradients G₁ and G₂ of two batches of b samples: tr(Σ) = b/2 · |G₁ − G₂|², |G|² = G₁ · G₂. That is what McCandlish,
 * Kaplan, Amodei et al. (arXiv 1812.06162, appendix A) have for batches of b and of 2b samples. Of large parameters some elements count for all.
 */
export function noiseOf(first: GradientSamples, second: GradientSamples, samples: number): Noise {
  let [apart, product] = [0, 0];
  for (const [parameter, a] of first) {
    const b = second.get(parameter);
    if (b === undefined) continue;
    const share = parameter.size / a.length;
    apart += share * squaredDistance(a, b);
    product += share * dot(a, b);
  }
  return { variance: (samples / 2) * apart, square: product };
}

/** How much a mean of estimates keeps of what it was when another one comes. */
const KEEPS = 0.7;

/** The noise scale tr(Σ)/|G|² over several looks: either estimate is averaged by itself, since their quotient would be far off. */
export class NoiseScale {
  variance = 0;
  square = 0;
  looks = 0;

  add({ variance, square }: Noise): void {
    const share = Math.max(1 - KEEPS, 1 / ++this.looks);
    this.variance += share * (variance - this.variance);
    this.square += share * (square - this.square);
  }

  /** In samples; null where noise hides the gradient. */
  get value(): number | null {
    return this.square > 0 ? this.variance / this.square : null;
  }
}
