/**
 * Generative classifiers: a mixture of Gaussians for the digits of each class, after principal components have whitened the pixels. A
 * digit belongs to the class under which it is likeliest. Compared are forms of the covariance, by parameters and by accuracy, and new
 * digits are drawn.
 *
 *     node examples/mixture-digits.mjs
 */
import { tensor } from "simdgrad";
import { GaussianMixture } from "simdgrad/classic";
import { PCA } from "simdgrad/data";
import { loadDigits } from "simdgrad/digits";

const { train, test } = await loadDigits();
const pca = await new PCA({ components: 20, whiten: true }).fit(train.x);
const [white, asked] = [pca.transform(train.x), pca.transform(test.x)];
const labels = train.y.toArray();
const explained = pca.explainedVarianceRatio.sum().item();
console.log(`20 of 64 directions explain ${(100 * explained).toFixed(0)} % of the variance`);

/** A mixture for each class, and its accuracy on the test digits. */
async function classify(options, samples, questions) {
  const mixtures = [];
  for (let digit = 0; digit < 10; digit++) {
    const rows = labels.flatMap((label, i) => (label === digit ? [i] : []));
    const own = samples.indexSelect(0, tensor(rows, { dtype: "int32" }));
    mixtures.push(await new GaussianMixture({ seed: 1, ...options }).fit(own));
  }
  const logs = mixtures.map((mixture) => mixture.logLikelihood(questions).toArray());
  const found = test.y.toArray().map((_, i) => logs.reduce((best, log, digit) => (log[i] > logs[best][i] ? digit : best), 0));
  const accuracy = found.filter((digit, i) => digit === test.y.toArray()[i]).length / found.length;
  return { mixtures, accuracy, parameters: 10 * mixtures[0].parameterCount };
}

const KINDS = [
  { covariance: "spherical", components: 3 },
  { covariance: "diagonal", components: 3 },
  { covariance: "full", components: 1, regularization: 0.05 },
];
for (const options of KINDS) {
  const { accuracy, parameters } = await classify(options, white, asked);
  console.log(`${options.covariance.padEnd(9)} × ${options.components}: ${parameters} parameters, accuracy ${accuracy.toFixed(3)}`);
}
const pixels = await classify({ covariance: "diagonal", components: 3, regularization: 0.01 }, train.x.flatten(1), test.x.flatten(1));
const best = await classify(KINDS[2], white, asked);

// A new digit: a sample of the mixture, turned back into pixels.
const [drawn] = pca.inverse(best.mixtures[3].sample(1, 2).x).toArray();
for (let row = 0; row < 8; row++) {
  const line = drawn.slice(8 * row, 8 * row + 8).map((value) => " ·░▒▓█"[Math.min(5, Math.max(0, Math.round(value * 5)))]);
  console.log(line.map((cell) => cell + cell).join(""));
}
console.log(`accuracy ${best.accuracy.toFixed(3)}, of pixels with diagonal covariances ${pixels.accuracy.toFixed(3)}`);
