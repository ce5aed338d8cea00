import { describe, expect, test } from "vitest";
import { PCA, preprocessorFrom, Whitening } from "../../src/data.js";
import { eye, manualSeed, randn, type Tensor, tensor } from "../../src/index.js";

/** The numbers are NumPy's, signs turned as scikit-learn does. */
const X = tensor(
  [
    [-0.51, 2.5, 3.78],
    [0.4, 2.19, 3.22],
    [3.26, 4.65, 4.42],
    [-1.79, -0.84, 2.13],
    [1.32, 3.04, 3.53],
    [-3.04, -0.33, 3.1],
    [1.46, 2.99, 3.31],
  ],
  { dtype: "float64" },
);

function expectClose(found: Tensor, wanted: number[] | number[][] | Tensor, tolerance = 1e-10): void {
  const expected = tensor(wanted, { dtype: "float64" });
  expect(found.shape).toEqual(expected.shape);
  expect(found.sub(expected).abs().max().item(), `${found}`).toBeLessThan(tolerance);
}

/** The covariance of rows, divided by n − 1. */
function covariance(x: Tensor): Tensor {
  const centred = x.sub(x.mean(0));
  return centred
    .transpose()
    .matmul(centred)
    .div(x.shape[0] - 1);
}

const rows = (x: Tensor, n: number): Tensor => x.slice([[0, n]]);

describe("PCA", () => {
  test("NumPy's numbers", async () => {
    const pca = await new PCA().fit(X);
    expectClose(pca.explainedVariance, [8.409698257904196, 0.38994245617288115, 0.031192619256260195]);
    expectClose(pca.explainedVarianceRatio, [0.9523108341497624, 0.04415692624398011, 0.003532239606257641]);
    expectClose(pca.singularValues, [7.103392819450799, 1.5295929971849658, 0.4326149737787183]);
    expectClose(pca.components, [
      [0.7216008080302551, 0.6636945194830688, 0.19698187393316524],
      [0.6212915256262405, -0.49528399579591387, -0.6071989819601574],
      [0.30543266694167004, -0.56053844499425, 0.7697451121301953],
    ]);
    expectClose(pca.mean, X.mean(0));
    const z = pca.transform(X);
    expectClose(rows(z, 2), [
      [-0.08494967051795183, -0.9056070838889607, -0.14142920572456372],
      [0.2556519143472565, 0.1533376730253394, -0.12077582365233554],
    ]);
    expectClose(pca.inverse(z), X);
  });

  test("a share of the variance chooses the number of components", async () => {
    for (const [components, count] of [
      [0.95, 1],
      [0.96, 2],
      [0.999, 3],
      [2, 2],
    ]) {
      const pca = await new PCA({ components }).fit(X);
      expect([components, pca.components.shape[0], pca.transform(X).shape]).toEqual([components, count, [7, count]]);
    }
  });

  test("what is left out is what the inverse lacks", async () => {
    const pca = await new PCA({ components: 1 }).fit(X);
    const lost = pca.inverse(pca.transform(X)).sub(X).square().sum().item();
    expect(lost).toBeCloseTo(6 * (0.38994245617288115 + 0.031192619256260195), 10);
  });

  test("whitened components have the identity for covariance", async () => {
    const pca = await new PCA({ whiten: true }).fit(X);
    const z = pca.transform(X);
    expectClose(covariance(z), eye(3, { dtype: "float64" }));
    expectClose(pca.inverse(z), X);
  });

  test("more features than samples: by singular values, with the same result", async () => {
    manualSeed(1);
    const wide = randn([6, 20], { dtype: "float64" });
    const pca = await new PCA({ components: 5 }).fit(wide);
    expect(pca.components.shape).toEqual([5, 20]);
    // The components are eigenvectors of the covariance.
    const turned = covariance(wide).matmul(pca.components.transpose());
    expectClose(turned, pca.components.transpose().mul(pca.explainedVariance));
    expectClose(pca.inverse(pca.transform(wide)), wide);
  });

  test("is saved and restored to the bit", async () => {
    const pca = await new PCA({ components: 2, whiten: true }).fit(X);
    const again = PCA.fromJSON(JSON.parse(JSON.stringify(pca)));
    expect(again.transform(X).toArray()).toEqual(pca.transform(X).toArray());
    expect(again.explainedVarianceRatio.toArray()).toEqual(pca.explainedVarianceRatio.toArray());
    expect(() => PCA.fromJSON(JSON.parse(JSON.stringify(new PCA()))).transform(X)).toThrow("PCA.transform: it is not fitted");
  });

  test("results have the type of x", async () => {
    const pca = await new PCA().fit(X.cast("float32"));
    expect([pca.transform(X).dtype, pca.transform(X.cast("float32")).dtype, pca.components.dtype]).toEqual([
      "float64",
      "float32",
      "float64",
    ]);
  });

  test("data that do not vary have no variance to explain", async () => {
    const pca = await new PCA({ whiten: true }).fit(
      tensor([
        [1, 1],
        [1, 1],
        [1, 1],
      ]),
    );
    expect(pca.explainedVarianceRatio.toArray()).toEqual([0, 0]);
    expect(pca.transform(tensor([[1, 1]])).toArray()).toEqual([[0, 0]]);
  });
});

