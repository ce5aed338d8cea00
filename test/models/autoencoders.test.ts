import { beforeAll, describe, expect, test } from "vitest";
import { loadDigits } from "../../src/digits.js";
import { Adam, batches, capture, deserializeModel, type Model, manualSeed, noGrad, rand, type Tensor } from "../../src/index.js";
import * as models from "../../src/models.js";
import { failure } from "../support/errors.js";

const { autoencoder, convAutoencoder, mlp, variationalAutoencoder } = models;

let train: Tensor;
let test_: Tensor;
beforeAll(async () => {
  const digits = await loadDigits();
  train = digits.train.x;
  test_ = digits.test.x;
});

const elements = (model: Model): number => model.parameters().reduce((sum, { size }) => sum + size, 0);

describe.each<[string, () => Model, number[], number]>([
  ["mlp", () => mlp(3, { hidden: [7, 5], activation: "tanh", dropout: 0.1, inputShape: [2, 4] }), [2, 4], 63 + 40 + 18],
  ["autoencoder", () => autoencoder({ inputShape: [2, 4], hidden: [6], code: 3, activation: "tanh" }), [2, 4], 54 + 21 + 24 + 56],
  ["autoencoder without hidden layers", () => autoencoder({ inputShape: [8], hidden: [], code: 3 }), [8], 27 + 32],
  [
    "convAutoencoder",
    () => convAutoencoder({ inputShape: [2, 7, 10], channels: [3, 4], outputActivation: "sigmoid" }),
    [2, 7, 10],
    57 + 112 + 111 + 56,
  ],
  [
    "variationalAutoencoder",
    () => variationalAutoencoder({ inputShape: [2, 4], hidden: [6], code: 3, likelihood: "gaussian", beta: 0.5 }),
    [2, 4],
    54 + 2 * 21 + 24 + 56,
  ],
])("%s", (_, make, extents, parameters) => {
  test("has the parameters that its layers have, at once, and tells the shape of its result", () => {
    const model = make();
    expect(elements(model)).toBe(parameters);
    expect(model.outputShape([3, ...extents])).toEqual(noGrad(() => model.forward(rand([3, ...extents]))).shape);
  });

  test("is saved, and loaded with the same bits", () => {
    manualSeed(1);
    const [model, x] = [make().eval(), rand([3, ...extents])];
    const again = deserializeModel(model.serialize(), { custom: models }).eval();
    expect(again.describe()).toEqual(model.describe());
    expect(noGrad(() => again.forward(x)).toArray()).toEqual(noGrad(() => model.forward(x)).toArray());
  });
});

test("an autoencoder gives digits back through 8 numbers, better than by their mean", async () => {
  manualSeed(1);
  const model = autoencoder({ inputShape: [64], hidden: [64], code: 8, outputActivation: "sigmoid" });
  model.compile({ optimizer: { name: "adam", learningRate: 3e-3 }, loss: "mse" });
  await model.fit({ x: train, y: train }, { epochs: 15, batchSize: 32, verbose: 0 });
  expect(model.captureStatus?.state).toBe("replaying");
  const error = noGrad(() => model.eval().forward(test_))
    .sub(test_)
    .square()
    .mean()
    .item();
  const ofMean = test_.sub(train.mean(0)).square().mean().item();
  expect(error).toBeLessThan(0.35 * ofMean);
  expect(model.encode(test_).shape).toEqual([test_.shape[0], 8]);
  expect(model.decode(model.encode(test_)).toArray()).toEqual(model.forward(test_).toArray());
});

test("a convolutional one gives digits back, too", async () => {
  manualSeed(1);
  const images = (x: Tensor): Tensor => x.reshape([-1, 1, 8, 8]);
  const model = convAutoencoder({ inputShape: [1, 8, 8], channels: [8, 4], outputActivation: "sigmoid" });
  model.compile({ optimizer: { name: "adam", learningRate: 5e-3 }, loss: "mse" });
  await model.fit({ x: images(train), y: images(train) }, { epochs: 10, batchSize: 32, verbose: 0 });
  const [x, ofMean] = [images(test_), test_.sub(train.mean(0)).square().mean().item()];
  expect(
    noGrad(() => model.eval().forward(x))
      .sub(x)
      .square()
      .mean()
      .item(),
  ).toBeLessThan(0.5 * ofMean);
  expect(model.encode(x).shape).toEqual([test_.shape[0], 4, 2, 2]);
});

