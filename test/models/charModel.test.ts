import { describe, expect, test } from "vitest";
import { CharTokenizer, generate, streamBatches, tokenCrossEntropy, windowBatches } from "../../src/data.js";
import { Adam, Dropout, deserializeModel, manualSeed, noGrad, randint, type Tensor } from "../../src/index.js";
import * as models from "../../src/models.js";

const { CharModel, charModel } = models;
const CELLS = ["lstm", "gru", "rnn"] as const;

describe.each(CELLS)("%s", (cell) => {
  const gates = { lstm: 4, gru: 3, rnn: 1 }[cell];

  test("has the parameters of its parts", () => {
    const model = charModel(65, { cell });
    const count = model.parameters().reduce((sum, { size }) => sum + size, 0);
    expect(count).toBe(65 * 64 + gates * 128 * (64 + 128 + 2) + 128 * 65 + 65);
    expect(model.outputShape([32, 64])).toEqual([32, 64, 65]);
  });

  test("step by step gives what the whole text does", () => {
    manualSeed(1);
    const model = charModel(7, { cell, embedding: 5, hidden: 6, layers: 2 });
    const tokens = randint(0, 7, [2, 9]);
    const whole = noGrad(() => model.forward(tokens));
    let state: models.CharState | null = null;
    for (const [from, to] of [
      [0, 4],
      [4, 5],
      [5, 9],
    ]) {
      const part: { logits: Tensor; state: models.CharState } = noGrad(() => model.step(tokens.slice([null, [from, to]]), state));
      state = part.state;
      const wanted = whole.slice([null, [from, to]]).view();
      expect(part.logits.view().every((value, i) => Math.abs(value - wanted[i]) < 1e-5)).toBe(true);
    }
  });

  test("is saved and loaded with its metadata", () => {
    const model = charModel(7, { cell, embedding: 5, hidden: 6, layers: 2, dropout: 0.25 });
    model.metadata.tokenizer = JSON.stringify(CharTokenizer.fit("abcdefg"));
    const again = deserializeModel<models.CharModel>(model.serialize(), { custom: models as never });
    expect(again).toBeInstanceOf(CharModel);
    expect(again.config()).toEqual(model.config());
    expect(again.metadata).toEqual(model.metadata);
    const tokens = randint(0, 7, [1, 4]);
    const [one, two] = [model, again].map((each) => noGrad(() => each.eval().forward(tokens).data));
    expect(two).toEqual(one);
  });
});

const TEXT = "abcabd".repeat(40);

test("fit learns a text that one character does not tell, in replayed steps, and generate goes on with it", async () => {
  manualSeed(1);
  const tokenizer = CharTokenizer.fit(TEXT);
  const model = charModel(tokenizer.size, { embedding: 8, hidden: 16 });
  model.compile({ optimizer: { name: "adam", learningRate: 0.02, globalClipNorm: 1 }, loss: tokenCrossEntropy });
  const { history } = await model.fit(windowBatches(tokenizer.encode(TEXT), { batchSize: 8, length: 24, steps: 60 }), {
    epochs: 2,
    verbose: 0,
  });
  expect(model.captureStatus?.state).toBe("replaying");
  expect(history.loss[1]).toBeLessThan(0.2);
  expect(await generate(model, tokenizer, { prompt: "abcabdab", length: 10, temperature: 0 })).toBe("cabdabcabd");
});

test("truncated backpropagation through time: the state goes on, the gradient does not", () => {
  manualSeed(1);
  const tokenizer = CharTokenizer.fit(TEXT);
  const model = charModel(tokenizer.size, { cell: "gru", embedding: 8, hidden: 16 });
  const optimizer = new Adam(model.parameters(), { learningRate: 0.02 });
  const losses: number[] = [];
  for (let epoch = 0; epoch < 12; epoch++) {
    let state: models.CharState | null = null;
    for (const { x, y } of streamBatches(tokenizer.encode(TEXT), { batchSize: 4, length: 6 })) {
      const { logits, state: after }: { logits: Tensor; state: models.CharState } = model.step(x, state);
      const loss = tokenCrossEntropy(logits, y);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      losses.push(loss.item());
      state = (after as Tensor).detach();
    }
  }
  expect(losses.at(-1)).toBeLessThan(0.25);
});

test("dropout falls in training only", () => {
  const model = charModel(5, { dropout: 0.5 });
  expect([...model.namedModules().values()].filter((module) => module instanceof Dropout).length).toBe(1);
  const tokens = randint(0, 5, [1, 6]);
  const run = () => noGrad(() => [...model.forward(tokens).view()]);
  model.eval();
  expect(run()).toEqual(run());
  model.train();
  expect(run()).not.toEqual(run());
});

test("refuses other cells", () => {
  expect(() => charModel(5, { cell: "lstn" as never })).toThrow(/^charModel: cell is "lstn"; expected "lstm", "gru" or "rnn"/);
});
