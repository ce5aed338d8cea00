/**
 * What happens while a model learns: a callback gathers loss and accuracy, and draws them as curves in the terminal. A large
 * model is trained on few images, some of them with a wrong label: it shows what overfitting looks like.
 *
 *     node examples/learning-curve.mjs
 */
import { Callback, Dense, manualSeed, Sequential, tensor } from "simdgrad";
import { loadDigits } from "simdgrad/digits";

/** Curves as text: each with a sign of its own, from the smallest to the greatest value. */
function chart(curves, { height = 12, width = 60 } = {}) {
  const all = Object.values(curves).flat();
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const rows = Array.from({ length: height }, () => Array(width).fill(" "));
  for (const [sign, values] of Object.entries(curves)) {
    for (let column = 0; column < width; column++) {
      const value = values[Math.round((column / (width - 1)) * (values.length - 1))];
      rows[Math.round(((high - value) / (high - low || 1)) * (height - 1))][column] = sign;
    }
  }
  return rows.map((row, i) => `${(high - (i / (height - 1)) * (high - low)).toFixed(2).padStart(6)} │${row.join("")}`).join("\n");
}

class Curves extends Callback {
  figures = {};
  onEpochEnd(_epoch, logs) {
    for (const [name, value] of Object.entries(logs)) {
      this.figures[name] ??= [];
      this.figures[name].push(value);
    }
  }
}

manualSeed(10);
const { train, test } = await loadDigits();
const model = new Sequential([new Dense(256, { activation: "relu" }), new Dense(10)]);
model.compile({ optimizer: { name: "adam", learningRate: 5e-3 }, loss: "crossEntropy", metrics: ["accuracy"] });
const curves = new Curves();
const labels = train.y.slice([[0, 200]]).toArray();
const few = {
  x: train.x.slice([[0, 200]]),
  y: tensor(
    labels.map((label, i) => (i % 8 === 0 ? (label + 1) % 10 : label)),
    { dtype: "int32" },
  ),
};
await model.fit(few, { epochs: 60, validationData: test, callbacks: [curves], verbose: 0 });

const { loss, valLoss, valAccuracy } = curves.figures;
console.log("loss of training (·) and validation (o)");
console.log(chart({ "·": loss, o: valLoss }));
const best = valLoss.indexOf(Math.min(...valLoss));
console.log(`validation is best after epoch ${best + 1}: loss ${valLoss[best].toFixed(3)}, accuracy ${valAccuracy[best].toFixed(3)}`);
