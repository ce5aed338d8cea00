/**
 * Text, letter by letter: an Embedding of the last eight characters and two Dense layers learn to tell the next one, and then write.
 * (Bengio et al., A Neural Probabilistic Language Model, 2003, with letters for words.)
 *
 *     node examples/characters.mjs
 */
import { Dense, Embedding, Flatten, manualSeed, rand, Sequential, tensor } from "simdgrad";

const TEXT = `the cat sat on the mat. the dog sat on the log. the cat saw the dog and the dog saw the cat.
the cat ran to the log and the dog ran to the mat. then the cat sat on the log and the dog sat on the mat.
`.repeat(6);
const CONTEXT = 8;

manualSeed(3);
const letters = [...new Set(TEXT)].sort();
const codes = [...TEXT].map((letter) => letters.indexOf(letter));
const windows = codes.length - CONTEXT;
const x = tensor(
  Array.from({ length: windows }, (_, i) => codes.slice(i, i + CONTEXT)),
  { dtype: "int32" },
);
const y = tensor(codes.slice(CONTEXT), { dtype: "int32" });

const model = new Sequential([
  new Embedding(letters.length, 12),
  new Flatten(),
  new Dense(64, { activation: "tanh" }),
  new Dense(letters.length),
]);
model.compile({ optimizer: { name: "adam", learningRate: 5e-3 }, loss: "crossEntropy", metrics: ["accuracy"] });
const { history } = await model.fit({ x, y }, { epochs: 15, batchSize: 64, verbose: 0 });
console.log(`${letters.length} letters; loss ${history.loss[0].toFixed(2)} → ${history.loss.at(-1).toFixed(2)}`);

/** One letter at random, by the probabilities of the model: a low temperature dares less. */
function draw(logits, temperature) {
  const probabilities = logits.div(temperature).softmax(1).toArray()[0];
  let left = rand([]).item();
  for (const [letter, probability] of probabilities.entries()) {
    left -= probability;
    if (left < 0) return letter;
  }
  return probabilities.length - 1;
}

let written = TEXT.slice(0, CONTEXT);
for (let i = 0; i < 120; i++) {
  const context = [...written.slice(-CONTEXT)].map((letter) => letters.indexOf(letter));
  written += letters[draw(await model.predict(tensor([context], { dtype: "int32" })), 0.5)];
}
console.log(written);
console.log(`accuracy ${history.accuracy.at(-1).toFixed(3)}`);
