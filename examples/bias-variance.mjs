/**
 * Capacity: polynomials of degree 1 to 10 are fitted to many small samples of one curve. The error on new points is bias² + variance +
 * noise; a low degree underfits (bias), a high one overfits (variance), and a ridge penalty trades one for the other.
 *
 *     node examples/bias-variance.mjs
 */
import { manualSeed, rand, randn, stack } from "simdgrad";
import { PolynomialRegression } from "simdgrad/classic";

const NOISE = 0.3;
const [SAMPLES, REPEATS] = [30, 60];
const curve = (x) => x.mul(3).sin();

manualSeed(1);
const asked = rand([200, 1], { low: -1, high: 1, dtype: "float64" });
const truth = curve(asked).squeeze(1);

/** Bias², variance and training error of a model, over many training sets. */
async function experiment(options) {
  const predictions = [];
  let training = 0;
  for (let i = 0; i < REPEATS; i++) {
    const x = rand([SAMPLES, 1], { low: -1, high: 1, dtype: "float64" });
    const y = curve(x)
      .squeeze(1)
      .add(randn([SAMPLES], { std: NOISE, dtype: "float64" }));
    const model = await new PolynomialRegression(options).fit(x, y);
    predictions.push(model.predict(asked));
    training += model.predict(x).sub(y).square().mean().item() / REPEATS;
  }
  const all = stack(predictions, 0);
  const bias = all.mean(0).sub(truth).square().mean().item();
  const variance = all.variance(0, { correction: 0 }).mean().item();
  return { bias, variance, training, error: bias + variance + NOISE * NOISE };
}

console.log("degree     training    bias²       variance    error on new points");
const row = (name, { training, bias, variance, error }) =>
  console.log(String(name).padEnd(11) + [training, bias, variance, error].map((value) => value.toFixed(3).padEnd(12)).join(""));
const results = [];
for (let degree = 1; degree <= 10; degree++) {
  results.push(await experiment({ degree }));
  row(degree, results.at(-1));
}
const tamed = await experiment({ degree: 10, alpha: 0.1 });
row("10, α 0.1", tamed);

const errors = results.map(({ error }) => error);
const best = errors.indexOf(Math.min(...errors)) + 1;
const [low, high] = [results[0], results[9]];
console.log(`degree 1 underfits: bias² ${low.bias.toFixed(3)}, degree 10 overfits: variance ${high.variance.toFixed(3)}`);
console.log(
  `best degree ${best}, error ${errors[best - 1].toFixed(3)}, of degree 10 ${high.error.toFixed(3)}, with a penalty ${tamed.error.toFixed(3)}`,
);
