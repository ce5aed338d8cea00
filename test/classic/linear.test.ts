import { describe, expect, test } from "vitest";
import { ElasticNet, Lasso, LinearRegression, PolynomialRegression, polynomialFeatures, Ridge } from "../../src/classic.js";
import { manualSeed, randn, type Tensor, tensor } from "../../src/index.js";

const X = float64([
  [1.76, 0.4, 0.98],
  [2.24, 1.87, -0.98],
  [0.95, -0.15, -0.1],
  [0.41, 0.14, 1.45],
  [0.76, 0.12, 0.44],
  [0.33, 1.49, -0.21],
  [0.31, -0.85, -2.55],
  [0.65, 0.86, -0.74],
]);
const Y = float64([
  [7.58, -3.98],
  [2.25, -6.52],
  [3.03, -2.56],
  [6.88, -0.26],
  [3.87, -2.67],
  [2.34, -1.82],
  [-5.4, -3.81],
  [0.74, -3.13],
]);

function float64(values: number[] | number[][]): Tensor {
  return tensor(values, { dtype: "float64" });
}

function column(x: Tensor, j: number): Tensor {
  return float64((x.toArray() as number[][]).map((row) => row[j]));
}

function expectClose(found: Tensor, wanted: number | number[] | number[][], tolerance = 1e-12): void {
  const expected = tensor(wanted, { dtype: "float64" });
  expect(found.shape).toEqual(expected.shape);
  expect(found.sub(expected).abs().max().item(), `${found}`).toBeLessThan(tolerance);
}

describe("closed forms, with NumPy's numbers", () => {
  test("LinearRegression", async () => {
    const line = await new LinearRegression().fit(X, Y);
    expectClose(line.coefficients, [
      [1.3005455732944025, -2.1301970552453846],
      [0.2255147987656636, -0.042531492906839996],
      [3.002495046244004, 0.8805069033630226],
    ]);
    expectClose(line.intercept, [1.9890283014693682, -0.9118188529252986]);
  });

  test("Ridge, with an intercept and without", async () => {
    const ridge = await new Ridge({ alpha: 1.5 }).fit(X, Y);
    expectClose(ridge.coefficients, [
      [0.9078575331997917, -1.3988274142129553],
      [0.3382780372028957, -0.23558149856376287],
      [2.65208838374146, 0.7524559065947908],
    ]);
    expectClose(ridge.intercept, [2.223166003855025, -1.522991630747188]);
    const bare = await new Ridge({ alpha: 1.5, fitIntercept: false }).fit(X, Y);
    expectClose(bare.coefficients, [
      [2.2111796676613182, -2.2916751365650048],
      [0.4759452057222239, -0.3298911205713111],
      [2.4544032993462697, 0.8878811193478464],
    ]);
    expectClose(bare.intercept, [0, 0]);
    expect(bare.score(X, Y)).toBeCloseTo(0.8437560050539039, 12);
  });

  test("Ridge with more features than samples solves the smaller equations, with the same result", async () => {
    const [x, y] = [X, Y].map((part) => part.indexSelect(0, tensor([0, 1], { dtype: "int32" })));
    const { coefficients } = await new Ridge({ alpha: 0.3, fitIntercept: false }).fit(x, y);
    // (XᵀX + αI) w = Xᵀy
    const left = x.transpose().matmul(x).matmul(coefficients).add(coefficients.mul(0.3));
    expectClose(left, x.transpose().matmul(y).toArray() as number[][]);
  });

  test("of several solutions LinearRegression takes the shortest", async () => {
    const { coefficients } = await new LinearRegression().fit(
      float64([
        [1, 1],
        [2, 2],
        [4, 4],
      ]),
      [2, 4, 8],
    );
    expectClose(coefficients, [1, 1]);
  });
});

describe("a list of targets", () => {
  test("gives lists", async () => {
    const line = await new LinearRegression().fit([[0], [1], [2]], [1, 3, 5]);
    expect([line.coefficients.shape, line.intercept.shape, line.predict([[3], [4]]).shape]).toEqual([[1], [], [2]]);
    expect(line.predict([[3]]).dtype).toBe("float32");
    expect(line.predict(float64([[3]])).dtype).toBe("float64");
    expect(line.score([[0], [1]], [1, 3])).toBe(1);
  });
});

