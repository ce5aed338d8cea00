import { describe, expect, test } from "vitest";
import {
  BernoulliNaiveBayes,
  GaussianNaiveBayes,
  KNearestNeighborsClassifier,
  KNearestNeighborsRegressor,
  LinearDiscriminantAnalysis,
  LinearSVM,
  LogisticRegression,
  MultinomialNaiveBayes,
  SoftmaxRegression,
} from "../../src/classic.js";
import { eye, manualSeed, randn, type Tensor, tensor } from "../../src/index.js";

/** Three clouds of 6, 5 and 5 samples. The numbers of this file are NumPy's, by the formulas of the docstrings. */
const X = float64([
  [-0.42, -0.06, -2.14],
  [1.64, -1.79, -0.84],
  [0.5, -1.25, -1.06],
  [-0.91, 0.55, 2.29],
  [0.04, -1.12, 0.54],
  [-0.6, -0.02, 1.18],
  [1.25, 0.01, 0.12],
  [1.84, 0.26, 0.01],
  [1.66, -0.24, 0.36],
  [0.81, -1.42, 0.85],
  [1.73, 2.23, -1.43],
  [0.11, 3.37, 0.36],
  [0.5, 2.16, -1.0],
  [0.54, 2.69, -0.23],
  [-1.87, 4.73, 0.47],
  [-0.34, 3.61, -0.95],
]);
const Y = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2];
const ASKED = float64([
  [0.17, 1.09, 1.0],
  [0.62, 0.62, -0.07],
  [1.43, 2.28, -0.63],
]);

function float64(values: number[] | number[][]): Tensor {
  return tensor(values, { dtype: "float64" });
}

function expectClose(found: Tensor, wanted: number | number[] | number[][], tolerance = 1e-10): void {
  const expected = tensor(wanted, { dtype: "float64" });
  expect(found.shape).toEqual(expected.shape);
  expect(found.sub(expected).abs().max().item(), `${found}`).toBeLessThan(tolerance);
}

describe("LinearDiscriminantAnalysis", () => {
  test("NumPy's probabilities", async () => {
    const lda = await new LinearDiscriminantAnalysis().fit(X, Y);
    const wanted = [
      [0.11502674851770313, 0.7415763292192964, 0.1433969222630005],
      [0.21078390806102185, 0.730147916902846, 0.05906817503613205],
      [8.793831135148284e-5, 0.40833908990768175, 0.5915729717809668],
    ];
    expectClose(lda.predictProba(ASKED), wanted);
    expect(lda.predict(ASKED).toArray()).toEqual([1, 1, 2]);
    expectClose(lda.explainedVarianceRatio, [0.7464534569973039, 0.25354654300269597]);
  });

  test("in its directions the covariance within classes is the identity", async () => {
    const lda = await new LinearDiscriminantAnalysis().fit(X, Y);
    const z = lda.transform(X).toArray() as number[][];
    const means = [0, 1, 2].map((c) => [0, 1].map((k) => mean(z.filter((_, i) => Y[i] === c).map((row) => row[k]))));
    const within = float64(z.map((row, i) => row.map((value, k) => value - means[Y[i]][k])));
    expectClose(within.transpose().matmul(within).div(13), eye(2).toArray() as number[][]);
    expect(lda.scalings.shape).toEqual([3, 2]);
  });

  test("it keeps as many directions as are asked for", async () => {
    const one = await new LinearDiscriminantAnalysis({ components: 1 }).fit(X, Y);
    const both = await new LinearDiscriminantAnalysis().fit(X, Y);
    expectClose(
      one.transform(X).squeeze(1),
      (both.transform(X).toArray() as number[][]).map(([first]) => first),
    );
  });

  test("a feature that never varies is no trouble", async () => {
    const lda = await new LinearDiscriminantAnalysis().fit(
      (X.toArray() as number[][]).map((row) => [...row, 7]),
      Y,
    );
    const plain = await new LinearDiscriminantAnalysis().fit(X, Y);
    expectClose(
      lda.transform((ASKED.toArray() as number[][]).map((row) => [...row, 7])),
      plain.transform(ASKED).toArray() as number[][],
      1e-5,
    );
  });

  test("wrong calls", async () => {
    await expect(new LinearDiscriminantAnalysis({ components: 3 }).fit(X, Y)).rejects.toThrow(
      "LinearDiscriminantAnalysis.fit: components is 3, of 3 classes and 3 features; expected at most min(classes − 1, features) = 2",
    );
    await expect(new LinearDiscriminantAnalysis().fit([[1], [1], [2]], [0, 0, 1])).rejects.toThrow(
      "the samples of each class are all alike",
    );
  });
});

