/**
 * `node bench/steady.mjs [steps]`: measures whether captured steps take the same time and memory from the first to the last. It prints
 * the median of each tenth of the steps, so that short disturbances of the machine do not matter.
 */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const outfile = join(here, "../build/steady.mjs");
const STEPS = Number(process.argv[2] ?? 100_000);
/** The number of steps in a sample. */
const SAMPLE = 50;

mkdirSync(dirname(outfile), { recursive: true });
await build({ entryPoints: [join(here, "../src/index.ts")], outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
process.env.SIMDGRAD_WIDE ??= "auto";
const library = await import(pathToFileURL(outfile).href);
const { Adam, capture, cosineDecay, crossEntropy, Dense, Dropout, init, manualSeed, memory, randint, randn, Sequential } = library;
const { wide } = await init();

manualSeed(1);
const net = new Sequential([new Dense(64, { activation: "relu", inputShape: [64] }), new Dropout(0.2), new Dense(10)]);
// A learning rate so small that the weights hardly change. Otherwise the number of tiny values, and with it the time, would change.
const optimizer = new Adam(net.parameters(), { learningRate: cosineDecay(1e-5, { steps: STEPS }) });
const step = capture((x, y) => {
  const loss = crossEntropy(net.forward(x), y);
  loss.backward();
  optimizer.step();
  optimizer.zeroGrad();
  return loss;
});
const data = Array.from({ length: 16 }, () => [randn([32, 64]), randint(0, 10, [32])]);

const deciles = Array.from({ length: 10 }, () => []);
const standing = () => ({ linear: memory().reservedBytes, heap: process.memoryUsage().heapUsed, process: process.memoryUsage().rss });
// Warms up until the engine has compiled the code.
for (let i = 0; i < 2000; i++) step(...data[i % 16]).item();
const before = standing();
for (let i = 0; i < STEPS; i += SAMPLE) {
  const begin = performance.now();
  for (let j = 0; j < SAMPLE; j++) step(...data[(i + j) % 16]).item();
  deciles[Math.floor((10 * i) / STEPS)].push((1e3 * (performance.now() - begin)) / SAMPLE);
}
const after = standing();

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const times = deciles.map(median);
console.log(`${STEPS} captured steps of 64-64-10, batch 32, dropout, Adam, cosine; Node ${process.version}, ${wide ? "wide" : "narrow"}`);
console.log(`µs a step, by deciles: ${times.map((time) => time.toFixed(2)).join("  ")}`);
console.log(`last over first: ${(times[9] / times[0]).toFixed(3)} (bar: at most 1.1)`);
for (const what of ["linear", "heap", "process"]) {
  const [from, to] = [before[what], after[what]].map((bytes) => (bytes / 2 ** 20).toFixed(1));
  console.log(`${what.padEnd(8)}${from} → ${to} MiB`);
}