describe("variational autoencoder", () => {
  test("its loss is −log p(x | z) and the divergence from N(0, 1), by hand", () => {
    manualSeed(2);
    const model = variationalAutoencoder({ inputShape: [4], hidden: [5], code: 2, beta: 3 }).eval();
    const x = rand([3, 4]);
    const { loss, reconstruction, divergence } = model.elbo(x);
    const { mean, logVariance } = model.encode(x);
    const [mu, log] = [[...mean.data], [...logVariance.data]];
    const kl = mu.reduce((sum, m, i) => sum + 0.5 * (m * m + Math.exp(log[i]) - 1 - log[i]), 0) / 3;
    const given = [...model.forward(x).data];
    const likelihood = [...x.data].reduce((sum, p, i) => sum - p * Math.log(given[i]) - (1 - p) * Math.log(1 - given[i]), 0) / 3;
    expect(divergence.item()).toBeCloseTo(kl, 5);
    expect(reconstruction.item()).toBeCloseTo(likelihood, 4);
    expect(loss.item()).toBeCloseTo(likelihood + 3 * kl, 4);
  });

  test("codes are drawn anew in training, by the seed, and are the means in evaluation", () => {
    const results = (training: boolean): unknown[] => {
      manualSeed(3);
      const model = variationalAutoencoder({ inputShape: [4], code: 2 }).train(training);
      return [1, 2].map(() =>
        noGrad(() =>
          model.forward(
            train.slice([
              [0, 3],
              [0, 4],
            ]),
          ),
        ).toArray(),
      );
    };
    const [first, second] = results(true);
    expect(second).not.toEqual(first);
    expect(results(true)).toEqual([first, second]);
    const [still, again] = results(false);
    expect(again).toEqual(still);
  });

  test("learns digits with captured steps, which have the bits of eager ones, and draws new ones", () => {
    const trained = (captured: boolean, epochs: number) => {
      manualSeed(4);
      const model = variationalAutoencoder({ inputShape: [64], hidden: [64], code: 4 });
      const optimizer = new Adam(model.parameters(), { learningRate: 3e-3 });
      const step = (x: Tensor): Tensor => {
        const { loss } = model.elbo(x);
        loss.backward();
        optimizer.step();
        optimizer.zeroGrad();
        return loss;
      };
      const run = captured ? capture(step) : step;
      const losses: number[] = [];
      for (let epoch = 0; epoch < epochs; epoch++) {
        for (const { x } of batches({ x: train, y: train }, 64, { shuffle: true, dropLast: true })) losses.push(run(x).item());
      }
      return { model, losses };
    };
    expect(trained(true, 1).losses).toEqual(trained(false, 1).losses);
    const { model, losses } = trained(true, 12);
    // 64 elements at ln 2 each are where it begins.
    expect(losses[0]).toBeGreaterThan(43);
    expect(losses.slice(-10).reduce((sum, loss) => sum + loss, 0) / 10).toBeLessThan(30);
    const samples = noGrad(() => model.eval().sample(50));
    expect(samples.shape).toEqual([50, 64]);
    // Pixels that digits never use stay empty, those in the middle do not.
    const [edge, middle] = [samples.slice([null, 0]).mean().item(), samples.slice([null, 27]).mean().item()];
    expect(edge).toBeLessThan(0.05);
    expect(middle).toBeGreaterThan(0.3);
  });
});

test("errors name the values and what helps", () => {
  expect(failure(() => autoencoder({} as never))).toMatch(/^ARGUMENT Autoencoder: inputShape is undefined; expected an array/);
  expect(failure(() => autoencoder({ inputShape: [64], hidden: 12 as never }))).toBe(
    "ARGUMENT Autoencoder: hidden is 12; expected an array of whole numbers ≥ 1. Write [12].",
  );
  expect(failure(() => convAutoencoder({ inputShape: [64] }))).toMatch(/^SHAPE ConvAutoencoder: inputShape is \[64\]/);
  expect(failure(() => variationalAutoencoder({ inputShape: [4], likelihood: "poisson" as never }))).toMatch(
    /^ARGUMENT VariationalAutoencoder: likelihood is/,
  );
  expect(failure(() => variationalAutoencoder({ inputShape: [4] }).sample(0))).toMatch(/^ARGUMENT sample: count is 0; expected/);
  expect(failure(() => mlp(0))).toBe("ARGUMENT mlp: outputs is 0; expected a whole number ≥ 1.");
});