describe("naïve Bayes, NumPy's probabilities", () => {
  const counts = [
    [2, 1, 0, 3],
    [1, 0, 0, 2],
    [0, 2, 3, 0],
    [0, 1, 4, 1],
    [3, 3, 1, 0],
  ];
  const asked = float64([
    [1, 1, 0, 1],
    [0, 0, 2, 0],
  ]);

  test("Gaussian", async () => {
    const bayes = await new GaussianNaiveBayes().fit(X, Y);
    expectClose(bayes.predictProba(ASKED), [
      [0.897128764300165, 0.02422793124616136, 0.0786433044536737],
      [0.5420979898393887, 0.4377812801206176, 0.0201207300399936],
      [0.0009616235980582174, 0.7293002163363187, 0.269738160065623],
    ]);
    expect(bayes.predict(ASKED).toArray()).toEqual([0, 0, 1]);
  });

  test("multinomial", async () => {
    const bayes = await new MultinomialNaiveBayes({ alpha: 0.7 }).fit(counts, [0, 0, 1, 1, 1]);
    expectClose(bayes.predictProba(asked), [
      [0.7564757418451123, 0.24352425815488765],
      [0.013232557293241137, 0.9867674427067589],
    ]);
  });

  test("Bernoulli", async () => {
    const bayes = await new BernoulliNaiveBayes({ alpha: 0.7, threshold: 0.5 }).fit(counts, [0, 0, 1, 1, 1]);
    expectClose(bayes.predictProba(asked), [
      [0.8931492330236658, 0.10685076697633422],
      [0.05459316411879525, 0.9454068358812047],
    ]);
    // A feature that all samples of a class have: the other probability is α / (n + 2α), however small.
    const sure = await new BernoulliNaiveBayes({ alpha: 1e-20 }).fit([[1], [1], [0]], [0, 0, 1]);
    expectClose(sure.predictProba([[1], [0]]), [
      [1, 5e-21],
      [1e-20, 1],
    ]);
  });

  test("wrong calls", async () => {
    await expect(new MultinomialNaiveBayes().fit([[1], [-1]], [0, 1])).rejects.toThrow(
      "MultinomialNaiveBayes.fit: x holds -1; expected counts",
    );
    await expect(new GaussianNaiveBayes({ smoothing: 0 }).fit([[1], [1], [2]], [0, 0, 1])).rejects.toThrow(
      "feature 0 does not vary in class 0",
    );
    expect(() => new GaussianNaiveBayes().predict(X)).toThrow("GaussianNaiveBayes.predict: it is not fitted");
  });
});

describe("nearest neighbours", () => {
  const line = [[0], [1], [3], [7], [8]];

  test("by hand", async () => {
    const nearest = await new KNearestNeighborsClassifier({ k: 3 }).fit(line, [0, 1, 0, 1, 1]);
    // 2's are 1, 3 and 0; 6's are 7, 8 and 3.
    expect(nearest.predictProba(float64([[2], [6]])).toArray()).toEqual([
      [2 / 3, 1 / 3],
      [1 / 3, 2 / 3],
    ]);
    const near = await new KNearestNeighborsClassifier({ k: 3, weights: "distance" }).fit(line, [0, 1, 0, 1, 1]);
    // Weights 1, 1 and ½ of distances 1, 1 and 2; what is met exactly counts alone.
    expectClose(near.predictProba(float64([[2], [7]])), [
      [0.6, 0.4],
      [0, 1],
    ]);
  });

  test("a regression", async () => {
    const nearest = await new KNearestNeighborsRegressor({ k: 2 }).fit(line, [
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
      [8, 9],
    ]);
    expect(nearest.predict([[7.6]]).toArray()).toEqual([[7, 8]]);
    const exact = await new KNearestNeighborsRegressor({ k: 1 }).fit(line, [0, 2, 4, 6, 8]);
    expect(exact.score(line, [0, 2, 4, 6, 8])).toBe(1);
  });

  test("the metric decides who is near", async () => {
    const x = [
      [2.2, 0],
      [1.5, 1.5],
    ];
    const label = async (metric: "euclidean" | "manhattan") =>
      (await new KNearestNeighborsClassifier({ k: 1, metric }).fit(x, [0, 1])).predict([[0, 0]]).toArray();
    expect([await label("euclidean"), await label("manhattan")]).toEqual([[1], [0]]);
  });

  test("wrong calls", async () => {
    await expect(new KNearestNeighborsClassifier({ k: 6 }).fit(line, [0, 1, 0, 1, 1])).rejects.toThrow(
      "KNearestNeighborsClassifier.fit: k is 6, x has 5 samples; expected at most as many",
    );
    expect(() => new KNearestNeighborsRegressor({ k: 0 })).toThrow("k is 0; expected a whole number ≥ 1");
  });
});

