/**
 * What learning features is worth: a curve is fitted by kernel ridge, by networks whose hidden layer is drawn and never learned (random
 * Fourier and ReLU features), and by a network of as many hidden units that learns them.
 *
 *     node examples/random-features.mjs
 */
import { Adam, Dense, manualSeed, rand, randn, Sequential } from "simdgrad";
import { KernelRidge, RandomFeatureRegression } from "simdgrad/classic";

manualSeed(1);
/** A ridge in ten dimensions: only one direction of the ten counts. */
const curve = (x) =>
  x
    .slice([null, 0])
    .add(x.slice([null, 1]))
    .mul(2)
    .sin();
const draw = (n) => {
  const x = rand([n, 10], { low: -1, high: 1 });
  return { x, y: curve(x) };
};
const [train, test] = [draw(500), draw(500)];
train.y = train.y.add(randn([500], { std: 0.05 }));

console.log("R² on new samples");
const kernel = await new KernelRidge({ gamma: 0.1, alpha: 0.1 }).fit(train.x, train.y);
console.log(`kernel ridge, as many units as samples (500): ${kernel.score(test.x, test.y).toFixed(3)}`);
for (const kind of ["fourier", "relu"]) {
  for (const features of [32, 128, 512]) {
    const model = await new RandomFeatureRegression({ kind, features, gamma: 0.1, alpha: 0.1, seed: 1 }).fit(train.x, train.y);
    console.log(`${features} random ${kind} features: ${model.score(test.x, test.y).toFixed(3)}`);
  }
}
const random = await new RandomFeatureRegression({ kind: "relu", features: 32, alpha: 0.1, seed: 1 }).fit(train.x, train.y);

const network = new Sequential([new Dense(32, { activation: "relu" }), new Dense(1)]);
network.compile({ optimizer: new Adam({ learningRate: 1e-2 }), loss: "mse" });
await network.fit({ x: train.x, y: train.y.unsqueeze(1) }, { epochs: 150, batchSize: 50, verbose: 0 });
const error = (await network.predict(test.x)).squeeze(1).sub(test.y).square().mean().item();
const learned = 1 - error / test.y.variance({ correction: 0 }).item();
console.log(`R² of 32 random features ${random.score(test.x, test.y).toFixed(3)}, of 32 learned ones ${learned.toFixed(3)}`);
