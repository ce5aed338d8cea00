import { describe, expect, test } from "vitest";
import { GaussianMixture, KMeans } from "../../src/classic.js";
import { manualSeed, type Tensor, tensor, zeros } from "../../src/index.js";

const ROWS = [
  [1.62, 0.67],
  [-0.53, -0.85],
  [0.87, -0.63],
  [1.74, 0.67],
  [0.32, 0.07],
  [1.46, -0.15],
  [-0.32, -0.39],
  [1.13, 0.13],
  [-0.17, -0.54],
  [0.04, 0.32],
  [-1.1, -0.09],
  [0.9, 0.79],
  [4.45, 0.18],
  [3.94, -0.12],
  [3.87, 1.64],
  [3.65, 0.52],
  [3.66, -0.01],
  [3.66, 0.98],
  [3.44, 1.28],
  [4.83, 1.89],
  [3.9, -0.07],
  [3.63, 3.03],
  [0.02, 3.75],
  [0.08, 4.84],
  [0.05, 4.25],
  [0.12, 3.86],
  [-0.46, 3.86],
  [-0.08, 4.23],
  [0.34, 4.37],
  [0.11, 4.35],
];
const X = tensor(ROWS, { dtype: "float64" });
const START = [ROWS[0], ROWS[12], ROWS[22]];

function expectClose(found: Tensor, wanted: number[] | number[][] | number[][][], tolerance = 1e-10): void {
  const expected = tensor(wanted, { dtype: "float64" });
  expect(found.shape).toEqual(expected.shape);
  expect(found.sub(expected).abs().max().item(), `${found}`).toBeLessThan(tolerance);
}

/** After five steps of EM from START, by a program of its own in NumPy. */
const FIVE_STEPS = {
  full: {
    weights: [0.4004612866002577, 0.3328720467330756, 0.26666666666666666],
    means: [
      [0.5001742943212137, 0.001314219988449973],
      [3.9035005732408545, 0.9317104739885607],
      [0.0225, 4.18875],
    ],
    covariances: [
      [
        [0.7925919886035789, 0.2656285382688619],
        [0.2656285382688619, 0.27128253470294145],
      ],
      [
        [0.16320501931506612, 0.0006199379922843663],
        [0.0006199379922843663, 0.9688833648781623],
      ],
      [
        [0.04566975, 0.029278125],
        [0.029278125, 0.1121369375],
      ],
    ],
    score: -2.4979864338096744,
    parameters: 17,
  },
  diagonal: {
    weights: [0.4002706918181787, 0.3330626415153378, 0.26666666666648353],
    means: [
      [0.49885423122984085, 0.00012663776076093558],
      [3.903139458995635, 0.9326052777040476],
      [0.022500000000163813, 4.188750000000256],
    ],
    covariances: [
      [0.7893495204711658, 0.26992813735452353],
      [0.1632895504172719, 0.9679489622424184],
      [0.04566974999994987, 0.11213693749997834],
    ],
    score: -2.601099430962927,
    parameters: 14,
  },
  spherical: {
    weights: [0.3946126430579506, 0.3387207419075052, 0.2666666150345443],
    means: [
      [0.4805706848804057, -0.008715114650349477],
      [3.8675735809829326, 0.9273301539859791],
      [0.022500026096845375, 4.188750073560443],
    ],
    covariances: [0.5209649857781339, 0.5961762260981797, 0.07890333724054219],
    score: -2.794510035654899,
    parameters: 11,
  },
} as const;

describe.each(Object.entries(FIVE_STEPS))("a mixture with %s covariances", (covariance, wanted) => {
  const made = () =>
    new GaussianMixture({ components: 3, covariance: covariance as "full", means: START, maxIterations: 5, tolerance: 1e-300 });

  test("takes NumPy's steps", async () => {
    const mixture = await made().fit(X);
    expectClose(mixture.weights, [...wanted.weights]);
    expectClose(mixture.means, wanted.means as never);
    expectClose(mixture.covariances, wanted.covariances as never);
    expect(mixture.score(X)).toBeCloseTo(wanted.score, 10);
    expect([mixture.converged, mixture.iterations]).toEqual([false, 5]);
  });

  test("counts its parameters, and judges by them", async () => {
    const mixture = await made().fit(X);
    const p = wanted.parameters;
    expect(mixture.parameterCount).toBe(p);
    expect(mixture.aic(X)).toBeCloseTo(2 * p - 60 * wanted.score, 8);
    expect(mixture.bic(X)).toBeCloseTo(p * 3.4011973816621555 - 60 * wanted.score, 8);
  });

  test("its likelihood never falls", async () => {
    const scores: number[] = [];
    for (let maxIterations = 1; maxIterations <= 8; maxIterations++) {
      const options = { components: 3, means: [ROWS[0], ROWS[1], ROWS[2]], tolerance: 1e-300, regularization: 0.05, maxIterations };
      scores.push((await new GaussianMixture({ ...options, covariance: covariance as "full" }).fit(X)).score(X));
    }
    for (let i = 1; i < scores.length; i++) expect(scores[i]).toBeGreaterThan(scores[i - 1] - 0.02);
    expect(scores.at(-1)).toBeGreaterThan(scores[0]);
  });

  test("its samples have its moments", async () => {
    const mixture = await made().fit(X);
    const { x, components } = mixture.sample(20_000, 5);
    const [sampled, all] = [x.mean(0), mixture.weights.reshape([1, 3]).matmul(mixture.means).squeeze(0)];
    expectClose(sampled.cast("float64"), all.toArray() as number[], 0.06);
    const share = (components.toArray() as number[]).filter((c) => c === 0).length / 20_000;
    expect(share).toBeCloseTo(wanted.weights[0], 1);
    // Fitted again, the samples give the mixture back.
    const again = await new GaussianMixture({ components: 3, covariance: covariance as "full", means: START, tolerance: 1e-6 }).fit(x);
    expect(again.score(x)).toBeCloseTo(mixture.score(x), 2);
  });
});

