/**
 * A network learns from a file that is read line by line, as one that is larger than memory would be. Some lines are broken: they are
 * skipped and counted. The training is stopped in the middle of an epoch, goes on from its checkpoint, and ends with the same weights as
 * one that was never stopped.
 *
 *     node examples/stream.mjs
 */
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Dense, manualSeed, randn, Sequential } from "simdgrad";
import { DataStream, RecordError } from "simdgrad/data";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-"));
const file = join(folder, "readings.txt");

/** Readings of a machine: temperature, vibration, and whether it failed the next day. One line in two hundred is broken. */
function writeReadings(count) {
  manualSeed(1);
  const noise = randn([count, 2]).toArray();
  const lines = noise.map(([heat, shake], i) => {
    if (i % 200 === 99) return "sensor offline";
    const failed = heat * heat + shake * shake > 1.5 ? 1 : 0;
    return `${heat.toFixed(4)} ${shake.toFixed(4)} ${failed}`;
  });
  writeFileSync(file, lines.join("\n"));
}

function parse(line, i) {
  const [heat, shake, failed] = line.split(" ").map(Number);
  if (failed === undefined) throw new RecordError("readings", `it has no three numbers: "${line}"`, { file, line: i + 1 });
  return { x: [heat, shake], y: failed };
}

const records = DataStream.from(() => createInterface({ input: createReadStream(file) }))
  .map(parse)
  .onBadRecord("skip");
const stream = records.shuffle(500).batch(64).prefetch(2);

async function train(options) {
  manualSeed(2);
  const model = new Sequential([new Dense(16, { activation: "relu", inputShape: [2] }), new Dense(2)]);
  model.compile({ optimizer: { name: "adam", learningRate: 0.02 }, loss: "crossEntropy", metrics: ["accuracy"] });
  await model.fit(stream, { epochs: 4, verbose: 0, ...options });
  return model;
}

writeReadings(4000);
const model = await train({});
const { accuracy } = await model.evaluate(records.batch(256));
console.log(`skipped ${stream.skipped.count} lines, accuracy ${accuracy.toFixed(3)}`);

// The same again, stopped after 100 of its 248 steps.
const checkpoint = { path: join(folder, "run.safetensors"), every: "20 steps" };
const controller = new AbortController();
let steps = 0;
const onBatchEnd = () => {
  if (++steps === 100) controller.abort("stopped");
};
await train({ checkpoint, signal: controller.signal, callbacks: [{ onBatchEnd }] }).catch((reason) =>
  console.log(`${reason} at step ${steps}`),
);
const resumed = await train({ checkpoint, resume: true });

const bits = (model) =>
  model
    .parameters()
    .flatMap(({ data }) => [...data])
    .join();
console.log(`the same weights: ${bits(resumed) === bits(model)}`);
rmSync(folder, { recursive: true });
