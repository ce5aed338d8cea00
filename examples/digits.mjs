/**
 * Handwritten digits: `fit` with dropout, batch normalisation, a learning rate that falls along a cosine, and early stopping.
 * Ends with the confusion matrix of the test images, and draws the ones that were misread.
 *
 *     node examples/digits.mjs
 */
import { BatchNorm, ConfusionMatrix, cosineDecay, Dense, Dropout, EarlyStopping, manualSeed, Sequential } from "simdgrad";
import { loadDigits } from "simdgrad/digits";

manualSeed(1);
const { train, test, classNames } = await loadDigits();

const model = new Sequential([
  new Dense(128, { activation: "relu" }),
  new BatchNorm(),
  new Dropout(0.3),
  new Dense(64, { activation: "relu" }),
  new Dense(classNames.length),
]);
const [epochs, batchSize] = [30, 32];
const steps = epochs * Math.ceil(train.x.shape[0] / batchSize);
const confusion = new ConfusionMatrix();
model.compile({
  optimizer: { name: "adam", learningRate: cosineDecay(3e-3, { steps }) },
  loss: "crossEntropy",
  metrics: ["accuracy", confusion],
});
await model.fit(train, { epochs, batchSize, validationSplit: 0.1, callbacks: [new EarlyStopping({ patience: 8 })] });
model.summary();

const { accuracy } = await model.evaluate(test);
console.log(`true \\ read  ${classNames.map((name) => name.padStart(4)).join("")}`);
for (const [label, counts] of confusion.counts.entries()) {
  console.log(`${classNames[label].padStart(11)}  ${counts.map((count) => String(count || "·").padStart(4)).join("")}`);
}

const read = (await model.predict(test.x)).argmax(1).toArray();
const labels = test.y.toArray();
const misread = labels.flatMap((label, i) => (label === read[i] ? [] : [i]));
for (const i of misread.slice(0, 3)) {
  console.log(`\na ${labels[i]}, read as ${read[i]}:`);
  for (const row of test.x.slice([i]).reshape([8, 8]).toArray()) {
    console.log(row.map((ink) => " ░▒▓█"[Math.min(4, Math.floor(ink * 5))].repeat(2)).join(""));
  }
}
console.log(`\ntest accuracy ${accuracy.toFixed(3)}`);
