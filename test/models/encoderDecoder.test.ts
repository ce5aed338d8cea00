import { describe, expect, test } from "vitest";
import { tokenCrossEntropy } from "../../src/data.js";
import { deserializeModel, manualSeed, noGrad, randint, type Tensor, tensor, zeros } from "../../src/index.js";
import * as models from "../../src/models.js";

const { EncoderDecoder, encoderDecoder } = models;

describe.each(["lstm", "gru", "rnn"] as const)("%s", (cell) => {
  const made = (): models.EncoderDecoder => {
    manualSeed(1);
    return encoderDecoder({ sourceVocabulary: 7, targetVocabulary: 9, cell, embedding: 5, hidden: 6, layers: 2 });
  };

  test("has the parameters of its parts", () => {
    const gates = { lstm: 4, gru: 3, rnn: 1 }[cell];
    const model = encoderDecoder({ sourceVocabulary: 7, targetVocabulary: 9, cell });
    const recurrent = gates * 128 * (64 + 128 + 2);
    const count = model.parameters().reduce((sum, { size }) => sum + size, 0);
    expect(count).toBe((7 + 9) * 64 + 2 * recurrent + 9 * 128 + 9);
    expect(model.outputShape([2, 4], [2, 5])).toEqual([2, 5, 9]);
  });

  test("is saved and loaded with the same bits", () => {
    const model = made();
    const again = deserializeModel<models.EncoderDecoder>(model.serialize(), { custom: models as never });
    expect(again).toBeInstanceOf(EncoderDecoder);
    const [source, target] = [randint(0, 7, [2, 4]), randint(0, 9, [2, 5])];
    const run = (of: models.EncoderDecoder): unknown => noGrad(() => of.forward(source, target)).toArray();
    expect(run(again)).toEqual(run(model));
  });

  test("a translation is what teacher forcing with its own tokens finds likeliest", () => {
    const model = made();
    const source = randint(0, 7, [3, 4]);
    const written = model.translate(source, { begin: 8, most: 5 });
    expect(written.map(({ length }) => length)).toEqual([5, 5, 5]);
    const target = tensor(
      written.map((tokens) => [8, ...tokens.slice(0, 4)]),
      { dtype: "int32" },
    );
    const likeliest = noGrad(() => model.forward(source, target).argmax(2)).toArray();
    expect(likeliest).toEqual(written);
  });
});

test("a translation ends before its end token", () => {
  manualSeed(1);
  const model = encoderDecoder({ sourceVocabulary: 4, targetVocabulary: 5, embedding: 3, hidden: 4 });
  const source = zeros([1, 3], { dtype: "int32" });
  const [whole] = model.translate(source, { most: 6 });
  const [cut] = model.translate(source, { most: 6, end: whole[0] });
  expect([whole.length, cut]).toEqual([6, []]);
});

test("fit teaches it, in replayed steps", async () => {
  manualSeed(1);
  const model = encoderDecoder({ sourceVocabulary: 4, targetVocabulary: 5, embedding: 8, hidden: 16 });
  model.compile({ optimizer: { name: "adam", learningRate: 0.02 }, loss: tokenCrossEntropy });
  const source = randint(0, 4, [32, 3]);
  const y = source.flip(1) as Tensor;
  const told = zeros([32, 3], { dtype: "int32" }).add(4);
  const { history } = await model.fit({ x: [source, told], y }, { epochs: 30, batchSize: 16, verbose: 0 });
  expect(history.loss.at(-1)).toBeLessThan(0.75 * history.loss[0]);
  expect(model.captureStatus?.state).toBe("replaying");
});
