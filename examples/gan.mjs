/**
 * Two networks against each other: a generator learns to put points on a ring, a discriminator to tell them from real ones. A loop of
 * one's own, with `detach` where the discriminator learns from what the generator made. Draws real and made points.
 * (Goodfellow et al., arXiv 1406.2661.)
 *
 *     node examples/gan.mjs
 */
import { Adam, binaryCrossEntropy, cos, Dense, manualSeed, noGrad, ones, rand, randn, Sequential, sin, stack, zeros } from "simdgrad";

manualSeed(4);
const [batch, noise] = [128, 4];

/** Points on a ring of radius 1. */
function real(count) {
  const angle = rand([count]).mul(2 * Math.PI);
  return stack([cos(angle), sin(angle)], 1).add(randn([count, 2], { std: 0.05 }));
}

const network = (inputs, outputs) =>
  new Sequential([
    new Dense(48, { activation: { name: "leakyRelu", slope: 0.1 }, inputShape: [inputs] }),
    new Dense(48, { activation: { name: "leakyRelu", slope: 0.1 } }),
    new Dense(outputs),
  ]);
const generator = network(noise, 2);
const discriminator = network(2, 1);
const generatorOptimizer = new Adam(generator.parameters(), { learningRate: 1e-3, beta1: 0.5 });
const discriminatorOptimizer = new Adam(discriminator.parameters(), { learningRate: 2e-3, beta1: 0.5 });
const [yes, no] = [ones([batch, 1]), zeros([batch, 1])];

for (let step = 0; step < 1500; step++) {
  // The discriminator: real points are real, made ones are not.
  discriminator.zeroGrad();
  binaryCrossEntropy(discriminator.forward(real(batch)), yes).backward();
  const made = generator.forward(randn([batch, noise]));
  binaryCrossEntropy(discriminator.forward(made.detach()), no).backward();
  discriminatorOptimizer.step();

  // The generator: what it makes shall pass for real.
  generator.zeroGrad();
  binaryCrossEntropy(discriminator.forward(made), yes).backward();
  generatorOptimizer.step();
}

/** Points from −1.5 to 1.5 as a picture. */
function picture(points) {
  const rows = Array.from({ length: 13 }, () => Array(27).fill(" "));
  for (const [x, y] of points) {
    const [row, column] = [Math.round((1.5 - y) * 4), Math.round((x + 1.5) * 8.66)];
    if (rows[row]?.[column]) rows[row][column] = "•";
  }
  return rows.map((row) => row.join(""));
}

const made = noGrad(() => generator.forward(randn([400, noise])));
const [left, right] = [picture(real(400).toArray()), picture(made.toArray())];
console.log(`${"real".padEnd(30)}made`);
for (const [i, row] of left.entries()) console.log(`${row}   ${right[i]}`);
const radius = made.square().sum(1).sqrt();
console.log(`mean radius ${radius.mean().item().toFixed(2)}, deviation ${radius.std().item().toFixed(2)}`);