describe("Whitening", () => {
  test("zca has NumPy's numbers", async () => {
    const whitening = await new Whitening({ kind: "zca", epsilon: 0 }).fit(X);
    const z = whitening.transform(X);
    expectClose(rows(z, 2), [
      [-1.166743711837933, 1.147706107956513, 0.2584168534550839],
      [0.0073087648409201214, 0.32020842416105433, -0.6581172682964109],
    ]);
    expectClose(covariance(z), eye(3, { dtype: "float64" }));
    expectClose(whitening.inverse(z), X);
  });

  test("pca is PCA with whiten", async () => {
    const whitening = await new Whitening({ kind: "pca", epsilon: 0 }).fit(X);
    const pca = await new PCA({ whiten: true }).fit(X);
    expectClose(whitening.transform(X), pca.transform(X));
    expectClose(whitening.inverse(whitening.transform(X)), X);
  });

  test("epsilon holds back directions without variance", async () => {
    const flat = tensor(
      [
        [1, 2],
        [2, 4],
        [3, 6],
      ],
      { dtype: "float64" },
    );
    const z = (await new Whitening({ epsilon: 1e-2 }).fit(flat)).transform(flat);
    expect(z.abs().max().item()).toBeLessThan(1);
  });

  test.each(["pca", "zca"] as const)("%s is saved and restored to the bit", async (kind) => {
    const whitening = await new Whitening({ kind }).fit(X);
    const again = preprocessorFrom(JSON.stringify(whitening)) as unknown as Whitening;
    expect(again.transform(X).toArray()).toEqual(whitening.transform(X).toArray());
  });
});

test("wrong calls are typed errors", async () => {
  await expect(new PCA({ components: 4 }).fit(X)).rejects.toThrow(
    "PCA.fit: components is 4, x is [7, 3]; expected at most min(n, features) = 3",
  );
  expect(() => new PCA({ components: 1.5 })).toThrow("PCA: components is 1.5; expected a whole number ≥ 1, or a share above 0 and below 1");
  await expect(new PCA().fit(tensor([[1, 2]]))).rejects.toThrow("PCA.fit: x is [1, 2]; expected two samples and a feature at least");
  await expect(new PCA().fit(tensor([[1], [Number.NaN]]))).rejects.toMatchObject({ code: "ARGUMENT" });
  await expect(new PCA().fit(tensor([1, 2]))).rejects.toMatchObject({ code: "SHAPE" });
  const pca = await new PCA().fit(X);
  expect(() => pca.transform(tensor([[1, 2]]))).toThrow("PCA.transform: x is [1, 2]; expected samples [n, 3]");
  expect(() => PCA.fromJSON({} as never)).toThrow('PCA.fromJSON: it is an object; expected what toJSON gave, of type "PCA"');
  expect(() => PCA.fromJSON({ ...pca.toJSON(), state: { mean: [1] } } as never)).toThrow("PCA.fromJSON: its state has no mean, axes");
  expect(() => new Whitening().transform(X)).toThrow("Whitening.transform: it is not fitted. Call await whitening.fit(x) first.");
});
