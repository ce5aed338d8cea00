import { expect, test } from "vitest";
import { preprocessorFrom, TextVectorizer } from "../../src/data.js";
import { Embedding, type Tensor } from "../../src/index.js";
import { failure } from "../support/errors.js";

const TEXTS = [
  "This is the first document.",
  "This document is the second document.",
  "And this is the third one.",
  "Is this the first document?",
];

function near(found: Tensor, expected: number[][]): void {
  const rows = found.toArray() as number[][];
  expect(rows.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  for (const [i, row] of expected.entries()) for (const [j, value] of row.entries()) expect(rows[i][j]).toBeCloseTo(value, 6);
}

// The examples of scikit-learn's documentation.
test("counts", () => {
  const words = new TextVectorizer({ mode: "count" });
  expect(words.fitTransform(TEXTS).toArray()).toEqual([
    [0, 1, 1, 1, 0, 0, 1, 0, 1],
    [0, 2, 0, 1, 0, 1, 1, 0, 1],
    [1, 0, 0, 1, 1, 0, 1, 1, 1],
    [0, 1, 1, 1, 0, 0, 1, 0, 1],
  ]);
  expect(words.vocabulary).toEqual(["and", "document", "first", "is", "one", "second", "the", "third", "this"]);
  expect(words.transform(["Something completely new."]).toArray()).toEqual([[0, 0, 0, 0, 0, 0, 0, 0, 0]]);
  expect(new TextVectorizer({ mode: "binary" }).fit(TEXTS).transform([TEXTS[1]]).toArray()).toEqual([[0, 1, 0, 1, 0, 1, 1, 0, 1]]);
  expect(new TextVectorizer({ mode: "count", ngrams: [2, 2] }).fit(TEXTS).vocabulary).toEqual(
    "and this|document is|first document|is the|is this|second document|the first|the second|the third|third one|this document|this is|this the".split(
      "|",
    ),
  );
});

test("tf-idf", () => {
  const texts = ["aa aa aa cc", "aa aa", "aa aa aa", "aa aa aa aa", "aa aa aa bb bb", "aa aa aa cc cc"];
  near(new TextVectorizer().fitTransform(texts), [
    [0.85151335, 0, 0.52433293],
    [1, 0, 0],
    [1, 0, 0],
    [1, 0, 0],
    [0.55422893, 0.83236428, 0],
    [0.63035731, 0, 0.77630514],
  ]);
  // ln(7/4) + 1 and ln(7/7) + 1, each times its count.
  near(new TextVectorizer({ norm: "none" }).fit(["aa", "aa", "aa", "aa bb", "aa bb", "aa bb"]).transform(["bb bb aa"]), [
    [1, 2 * (Math.log(7 / 4) + 1)],
  ]);
  near(new TextVectorizer({ norm: "l1" }).fit(["aa bb"]).transform(["aa aa aa bb", "cc"]), [
    [0.75, 0.25],
    [0, 0],
  ]);
});

test("numbers of words, for an embedding", () => {
  const words = new TextVectorizer({ mode: "ids", pattern: "\\S+" });
  const found = words.fitTransform(["to be or not to be", "be"]);
  expect(words.vocabulary).toEqual(["be", "to", "not", "or"]);
  expect([found.dtype, found.toArray()]).toEqual([
    "int32",
    [
      [3, 2, 5, 4, 3, 2],
      [2, 0, 0, 0, 0, 0],
    ],
  ]);
  expect(words.inverse(found)).toEqual(["to be or not to be", "be"]);
  const short = new TextVectorizer({ mode: "ids", length: 2, maxTokens: 1 }).fit(["to be be"]);
  expect(short.transform(["be to go", ""]).toArray()).toEqual([
    [2, 1],
    [0, 0],
  ]);
  expect(short.inverse(short.transform(["be to"]))).toEqual(["be [UNK]"]);
  expect(new Embedding(words.vocabulary.length + 2, 3, { paddingIndex: 0 }).forward(found).shape).toEqual([2, 6, 3]);
});

test("limits of the vocabulary", () => {
  const vocabulary = (options: object): readonly string[] => new TextVectorizer({ mode: "count", ...options }).fit(TEXTS).vocabulary;
  expect(vocabulary({ maxTokens: 3 })).toEqual(["document", "is", "the"]);
  expect(vocabulary({ minDocuments: 2 })).toEqual(["document", "first", "is", "the", "this"]);
  expect(vocabulary({ maxShare: 0.5 })).toEqual(["and", "first", "one", "second", "third"]);
  expect(vocabulary({ stopWords: ["this", "is", "the", "and"] })).toEqual(["document", "first", "one", "second", "third"]);
  expect(new TextVectorizer({ lowercase: false }).fit(["Ähre ähre"]).vocabulary).toEqual(["Ähre", "ähre"]);
});

test("is saved as JSON and made again", () => {
  for (const mode of ["count", "tfidf", "ids"] as const) {
    const words = new TextVectorizer({ mode, ngrams: [1, 2], maxTokens: 5 }).fit(TEXTS);
    const again = preprocessorFrom<TextVectorizer>(JSON.stringify(words));
    expect(again.vocabulary).toEqual(words.vocabulary);
    expect(again.transform(TEXTS).toArray()).toEqual(words.transform(TEXTS).toArray());
    for (const state of [{ vocabulary: 1, weights: [] }, { vocabulary: ["a"], weights: [1, 2] }, {}])
      expect(failure(() => preprocessorFrom({ ...words.toJSON(), state }))).toMatch(/^ARGUMENT TextVectorizer.fromJSON: /);
  }
});

test("wrong calls", () => {
  expect(failure(() => new TextVectorizer().fit("abc" as never))).toMatch(
    /the texts are "abc"; expected a list of strings. Write \[text\]/,
  );
  expect(failure(() => new TextVectorizer().fit(["a"]))).toMatch(/no word is left/);
  expect(failure(() => new TextVectorizer().transform(["a"]))).toMatch(/it has not learned anything yet/);
  expect(failure(() => new TextVectorizer({ pattern: "(" }))).toMatch(/^ARGUMENT TextVectorizer: pattern is no regular expression/);
  expect(failure(() => new TextVectorizer({ ngrams: [2, 1] }))).toMatch(/ngrams is .*; expected \[least, most\]/);
  expect(failure(() => new TextVectorizer().fit(TEXTS).inverse(new TextVectorizer().fitTransform(TEXTS)))).toMatch(/expected mode "ids"/);
});
