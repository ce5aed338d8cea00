import { describe, expect, test } from "vitest";
import { CharTokenizer } from "../../src/data.js";
import { ArgumentError, IndexError } from "../../src/errors/errors.js";
import { tensor } from "../../src/tensor/creation.js";

const TEXT = "ROMEO:\nBut, soft! what light ↵ 🎭 breaks? 🎭";

test("numbers the characters of a text by their code points, and back", () => {
  const tokenizer = CharTokenizer.fit(TEXT);
  expect(tokenizer.size).toBe(new Set(TEXT).size);
  const points = tokenizer.characters.map((character) => character.codePointAt(0) as number);
  expect(points).toEqual([...points].sort((a, b) => a - b));
  const numbers = tokenizer.encode(TEXT);
  expect(numbers.length).toBe([...TEXT].length);
  expect(tokenizer.decode(numbers)).toBe(TEXT);
  expect(tokenizer.decode(tensor(numbers))).toBe(TEXT);
  expect([...tokenizer.encode("")]).toEqual([]);
});

test("is the same from JSON", () => {
  const tokenizer = CharTokenizer.fit(TEXT, { unknown: "!" });
  const again = CharTokenizer.fromJSON(JSON.parse(JSON.stringify(tokenizer)));
  expect(again.characters).toEqual(tokenizer.characters);
  expect(again.toJSON()).toEqual(tokenizer.toJSON());
  expect(again.decode(again.encode("RÖMO"))).toBe("R!MO");
});

describe("refused", () => {
  const tokenizer = CharTokenizer.fit("ab\n");

  test.each([
    [
      () => tokenizer.encode("abc"),
      'encode: unknown character "c" at position 2. Known: ↵ab. With { unknown } another character takes its place.',
    ],
    [() => tokenizer.encode(7 as never), "encode: the text is 7; expected a string."],
    [
      () => new CharTokenizer("abca"),
      'CharTokenizer: "a" stands among the characters twice. Use CharTokenizer.fit(text) for the characters of a text.',
    ],
    [() => CharTokenizer.fit("ab", { unknown: "?" }), 'CharTokenizer: unknown is "?"; expected one of the characters.'],
    [() => CharTokenizer.fit(""), "CharTokenizer: there are no characters."],
    [
      () => CharTokenizer.fromJSON({ type: "characters", characters: "ab" } as never),
      /^CharTokenizer\.fromJSON: it has no unknown; expected what/,
    ],
    [() => CharTokenizer.fromJSON({} as never), /^CharTokenizer\.fromJSON: it is .*; expected what toJSON gave, of type "characters"\.$/],
  ])("%s", (call, text) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(text);
  });

  test("a token without a character", () => {
    expect(() => tokenizer.decode([0, 3])).toThrow(new IndexError("decode: token 3 at position 1 is outside 0 … 2."));
  });
});
