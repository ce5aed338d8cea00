import { Lasso } from "../../classic/lasso.js";
import type { LinearModel } from "../../classic/linearModel.js";
import { LinearRegression, Ridge } from "../../classic/linearRegression.js";
import { length, unitCircle } from "../circle.js";

export type Weights = readonly [w1: number, w2: number];

/** Regressions of two features under a budget of weights. */
export interface Budgeted {
  /** The weights without a penalty. */
  readonly least: Weights;
  /** Half the second derivatives of the mean squared error: it is a·u² + 2b·uv + c·v² above the least, at least + (u, v). */
  readonly curvature: readonly [a: number, b: number, c: number];
  readonly l1: { readonly budget: number; readonly weights: Weights };
  readonly l2: { readonly budget: number; readonly weights: Weights };
}

/**
 * The least squares with |w|₁, and with |w|₂, no more than a share of what they are without a penalty. Each is the solution with some weight
 * α of the penalty, which is found by halving.
 * @param x samples [n, 2] @param y [n] @param share above 0, below 1
 */
export async function budgeted(x: readonly Weights[], y: readonly number[], share: number): Promise<Budgeted> {
  const least = await weightsOf(new LinearRegression(), x, y);
  const means = [0, 1].map((k) => x.reduce((sum, row) => sum + row[k], 0) / x.length);
  const moment = (i: number, k: number): number => x.reduce((sum, row) => sum + (row[i] - means[i]) * (row[k] - means[k]), 0) / x.length;
  const under = async (
    norm: (w: Weights) => number,
    make: (alpha: number) => LinearModel,
  ): Promise<{ budget: number; weights: Weights }> => {
    const budget = share * norm(least);
    let [low, high] = [1e-9, 1e9];
    // α goes over many powers of ten, so that its logarithm is halved.
    for (let i = 0; i < 80; i++) {
      const middle = Math.sqrt(low * high);
      if (norm(await weightsOf(make(middle), x, y)) > budget) low = middle;
      else high = middle;
    }
    return { budget, weights: await weightsOf(make(high), x, y) };
  };
  return {
    least,
    curvature: [moment(0, 0), moment(0, 1), moment(1, 1)],
    l1: await under(
      ([a, b]) => Math.abs(a) + Math.abs(b),
      (alpha) => new Lasso({ alpha, tolerance: 1e-12, maxIterations: 10_000 }),
    ),
    l2: await under(
      ([a, b]) => length(a, b),
      (alpha) => new Ridge({ alpha }),
    ),
  };
}

async function weightsOf(model: LinearModel, x: readonly Weights[], y: readonly number[]): Promise<Weights> {
  await model.fit(x as Weights[], y as number[]);
  const [a, b] = model.coefficients.data;
  return [a, b];
}

/** How far the mean squared error at w is above the least. */
export function excess({ least, curvature: [a, b, c] }: Budgeted, [w1, w2]: Weights): number {
  const [u, v] = [w1 - least[0], w2 - least[1]];
  return a * u * u + 2 * b * u * v + c * v * v;
}

/** The ellipse on which the error is so far above the least. */
export function ellipse({ least, curvature: [a, b, c] }: Budgeted, level: number, points = 120): Weights[] {
  // With the Cholesky factor L of the curvature, L' · (u, v) is a circle.
  const l11 = Math.sqrt(a);
  const l21 = b / l11;
  const l22 = Math.sqrt(c - l21 * l21);
  const radius = Math.sqrt(level);
  return unitCircle(points).map(([cos, sin]) => {
    const v = (radius * sin) / l22;
    return [least[0] + (radius * cos - l21 * v) / l11, least[1] + v];
  });
}