test("shares sum to 1, and the greatest is predicted", async () => {
  const mixture = await new GaussianMixture({ components: 3, seed: 2 }).fit(X);
  const shares = mixture.predictProba(X);
  expectClose(shares.sum(1), new Array(30).fill(1));
  expect(mixture.predict(X).toArray()).toEqual(shares.argmax(1).toArray());
  expect(mixture.logLikelihood(X).mean().item()).toBeCloseTo(mixture.score(X), 10);
});

test("far from all components the densities do not underflow", async () => {
  const mixture = await new GaussianMixture({ components: 2, covariance: "diagonal", seed: 2 }).fit(X);
  const far = mixture.logLikelihood(tensor([[1e4, -1e4]], { dtype: "float64" })).item();
  expect(far).toBeLessThan(-1e6);
  expectClose(mixture.predictProba([[1e4, -1e4]]).sum(1), [1], 1e-6);
});

test("the criteria find three components", async () => {
  const bics: number[] = [];
  for (let components = 1; components <= 5; components++) {
    const mixture = await new GaussianMixture({ components, covariance: "diagonal", starts: 5, seed: 1, regularization: 0.01 }).fit(X);
    bics.push(mixture.bic(X));
  }
  expect(bics.indexOf(Math.min(...bics))).toBe(2);
});

test.each(["kmeans", "kmeans++"] as const)("a start by %s is the same by seed", async (init) => {
  const means = async (seed: number) => (await new GaussianMixture({ components: 3, init, seed }).fit(X)).means.toArray();
  expect(await means(7)).toEqual(await means(7));
});

describe("KMeans", () => {
  test("finds the clusters", async () => {
    const model = await new KMeans({ clusters: 3, seed: 1 }).fit(X);
    const labels = model.labels.toArray() as number[];
    for (const [from, to] of [
      [0, 12],
      [12, 22],
      [22, 30],
    ])
      expect(new Set(labels.slice(from, to)).size).toBe(1);
    expect(model.predict(X).toArray()).toEqual(labels);
    // Each centre is the mean of its samples, and the inertia the sum of squares around them.
    let inertia = 0;
    for (const [from, to] of [
      [0, 12],
      [12, 22],
      [22, 30],
    ]) {
      const own = tensor(ROWS.slice(from, to), { dtype: "float64" });
      expectClose(model.centers.indexSelect(0, tensor([labels[from]], { dtype: "int32" })).squeeze(0), own.mean(0).toArray() as number[]);
      inertia += own.sub(own.mean(0)).square().sum().item();
    }
    expect(model.inertia).toBeCloseTo(inertia, 9);
    expect(model.score(X)).toBeCloseTo(-inertia, 9);
  });

  test("as many clusters as samples leave nothing", async () => {
    expect((await new KMeans({ clusters: 5, seed: 1 }).fit(ROWS.slice(0, 5))).inertia).toBe(0);
  });

  test("a centre without samples is found among very many", async () => {
    const { labels } = await new KMeans({ clusters: 2, starts: 1, seed: 1 }).fit(zeros([150_000, 1]));
    expect(labels.size).toBe(150_000);
  });

  test("samples that are alike are no trouble", async () => {
    expect((await new KMeans({ clusters: 2, seed: 1 }).fit([[1], [1], [1]])).inertia).toBe(0);
  });

  test("the seed in force decides where none is given", async () => {
    const run = async () => {
      manualSeed(9);
      return [(await new KMeans({ clusters: 4, starts: 1 }).fit(X)).inertia, (await new KMeans({ clusters: 4, starts: 1 }).fit(X)).inertia];
    };
    expect(await run()).toEqual(await run());
  });
});

describe("wrong calls", () => {
  test("are typed errors", async () => {
    await expect(new KMeans({ clusters: 4 }).fit([[1], [2]])).rejects.toThrow(
      "KMeans.fit: clusters is 4, x has 2 samples; expected at most as many",
    );
    await expect(new GaussianMixture({ components: 4 }).fit([[1], [2]])).rejects.toThrow("GaussianMixture.fit: components is 4");
    await expect(new GaussianMixture({ components: 2, means: [[1]] }).fit([[1], [2]])).rejects.toMatchObject({ code: "SHAPE" });
    await expect(new GaussianMixture({ regularization: 0 }).fit([[0], [0]])).rejects.toThrow("a component has collapsed");
    expect(() => new GaussianMixture({ covariance: "tied" as never })).toThrow(
      /covariance is "tied"; expected "spherical", "diagonal" or "full"/,
    );
    expect(() => new KMeans({} as never)).toThrow(/clusters is undefined/);
    expect(() => new GaussianMixture().score([[1]])).toThrow("GaussianMixture.score: it is not fitted");
    await expect(new KMeans({ clusters: 1 }).fit(tensor([], { shape: [0, 2] }))).rejects.toMatchObject({ code: "SHAPE" });
  });
});
