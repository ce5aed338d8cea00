import { expect, test } from "vitest";
import { files, read } from "../support/repository.js";

/** A word twice in a row, a possessive that lost its word, two articles, an article without a noun. */
const SLIP =
  /(?<![\w.])(the|a|an|of|to|in|is|are|and|or|that|it|which|for|with) \1(?!\w)|\bthe '|\s'(s|re)\b|\b(the|a|an) (the|a|an|is|are|of)\b(?! \d)/;

const slipsIn = (text: string): string[] =>
  [...text.matchAll(/\/\*\*.*?\*\//gs)]
    .map(([comment]) => comment.replace(/\s*\n\s*\*\s?/g, " ").replace(/@example.*?(?= @|\*\/)/gs, ""))
    .flatMap((comment) => SLIP.exec(comment)?.[0] ?? []);

test("a slip is found", () => {
  expect(slipsIn("/** The sub-folder of the folder that\n * the 's variable names. */")).toEqual(["the '"]);
  expect(slipsIn("/** Rows of\n * of the whole. */")).toEqual(["of of"]);
});

test("doc comments, which users read, have no slips of mechanical edits", () => {
  const paths = files("src").filter((path) => path.endsWith(".ts"));
  expect(paths.length).toBeGreaterThan(100);
  expect(paths.flatMap((path) => slipsIn(read(path)).map((slip) => `${path}: ${slip}`))).toEqual([]);
});
