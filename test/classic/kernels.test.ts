import { describe, expect, test } from "vitest";
import { KernelRidge, RandomFeatureRegression, RandomFeatures, Ridge } from "../../src/classic.js";
import { manualSeed, rand, randn, type Tensor, tensor } from "../../src/index.js";

const X = tensor(
  [
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
  ],
  { dtype: "float64" },
);
const T = tensor(
  [
    [0.17, 1.09, 1.0],
    [0.62, 0.62, -0.07],
    [1.43, 2.28, -0.63],
  ],
  { dtype: "float64" },
);
const Y = [1, 2, -1, 0.5, 3, 2, 1, 0, -2, 1, 4, 2, 2, 1, 0, 1];

function distance(a: Tensor, b: Tensor | number[]): number {
  return a
    .sub(tensor(b, { dtype: "float64" }))
    .abs()
    .max()
    .item();
}

describe("KernelRidge, NumPy's predictions", () => {
  test.each([
    [{ kernel: "rbf", gamma: 0.3 }, [0.8454784143153691, 0.91817198770493, 2.163577028891499]],
    [{ kernel: "polynomial", degree: 2 }, [-0.02379802322869118, 0.4290633980810987, 2.307638343403015]],
    [{ kernel: "linear" }, [0.3715593715775052, 0.521076061453833, 1.5144303633440472]],
  ] as const)("%o", async (options, wanted) => {
    const model = await new KernelRidge({ alpha: 0.5, ...options }).fit(X, Y);
    expect(distance(model.predict(T), [...wanted])).toBeLessThan(1e-10);
  });

  test("the linear kernel is Ridge without intercept", async () => {
    const [kernel, ridge] = [new KernelRidge({ kernel: "linear", alpha: 2 }), new Ridge({ alpha: 2, fitIntercept: false })];
    await Promise.all([kernel.fit(X, Y), ridge.fit(X, Y)]);
    expect(distance(kernel.predict(T), ridge.predict(T))).toBeLessThan(1e-10);
  });

  test("several targets", async () => {
    const model = await new KernelRidge().fit(
      X,
      Y.map((value) => [value, -value]),
    );
    expect(model.predict(T).shape).toEqual([3, 2]);
  });
});

describe("random features", () => {
  test("their inner products tend to the kernel, as 1/√m", async () => {
    const errors: number[] = [];
    for (const features of [100, 10_000]) {
      const map = await new RandomFeatures({ features, gamma: 0.3, seed: 3 }).fit(X);
      const z = map.transform(X);
      const wanted = X.unsqueeze(1).sub(X.unsqueeze(0)).square().sum(2).mul(-0.3).exp();
      errors.push(z.matmul(z.transpose()).sub(wanted).square().mean().sqrt().item());
    }
    expect(errors[0]).toBeLessThan(0.15);
    expect(errors[1]).toBeLessThan(0.02);
  });

  test("with many of them the regression is kernel ridge's", async () => {
    manualSeed(2);
    const x = rand([60, 2], { low: -2, high: 2, dtype: "float64" });
    const y = x.sin().sum(1);
    const mean = y.mean();
    const kernel = await new KernelRidge({ alpha: 0.1, gamma: 0.5 }).fit(x, y.sub(mean));
    const random = await new RandomFeatureRegression({ features: 1500, alpha: 0.1, gamma: 0.5, seed: 1 }).fit(x, y);
    const asked = rand([40, 2], { low: -2, high: 2, dtype: "float64" });
    expect(distance(random.predict(asked), kernel.predict(asked).add(mean))).toBeLessThan(0.1);
  });

  test("relu features learn, too, the same by seed", async () => {
    manualSeed(2);
    const x = rand([200, 1], { low: -2, high: 2 });
    const y = x.abs().squeeze(1);
    const train = (seed: number) => new RandomFeatureRegression({ kind: "relu", features: 100, alpha: 1e-3, seed }).fit(x, y);
    const network = await train(1);
    expect(network.score(x, y)).toBeGreaterThan(0.99);
    expect((await train(1)).predict(x).toArray()).toEqual(network.predict(x).toArray());
  });

  test("double descent: without a penalty the error is worst where features and samples are as many", async () => {
    manualSeed(4);
    const noisy = (n: number): [Tensor, Tensor] => {
      const x = rand([n, 2], { low: -2, high: 2, dtype: "float64" });
      return [
        x,
        x
          .sin()
          .sum(1)
          .add(randn([n], { std: 0.3, dtype: "float64" })),
      ];
    };
    const [[x, y], [asked, truth]] = [noisy(40), noisy(300)];
    const errors: number[] = [];
    for (const features of [8, 40, 1000]) {
      const network = await new RandomFeatureRegression({ features, alpha: 0, seed: 1 }).fit(x, y);
      errors.push(network.predict(asked).sub(truth).square().mean().item());
      if (features === 1000) expect(distance(network.predict(x), y)).toBeLessThan(1e-6);
    }
    expect(errors[1]).toBeGreaterThan(5 * Math.max(errors[0], errors[2]));
    expect(() => new RandomFeatureRegression({ alpha: -1 })).toThrow("RandomFeatureRegression: alpha is -1; expected a number ≥ 0");
  });

  test("wrong calls", async () => {
    expect(() => new RandomFeatures({ features: 0 })).toThrow("RandomFeatures: features is 0; expected a whole number ≥ 1");
    expect(() => new RandomFeatures().transform(X)).toThrow("RandomFeatures.transform: it is not fitted");
    expect(() => new KernelRidge({ gamma: -1 })).toThrow(/KernelRidge: gamma is -1; expected a number > 0/);
  });
});