describe("logistic and softmax regression", () => {
  const two = X.indexSelect(0, tensor([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], { dtype: "int32" }));
  const labels = Y.slice(0, 11);

  test("the gradient of the loss with its penalty is 0", async () => {
    const model = await new LogisticRegression({ alpha: 0.5, tolerance: 1e-10 }).fit(two, labels);
    const error = model.predictProba(two).slice([null, 1]).sub(float64(labels));
    const gradient = two.transpose().matmul(error).add(model.coefficients.squeeze(0).mul(0.5));
    expectClose(gradient, [0, 0, 0], 1e-8);
    expect(error.sum().item()).toBeCloseTo(0, 8);
  });

  test("softmax, too", async () => {
    const model = await new SoftmaxRegression({ alpha: 0.5, tolerance: 1e-10 }).fit(X, Y);
    const error = model.predictProba(X).sub(float64(Y.map((label) => [0, 1, 2].map((c) => Number(c === label)))));
    const gradient = error.transpose().matmul(X).add(model.coefficients.mul(0.5));
    expectClose(
      gradient,
      [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
      1e-8,
    );
    expect(model.score(X, Y)).toBeGreaterThan(0.9);
    expect(model.evaluations).toBeGreaterThan(3);
  });

  test("of two classes both find one line: two vectors share the penalty", async () => {
    const one = await new LogisticRegression({ alpha: 0.5, tolerance: 1e-10 }).fit(two, labels);
    const both = await new SoftmaxRegression({ alpha: 1, tolerance: 1e-10 }).fit(two, labels);
    expectClose(both.predictProba(two), one.predictProba(two).toArray() as number[][], 1e-8);
  });

  test("float32 comes near", async () => {
    const [exact, single] = [await new SoftmaxRegression().fit(X, Y), await new SoftmaxRegression().fit(X.cast("float32"), Y)];
    expect(single.coefficients.dtype).toBe("float32");
    expectClose(single.coefficients.cast("float64"), exact.coefficients.toArray() as number[][], 2e-3);
  });

  test("wrong calls", async () => {
    await expect(new LogisticRegression().fit(X, Y)).rejects.toThrow(
      "LogisticRegression.fit: y has 3 classes; expected 2. Use SoftmaxRegression.",
    );
    expect(() => new SoftmaxRegression({ alpha: -1 })).toThrow("SoftmaxRegression: alpha is -1; expected a number ≥ 0");
  });
});

describe("LinearSVM", () => {
  const labels = Y.map((label) => Number(label === 2));
  const signs = labels.map((label) => 2 * label - 1);
  const rows = X.toArray() as number[][];

  /** The loss with its penalty. */
  function objective(w: readonly number[], b: number, c: number, power: 1 | 2): number {
    const margins = rows.map((x, i) => Math.max(0, 1 - signs[i] * (x.reduce((sum, value, j) => sum + value * w[j], 0) + b)));
    return (
      (w.reduce((sum, value) => sum + value * value, 0) + b * b) / 2 + c * margins.reduce((sum, m) => sum + (power === 1 ? m : m * m), 0)
    );
  }

  test.each([
    ["hinge", 1],
    ["squaredHinge", 2],
  ] as const)("with %s no step around it is better", async (loss, power) => {
    const svm = await new LinearSVM({ c: 0.7, loss, tolerance: 1e-12, maxIterations: 100_000, seed: 1 }).fit(X, labels);
    expect(svm.converged).toBe(true);
    const [w, b] = [svm.coefficients.toArray() as number[], svm.intercept.item()];
    const least = objective(w, b, 0.7, power);
    manualSeed(5);
    for (const step of (randn([200, 4]).toArray() as number[][]).map((row) => row.map((value) => value * 1e-3))) {
      expect(
        objective(
          w.map((value, j) => value + step[j]),
          b + step[3],
          0.7,
          power,
        ),
      ).toBeGreaterThanOrEqual(least - 1e-9);
    }
  });

  test("a wide margin by hand", async () => {
    const svm = await new LinearSVM({ c: 1e6, loss: "hinge", fitIntercept: false, tolerance: 1e-10, seed: 1 }).fit(
      [
        [-2, 0],
        [2, 0],
      ],
      [0, 1],
    );
    expectClose(svm.coefficients, [0.5, 0], 1e-8);
    expectClose(svm.decision(float64([[4, 3]])), [2], 1e-8);
  });

  test("several classes", async () => {
    const svm = await new LinearSVM({ seed: 1 }).fit(X, Y);
    expect([svm.coefficients.shape, svm.intercept.shape, svm.decision(X).shape]).toEqual([[3, 3], [3], [16, 3]]);
    expect(svm.score(X, Y)).toBeGreaterThan(0.8);
  });
});

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
