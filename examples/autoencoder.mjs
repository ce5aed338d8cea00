/**
 * An autoencoder: digits through sixteen numbers and back. Noise is added to what goes in, so that it also learns to clean (Vincent et
 * al., 2008). One functional model is trained; its halves are models of their own that share its layers.
 *
 *     node examples/autoencoder.mjs
 */
import { Dense, input, Model, manualSeed, randn } from "simdgrad";
import { loadDigits } from "simdgrad/digits";

manualSeed(5);
const { train, test } = await loadDigits();

const pixels = input([64]);
const code = new Dense(16, { activation: "tanh" }).forward(new Dense(64, { activation: "relu" }).forward(pixels));
const decoded = new Dense(64, { activation: "sigmoid" }).forward(new Dense(64, { activation: "relu" }).forward(code));
const autoencoder = new Model({ inputs: pixels, outputs: decoded });
const encoder = new Model({ inputs: pixels, outputs: code });

const noisy = (x) => x.add(randn(x.shape, { std: 0.3 })).clamp(0, 1);
autoencoder.compile({ optimizer: { name: "adam", learningRate: 3e-3 }, loss: "mse" });
await autoencoder.fit({ x: noisy(train.x), y: train.x }, { epochs: 60, batchSize: 32, verbose: 0 });

const dirty = noisy(test.x);
const clean = await autoencoder.predict(dirty);
const error = (x) => x.sub(test.x).square().mean().item();
const show = (row) => row.map((ink) => " ░▒▓█"[Math.min(4, Math.floor(ink * 5))].repeat(2)).join("");
const [originals, inputs, outputs] = [test.x, dirty, clean].map((x) => x.slice([0]).reshape([8, 8]).toArray());
for (let row = 0; row < 8; row++) console.log(`${show(originals[row])} │ ${show(inputs[row])} │ ${show(outputs[row])}`);
console.log(`codes [${(await encoder.predict(test.x)).shape}]`);
console.log(`squared error of the noisy images ${error(dirty).toFixed(4)}, of the cleaned ones ${error(clean).toFixed(4)}`);
