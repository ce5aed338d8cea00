import { describe, expect, test } from "vitest";
import { tokenCrossEntropy } from "../../src/data.js";
import {
  Adam,
  capture,
  concat,
  ctcDecode,
  ctcLoss,
  full,
  Linear,
  LSTM,
  manualSeed,
  mse,
  noGrad,
  RNN,
  randint,
  Sequential,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { encoderDecoder } from "../../src/models.js";
import { random } from "../support/kernels.js";

describe("the adding task: the sum of the two marked ones of 40 numbers (Hochreiter and Schmidhuber, 1997)", () => {
  const STEPS = 40;

  /** Numbers with marks [n, steps, 2], and the sums [n, 1]. */
  function examples(n: number, next: () => number): { x: Tensor; y: Tensor } {
    const [x, y] = [new Float32Array(n * STEPS * 2), new Float32Array(n)];
    for (let i = 0; i < n; i++) {
      const half = STEPS / 2;
      const marked = [Math.floor(next() * half), half + Math.floor(next() * half)];
      for (let t = 0; t < STEPS; t++) {
        const value = next();
        x[2 * (i * STEPS + t)] = value;
        if (!marked.includes(t)) continue;
        x[2 * (i * STEPS + t) + 1] = 1;
        y[i] += value;
      }
    }
    return { x: tensor(x, { shape: [n, STEPS, 2] }), y: tensor(y, { shape: [n, 1] }) };
  }

  /** The error on new examples. That of the mean, 1, is 1/6. */
  function errorOf(layer: LSTM | RNN): number {
    const next = random(1);
    const model = new Sequential([layer, new Linear(48, 1)]);
    const optimizer = new Adam(model.parameters(), { learningRate: 0.01, globalClipNorm: 1 });
    const step = capture((x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      mse(model.forward(x), y).backward();
      optimizer.step();
    });
    for (let i = 0; i < 1200; i++) {
      const { x, y } = examples(50, next);
      step(x, y);
    }
    const { x, y } = examples(500, next);
    return noGrad(() => mse(model.forward(x), y)).item();
  }

  test("an LSTM solves it, a plain RNN does not", () => {
    manualSeed(1);
    const [long, plain] = [errorOf(new LSTM(2, 48)), errorOf(new RNN(2, 48))];
    console.log(`LSTM ${long.toFixed(5)}, RNN ${plain.toFixed(5)}`);
    expect(long).toBeLessThan(0.005);
    expect(plain).toBeGreaterThan(0.1);
  }, 120_000);
});

test("an encoder–decoder reverses sequences that it has not seen", () => {
  manualSeed(1);
  const [SYMBOLS, LENGTH] = [10, 6];
  const model = encoderDecoder({ sourceVocabulary: SYMBOLS, targetVocabulary: SYMBOLS + 1, embedding: 32, hidden: 96 });
  const optimizer = new Adam(model.parameters(), { learningRate: 5e-3, globalClipNorm: 1 });
  const begin = full([64, 1], SYMBOLS, { dtype: "int32" });
  const step = capture((source: Tensor) => {
    const target = source.flip(1);
    optimizer.zeroGrad();
    const told = concat([begin, target.slice([null, [0, -1]])], 1);
    tokenCrossEntropy(model.forward(source, told), target).backward();
    optimizer.step();
  });
  for (let i = 0; i < 1200; i++) step(randint(0, SYMBOLS, [64, LENGTH]));
  const source = randint(0, SYMBOLS, [200, LENGTH]);
  const expected = source.flip(1).toArray() as number[][];
  const written = model.translate(source, { begin: SYMBOLS, most: LENGTH });
  const right = written.filter((tokens, i) => tokens.join() === expected[i].join()).length / 200;
  console.log(`reversed ${right}`);
  expect(right).toBeGreaterThanOrEqual(0.95);
}, 120_000);

test("CTC transcribes a noisy signal whose labels last as long as they like", () => {
  manualSeed(1);
  const [CLASSES, LABELS, STEPS] = [4, 3, 20];
  const next = random(2);
  /** Each label lasts two to four steps, silence lies between. */
  const examples = (n: number): { x: Tensor; y: Tensor } => {
    const [x, y] = [new Float32Array(n * STEPS * CLASSES), new Int32Array(n * LABELS)];
    for (let i = 0; i < x.length; i++) x[i] = 0.6 * (next() - 0.5);
    for (let i = 0; i < n; i++) {
      let t = 0;
      for (let j = 0; j < LABELS; j++) {
        t += 1 + Math.floor(2 * next());
        const label = Math.floor(CLASSES * next());
        y[i * LABELS + j] = label + 1;
        for (const end = t + 2 + Math.floor(3 * next()); t < end; t++) x[(i * STEPS + t) * CLASSES + label] += 1;
      }
    }
    return { x: tensor(x, { shape: [n, STEPS, CLASSES] }), y: tensor(y, { shape: [n, LABELS], dtype: "int32" }) };
  };
  const model = new Sequential([new LSTM(CLASSES, 24, { bidirectional: true, returnSequences: true }), new Linear(48, CLASSES + 1)]);
  const optimizer = new Adam(model.parameters(), { learningRate: 0.01, globalClipNorm: 5 });
  const step = capture((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    ctcLoss(model.forward(x), y).backward();
    optimizer.step();
  });
  for (let i = 0; i < 300; i++) {
    const { x, y } = examples(32);
    step(x, y);
  }
  const { x, y } = examples(200);
  const expected = y.toArray() as number[][];
  const read = ctcDecode(noGrad(() => model.forward(x)));
  const right = read.filter((labels, i) => labels.join() === expected[i].join()).length / 200;
  console.log(`transcribed ${right}`);
  expect(right).toBeGreaterThanOrEqual(0.95);
}, 120_000);
