import { describe, expect, test } from "vitest";
import { CharTokenizer, generate } from "../../src/data.js";
import { Adam, concat, deserializeModel, manualSeed, noGrad, randint, type Tensor, tensor } from "../../src/index.js";
import * as models from "../../src/models.js";
import { failure } from "../support/errors.js";

const small = { vocabulary: 11, context: 12, embedding: 16, heads: 2, layers: 2, dropout: 0 } as const;

describe.each(["learned", "sinusoidal", "rotary"] as const)("gpt with positions %s", (positions) => {
  const model = (): models.Gpt => {
    manualSeed(3);
    return models.gpt({ ...small, positions });
  };

  test("step by step, the logits of the whole text", () => {
    const net = model().eval();
    const tokens = randint(0, 11, [2, 9]);
    const expected = noGrad(() => net.forward(tokens));
    const parts = noGrad(() => {
      const first = net.step(tokens.slice([null, [0, 4]]));
      const second = net.step(tokens.slice([null, [4, 5]]), first.state);
      return [first.logits, second.logits, net.step(tokens.slice([null, [5, 9]]), second.state).logits];
    });
    for (const [i, value] of concat(parts, 1).data.entries()) expect(value).toBeCloseTo(expected.data[i], 5);
  });

  test("later tokens change nothing before them", () => {
    const net = model().eval();
    const of = (last: number): Tensor => noGrad(() => net.forward(tensor([[1, 2, 3, last]], { dtype: "int32" })).slice([0, [0, 3]]));
    expect(of(4).toArray()).toEqual(of(9).toArray());
  });

  test("is saved and loaded, and generates the same text", async () => {
    const tokenizer = CharTokenizer.fit("abcdefghijk");
    const net = model();
    const again = deserializeModel(net.serialize(), { custom: models as never }) as models.Gpt;
    // More tokens than the context holds.
    const options = { prompt: "abc", length: 20, seed: 2 };
    expect(await generate(again, tokenizer, options)).toBe(await generate(net, tokenizer, options));
  });
});

test("gpt: parameters by the formula, tied or not", () => {
  const count = (net: models.Gpt): number => net.parameters().reduce((sum, { size }) => sum + size, 0);
  const [V, T, C, L] = [11, 12, 16, 2];
  const layer = 12 * C * C + 13 * C;
  expect(count(models.gpt(small))).toBe(V * C + T * C + L * layer + 2 * C);
  expect(count(models.gpt({ ...small, tied: false, positions: "rotary" }))).toBe(2 * V * C + L * layer + 2 * C);
  expect([...models.gpt(small).stateDict().keys()].slice(0, 4)).toEqual([
    ...["embedding.weight", "positions.weight", "transformer.layers.0.self_attn.in_proj_weight"],
    "transformer.layers.0.self_attn.in_proj_bias",
  ]);
});

test("gpt: the tied table is trained from both sides", () => {
  const net = models.gpt(small);
  const optimizer = new Adam(net.parameters(), { learningRate: 0.01 });
  const tokens = tensor([[0, 1, 2, 3, 4, 5, 6, 7]], { dtype: "int32" });
  const losses = Array.from({ length: 30 }, () => {
    const logits = net.forward(tokens.slice([null, [0, 7]]));
    const loss = logits
      .logSoftmax()
      .gather(2, tokens.slice([null, [1, 8]]).unsqueeze(2))
      .mean()
      .neg();
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss.item();
  });
  expect(losses[0]).toBeCloseTo(Math.log(11), 1);
  expect(losses.at(-1)).toBeLessThan(0.5);
});

test("transformerClassifier: what fills up a sequence does not matter", () => {
  const net = models.transformerClassifier({ vocabulary: 9, classes: 3, embedding: 16, heads: 2, paddingIndex: 0, context: 8 }).eval();
  const of = (tokens: number[]): Tensor => noGrad(() => net.forward(tensor([tokens], { dtype: "int32" })));
  const [short, long] = [of([3, 1, 4]), of([3, 1, 4, 0, 0])];
  expect(short.shape).toEqual([1, 3]);
  for (const [i, value] of short.data.entries()) expect(value).toBeCloseTo(long.data[i], 5);
  expect(net.outputShape([5, 8])).toEqual([5, 3]);
  expect(deserializeModel(net.serialize(), { custom: models as never }).describe()).toEqual(net.describe());
});

test("errors", () => {
  expect(failure(() => models.gpt({ ...small, heads: 3 }))).toContain("numHeads is 3, which does not divide embedDim 16");
  expect(failure(() => models.gpt(small).forward(randint(0, 11, [1, 13])))).toBe(
    "SHAPE gpt: the tokens have shape [1, 13]; expected [n, T] with T at most 12, as context says.",
  );
  expect(failure(() => models.gpt({ blockSize: 3 } as never))).toContain('Did you mean "context"?');
});
