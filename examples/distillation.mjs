/**
 * A small network learns from a large one: from the teacher's probabilities, softened by a temperature, as well as from the labels.
 * The loss is written by hand; the step is captured. (Hinton, Vinyals, Dean, arXiv 1503.02531.)
 *
 *     node examples/distillation.mjs
 */
import { Adam, batches, capture, crossEntropy, Dense, Dropout, manualSeed, noGrad, Sequential } from "simdgrad";
import { loadDigits } from "simdgrad/digits";

const { train, test } = await loadDigits();
const few = { x: train.x.slice([[0, 400]]), y: train.y.slice([[0, 400]]) };

manualSeed(7);
const teacher = new Sequential([new Dense(256, { activation: "relu" }), new Dropout(0.3), new Dense(10)]);
teacher.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
await teacher.fit(train, { epochs: 25, verbose: 0 });

const temperature = 4;
const soft = (await teacher.predict(train.x)).div(temperature).softmax(1);

function student(fromTeacher) {
  manualSeed(8);
  const net = new Sequential([new Dense(16, { activation: "relu", inputShape: [64] }), new Dense(10)]);
  const optimizer = new Adam(net.parameters(), { learningRate: 5e-3 });
  const step = capture(({ x, y }) => {
    const logits = net.forward(x);
    // Rows of probabilities are targets as well. T² keeps the gradients' size.
    const loss = fromTeacher ? crossEntropy(logits.div(temperature), y).mul(temperature ** 2) : crossEntropy(logits, y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const data = fromTeacher ? { x: train.x, y: soft } : few;
  const epochs = fromTeacher ? 25 : 90; // as many steps
  for (let epoch = 0; epoch < epochs; epoch++) for (const batch of batches(data, 32, { shuffle: true, dropLast: true })) step(batch);
  return noGrad(() => net.forward(test.x).argmax(1).eq(test.y).mean().item());
}

const { accuracy } = await teacher.evaluate(test);
console.log(`teacher ${accuracy.toFixed(3)} with ${teacher.parameters().reduce((sum, { size }) => sum + size, 0)} parameters`);
console.log(`student from 400 labels ${student(false).toFixed(3)}, from the teacher ${student(true).toFixed(3)}`);
