/**
 * Rosenblatt's perceptron reads letters, as the Mark I did in 1957 from 400 photocells: each letter on a grid of 20 × 20, shifted and
 * with noise. It shows the mistakes it learns by, the bound on them, and XOR, which no perceptron learns.
 *
 *     node examples/perceptron-letters.mjs
 */
import { manualSeed, rand, randint } from "simdgrad";
import { Perceptron } from "simdgrad/classic";

/** Letters in 5 × 7 dots, a row of bits a number. */
const LETTERS = {
  A: [0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
  C: [0b01110, 0b10001, 0b10000, 0b10000, 0b10000, 0b10001, 0b01110],
  E: [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111],
  F: [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b10000],
  H: [0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
  L: [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111],
  T: [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100],
  X: [0b10001, 0b10001, 0b01010, 0b00100, 0b01010, 0b10001, 0b10001],
};
const names = Object.keys(LETTERS);
const SIZE = 20;

/** A letter of twice its size on the grid, moved by up to a dot, with some cells flipped. */
function photograph(letter, flipped) {
  const [right, down] = randint(0, 3, [2]).toArray();
  const noise = rand([SIZE * SIZE]).toArray();
  return Array.from({ length: SIZE * SIZE }, (_, i) => {
    const [row, column] = [Math.floor((i / SIZE - 2 - down) / 2), Math.floor(((i % SIZE) - 4 - right) / 2)];
    const bit = row >= 0 && column >= 0 && column < 5 ? ((letter[row] ?? 0) >> (4 - column)) & 1 : 0;
    return noise[i] < flipped ? 1 - bit : bit;
  });
}

function photographs(each) {
  const y = Array.from({ length: each * names.length }, (_, i) => i % names.length);
  return { x: y.map((label) => photograph(LETTERS[names[label]], 0.03)), y };
}

manualSeed(1);
const [train, test] = [photographs(60), photographs(30)];
for (let row = 0; row < SIZE; row += 1) {
  const line = train.x[0].slice(row * SIZE, (row + 1) * SIZE);
  console.log(line.map((cell) => (cell ? "█" : "·")).join(""));
}

const reader = await new Perceptron({ shuffle: true, seed: 1 }).fit(train.x, train.y);
console.log(`\n${reader.mistakes} mistakes in ${reader.epochs} passes, then none`);

// In weight space each sample of AND is a line through 0; each mistake moves the weights across one.
const corners = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const and = await new Perceptron({ keepHistory: true }).fit(corners, [0, 0, 0, 1]);
console.log(
  `AND: ${and.history
    .toArray()
    .map((weights) => `(${weights})`)
    .join(" → ")}`,
);
const xor = await new Perceptron({ epochs: 1000 }).fit(corners, [0, 1, 1, 0]);
console.log(`XOR: ${xor.converged ? "learned" : "not learned"} in ${xor.epochs} passes`);
console.log(`letters read ${reader.score(test.x, test.y).toFixed(3)}, XOR ${xor.score(corners, [0, 1, 1, 0])}`);