describe("Lasso and ElasticNet", () => {
  /** |X_jᵀ r / n − α(1 − ρ) w_j| is αρ where w_j ≠ 0, with the sign of w_j, and at most αρ where it is 0. */
  function expectOptimal(x: Tensor, y: Tensor, w: Tensor, b: Tensor, alpha: number, ratio: number): void {
    const left = y.sub(x.matmul(w)).sub(b);
    const pulls = x
      .transpose()
      .matmul(left)
      .div(x.shape[0])
      .sub(w.mul(alpha * (1 - ratio)));
    const [pull, weights] = [pulls.toArray() as number[], w.toArray() as number[]];
    weights.forEach((weight, j) => {
      if (weight === 0) expect(Math.abs(pull[j])).toBeLessThanOrEqual(alpha * ratio + 1e-9);
      else expect(pull[j]).toBeCloseTo(Math.sign(weight) * alpha * ratio, 8);
    });
    expect(left.mean().item()).toBeCloseTo(0, 10);
  }

  const y = column(Y, 0);

  test.each([0.05, 0.3, 1])("Lasso is optimal at alpha %d", async (alpha) => {
    const lasso = await new Lasso({ alpha, tolerance: 1e-14 }).fit(X, y);
    expect(lasso.converged).toBe(true);
    expectOptimal(X, y, lasso.coefficients, lasso.intercept, alpha, 1);
  });

  test.each([0.1, 0.5, 0.9])("ElasticNet is optimal at a ratio of %d", async (l1Ratio) => {
    const net = await new ElasticNet({ alpha: 0.4, l1Ratio, tolerance: 1e-14 }).fit(X, y);
    expectOptimal(X, y, net.coefficients, net.intercept, 0.4, l1Ratio);
  });

  test("the form of lectures, mean square + λ(βΣw² + Σ|w|), is αρ = λ/2 and α(1 − ρ) = λβ", async () => {
    const [lambda, beta] = [0.4, 0.7];
    const alpha = lambda / 2 + lambda * beta;
    const net = await new ElasticNet({ alpha, l1Ratio: lambda / 2 / alpha, tolerance: 1e-14 }).fit(X, y);
    const cost = (w: Tensor): number => {
      const errors = y.sub(X.matmul(w)).sub(net.intercept);
      return errors.square().mean().item() + lambda * (beta * w.square().sum().item() + w.abs().sum().item());
    };
    const least = cost(net.coefficients);
    manualSeed(7);
    for (let i = 0; i < 50; i++) {
      const step = randn([3], { std: 1e-3, dtype: "float64" });
      expect(cost(net.coefficients.add(step))).toBeGreaterThan(least);
    }
  });

  test("on orthogonal features it shrinks each coefficient by the same threshold", async () => {
    const x = float64([
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ]);
    // Least squares: 3 and 0.5.
    const { coefficients } = await new Lasso({ alpha: 1, fitIntercept: false }).fit(x, [3.5, 2.5, -2.5, -3.5]);
    expectClose(coefficients, [2, 0]);
  });

  test("it finds the few features that count", async () => {
    manualSeed(3);
    const x = randn([60, 30], { dtype: "float64" });
    const target = column(x, 4)
      .mul(3)
      .sub(column(x, 17).mul(2))
      .add(randn([60], { std: 0.1, dtype: "float64" }));
    const { coefficients } = await new Lasso({ alpha: 0.3 }).fit(x, target);
    const kept = (coefficients.toArray() as number[]).flatMap((value, j) => (value === 0 ? [] : [j]));
    expect(kept).toEqual([4, 17]);
  });

  test("several targets are fitted one by one", async () => {
    const both = await new Lasso({ alpha: 0.3, tolerance: 1e-12 }).fit(X, Y);
    const one = await new Lasso({ alpha: 0.3, tolerance: 1e-12 }).fit(X, column(Y, 1));
    expectClose(both.coefficients.indexSelect(1, tensor([1], { dtype: "int32" })).squeeze(1), one.coefficients.toArray() as number[]);
  });

  test("it says when it stopped early", async () => {
    const hasty = await new Lasso({ alpha: 0.01, maxIterations: 1, tolerance: 1e-12 }).fit(X, y);
    expect([hasty.converged, hasty.iterations]).toEqual([false, 1]);
  });
});

describe("polynomials", () => {
  test("stand in the order of their degrees", () => {
    expect(polynomialFeatures([[2, 3]], { degree: 3 }).toArray()).toEqual([[1, 2, 3, 4, 6, 9, 8, 12, 18, 27]]);
    expect(polynomialFeatures([[2, 3, 5]], { degree: 3, interactionOnly: true, bias: false }).toArray()).toEqual([
      [2, 3, 5, 6, 10, 15, 30],
    ]);
    expect(polynomialFeatures([[2, 3]], { degree: 9, interactionOnly: true }).shape).toEqual([1, 4]);
    expect(() => polynomialFeatures(randn([1, 1000]), { degree: 3 })).toThrow(/^polynomialFeatures: 1000 features and degree 3 give more/);
  });

  test("a regression of the right degree meets its polynomial", async () => {
    const cubic = await new PolynomialRegression({ degree: 3 }).fit([[-2], [-1], [0], [1], [2]], [-7, 0, 1, 2, 9]);
    expectClose(cubic.coefficients, [0, 0, 1], 1e-10);
    expectClose(cubic.intercept, 1, 1e-10);
    expect(cubic.predict([[3]]).dtype).toBe("float32");
    const tamed = await new PolynomialRegression({ degree: 3, alpha: 10 }).fit([[-2], [-1], [0], [1], [2]], [-7, 0, 1, 2, 9]);
    expect(tamed.coefficients.square().sum().item()).toBeLessThan(1);
  });
});

describe("wrong calls", () => {
  test("are typed errors", async () => {
    await expect(new Ridge().fit([1, 2], [1, 2])).rejects.toThrow("Ridge.fit: x is [2]; expected samples [n, features]. Write x.reshape");
    await expect(new Ridge().fit([[1], [2]], [1])).rejects.toThrow("Ridge.fit: x has 2 samples, y is [1]; expected [2] or [2, outputs]");
    await expect(new Lasso().fit([[1], [Number.NaN]], [1, 2])).rejects.toThrow("Lasso.fit: element 1 of x is NaN; expected finite numbers");
    await expect(new LinearRegression().fit(tensor([], { shape: [0, 2] }), [])).rejects.toMatchObject({ code: "SHAPE" });
    expect(() => new LinearRegression().predict([[1]])).toThrow(
      "LinearRegression.predict: it is not fitted. Call await model.fit(x, y) first.",
    );
    expect(() => new Ridge({ alpha: -1 })).toThrow("Ridge: alpha is -1; expected a number > 0");
    expect(() => new ElasticNet({ l1Ratio: 2 })).toThrow("ElasticNet: l1Ratio is 2; expected a number from above 0 to 1");
    const line = await new LinearRegression().fit([[1], [2]], [1, 2]);
    expect(() => line.predict([[1, 2]])).toThrow("LinearRegression.predict: x is [1, 2]; expected [n, 1], as it was fitted");
  });
});
