/**
 * Estimators: the mean of squared differences is a biased estimate of a variance, E = (1 − 1/n)σ², and still has the smaller error; the
 * likeliest line under normal noise is the one with the least mean squared error.
 *
 *     node examples/estimators.mjs
 */
import { manualSeed, randn } from "simdgrad";
import { LinearRegression } from "simdgrad/classic";

manualSeed(1);
const [n, SETS] = [5, 40_000];
const samples = randn([SETS, n], { std: 2 });
const estimates = { biased: samples.variance(1, { correction: 0 }), unbiased: samples.variance(1, { correction: 1 }) };
const means = Object.fromEntries(Object.entries(estimates).map(([name, found]) => [name, found.mean().item()]));
const errors = Object.fromEntries(Object.entries(estimates).map(([name, found]) => [name, found.sub(4).square().mean().item()]));
for (const name of Object.keys(estimates))
  console.log(`${name.padEnd(9)} mean ${means[name].toFixed(3)}, squared error ${errors[name].toFixed(2)}`);
console.log(`expected  mean ${(4 * (1 - 1 / n)).toFixed(3)} of the biased, 4.000 of the unbiased, which is not the nearer one`);

// −ln N(y; w x + b, σ²) summed = n ln(σ √2π) + Σ(y − w x − b)² / 2σ²: the same line makes both least, whatever σ is.
const x = randn([50, 1], { dtype: "float64" });
const y = x
  .mul(1.5)
  .add(0.7)
  .squeeze(1)
  .add(randn([50], { std: 0.4, dtype: "float64" }));
const line = await new LinearRegression().fit(x, y);
const [w, b] = [line.coefficients.item(), line.intercept.item()];
const squares = (w, b) => y.sub(x.squeeze(1).mul(w).add(b)).square().sum().item();
const surprise = (w, b, sigma) => 50 * Math.log(sigma * Math.sqrt(2 * Math.PI)) + squares(w, b) / (2 * sigma ** 2);
const around = [
  [0.01, 0],
  [-0.01, 0],
  [0, 0.01],
  [0, -0.01],
];
const likeliest = [0.2, 0.4, 1].every((sigma) => around.every(([dw, db]) => surprise(w + dw, b + db, sigma) > surprise(w, b, sigma)));
console.log(`w ${w.toFixed(3)}, b ${b.toFixed(3)}: least squares are likeliest: ${likeliest}`);
console.log(
  `bias ${(means.biased / 4).toFixed(3)} of 0.8, ${(means.unbiased / 4).toFixed(3)} of 1; squared errors ${errors.biased.toFixed(2)} < ${errors.unbiased.toFixed(2)}`,
);
