import { describe, expect, test, vi } from "vitest";
import { sample } from "../../src/data/sampling.js";
import { CharTokenizer, generate, type LanguageModel } from "../../src/data.js";
import { ArgumentError, ShapeError } from "../../src/errors/errors.js";
import { Dense, Dropout, Embedding, Module, manualSeed, Sequential, type Tensor, tensor } from "../../src/index.js";

const tokenizer = CharTokenizer.fit("abcdef\n");

/** Says that the token after t is t + 1, and keeps what it was shown. */
class Counter extends Module {
  readonly shown: number[][] = [];

  forward(tokens: Tensor): Tensor {
    const numbers = [...tokens.view()];
    this.shown.push(numbers);
    const rows = numbers.map((token) => Array.from({ length: tokenizer.size }, (_, i) => (i === (token + 1) % tokenizer.size ? 50 : 0)));
    return tensor([rows]);
  }
}

/** The same with a state, which counts the tokens. */
class Stepping extends Counter {
  readonly states: unknown[] = [];

  step(tokens: Tensor, state: { count: Tensor } | null): { logits: Tensor; state: { count: Tensor } } {
    this.states.push(state?.count.item() ?? null);
    return { logits: this.forward(tokens), state: { count: tensor((state?.count.item() ?? 0) + tokens.size) } };
  }
}

describe("a model without step", () => {
  test("is shown the last tokens again for each new one", async () => {
    const model = new Counter();
    expect(await generate(model, tokenizer, { prompt: "ab", length: 4, contextLength: 3 })).toBe("cdef");
    expect(model.shown).toEqual([
      [1, 2],
      [1, 2, 3],
      [2, 3, 4],
      [3, 4, 5],
    ]);
  });

  test("begins with a line feed, and tells its own context", async () => {
    const model: LanguageModel & Counter = Object.assign(new Counter(), { contextLength: 2 });
    expect(await generate(model, tokenizer, { length: 3 })).toBe("abc");
    expect(model.shown.at(-1)).toEqual([1, 2]);
  });
});

describe("a model with step", () => {
  test("is shown each token once, and carries its state", async () => {
    const model = new Stepping();
    expect(await generate(model, tokenizer, { prompt: "ab", length: 4 })).toBe("cdef");
    expect(model.shown).toEqual([[1, 2], [3], [4], [5]]);
    expect(model.states).toEqual([null, 2, 3, 4]);
  });

  test("begins anew with half of its context where the state can hold no more", async () => {
    const model = Object.assign(new Stepping(), { contextLength: 4 });
    expect(await generate(model, tokenizer, { prompt: "abc", length: 5 })).toBe("def\na");
    expect(model.shown).toEqual([[1, 2, 3], [4], [4, 5], [6], [0]]);
    expect(model.states).toEqual([null, 3, null, 2, 3]);
  });

  test("a prompt longer than the context is cut", async () => {
    const model = Object.assign(new Stepping(), { contextLength: 4 });
    expect(await generate(model, tokenizer, { prompt: "abcdef", length: 1 })).toBe("\n");
    expect(model.shown).toEqual([[5, 6]]);
  });
});

describe("the choice", () => {
  const logits = [0, Math.log(2), Math.log(5)];
  const shares = (temperature: number, topK: number | null) => {
    const counts = [0, 0, 0];
    const n = 800;
    for (let i = 0; i < n; i++) counts[sample(logits, { temperature, topK }, (i + 0.5) / n)]++;
    return counts.map((count) => count / n);
  };

  test("is by softmax of logits over temperature, of the likeliest only", () => {
    expect(shares(1, null)).toEqual([1 / 8, 2 / 8, 5 / 8]);
    const sharp = shares(0.5, null);
    for (const [i, share] of [1, 4, 25].entries()) expect(sharp[i]).toBeCloseTo(share / 30, 2);
    expect(shares(1, 2)[0]).toBe(0);
    expect(shares(1, 2)[1]).toBeCloseTo(2 / 7, 2);
    expect(shares(1, 1)).toEqual([0, 0, 1]);
    expect(shares(0, null)).toEqual([0, 0, 1]);
    expect(shares(1, 99)).toEqual(shares(1, null));
  });

  test("of equals the first, and never none", () => {
    expect(sample([1, 1, 1], { temperature: 0, topK: null }, 0.99)).toBe(0);
    expect(sample([0, -1e9], { temperature: 1, topK: null }, 1 - 2 ** -24)).toBe(0);
  });

  test("follows the seed", async () => {
    manualSeed(2);
    const model = new Sequential([new Embedding(tokenizer.size, 4), new Dropout(0.5), new Dense(tokenizer.size)]);
    const text = (seed?: number) => generate(model, tokenizer, { prompt: "a", length: 30, seed });
    const first = await text(1);
    expect(await text(1)).toBe(first);
    expect(await text(2)).not.toBe(first);
    manualSeed(5);
    const [one, two] = [await text(), await text()];
    expect(two).not.toBe(one);
    manualSeed(5);
    expect([await text(), await text()]).toEqual([one, two]);
  });
});

test("tells each token at once, lets others work, and ends when it is asked to", async () => {
  const controller = new AbortController();
  const told: string[] = [];
  const model = new Counter();
  model.train();
  const onToken = vi.fn((text: string, token: number) => {
    told.push(`${token} ${text}`);
    if (told.length === 3) controller.abort(new Error("enough"));
  });
  await expect(generate(model, tokenizer, { prompt: "a", length: 100, onToken, signal: controller.signal })).rejects.toThrow("enough");
  expect(told).toEqual(["2 b", "3 c", "4 d"]);
  expect(model.training).toBe(true);
});

describe("refused", () => {
  test.each([
    [{ prompt: "" }, "generate: the prompt is empty. Begin with a character, such as a line feed."],
    [{ prompt: "x" }, /^encode: unknown character "x" at position 0/],
    [{ temperature: -1 }, "generate: temperature is -1; expected a number ≥ 0."],
    [{ topK: 0 }, /^generate: topK is 0; expected a whole number ≥ 1, or null/],
  ])("%j", async (options, text) => {
    await expect(generate(new Counter(), tokenizer, options)).rejects.toThrow(ArgumentError);
    await expect(generate(new Counter(), tokenizer, options)).rejects.toThrow(text);
  });

  test("logits of other classes, and what is no model or tokenizer", async () => {
    const flat = new Sequential([new Embedding(tokenizer.size, 4), new Dense(3)]);
    await expect(generate(flat, tokenizer)).rejects.toThrow(
      new ShapeError("generate: the model's logits have shape [1, 1, 3]; expected [1, T, 7]. The tokenizer has 7 tokens."),
    );
    await expect(generate({} as never, tokenizer)).rejects.toThrow(/^generate: model is .*; expected a model/);
    await expect(generate(flat, {} as never)).rejects.toThrow(/^generate: tokenizer is .*; expected a tokenizer/);
  });
});
