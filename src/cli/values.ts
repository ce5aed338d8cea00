import { InvalidArgumentError } from "commander";
import { didYouMean } from "../errors/message.js";
import { MOST_THREADS } from "../kernels/threads/count.js";
import { readInterval } from "../train/interval.js";

/** What an option takes: how it is written on the command line, and what a value of it is, as JSON Schema says it. */
export interface Value<T> {
  /** As --help shows it: `<n>`; empty for a flag, and in brackets where it may be left out. */
  readonly hint: string;
  /** The value of a text. @throws InvalidArgumentError that says what was expected */
  readonly parse: (text: string) => T;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** Given or not. */
export const flag: Value<boolean> = { hint: "", parse: () => true, schema: { type: "boolean" } };

export const count: Value<number> = numeric("n", "a whole number from 1", { type: "integer", minimum: 1 }, (n) => isWhole(n) && n >= 1);
export const seed: Value<number> = numeric("n", "a whole number from 0", { type: "integer", minimum: 0 }, (n) => isWhole(n) && n >= 0);
export const share: Value<number> = numeric(
  "share",
  "a number from 0 to below 1",
  { type: "number", minimum: 0, exclusiveMaximum: 1 },
  (n) => n >= 0 && n < 1,
);
export const notNegative: Value<number> = numeric(
  "t",
  "a number from 0",
  { type: "number", minimum: 0 },
  (n) => n >= 0 && Number.isFinite(n),
);
export const positive: Value<number> = numeric(
  "rate",
  "a number above 0",
  { type: "number", exclusiveMinimum: 0 },
  (n) => n > 0 && Number.isFinite(n),
);
export const folds: Value<number> = numeric("k", "a whole number from 2", { type: "integer", minimum: 2 }, (n) => isWhole(n) && n >= 2);
export const threads: Value<number> = numeric(
  "n",
  `a whole number from 1 to ${MOST_THREADS}`,
  { type: "integer", minimum: 1, maximum: MOST_THREADS },
  (n) => Number.isInteger(n) && n >= 1 && n <= MOST_THREADS,
);

const INTERVAL = '"60s", "5m", "2h", "100 steps", "1 epoch", or a number of steps';

/** A time, or a number of steps or epochs. */
export const interval: Value<string | number> = {
  hint: "<interval>",
  parse: (given) => {
    const value = /^\d+$/.test(given) ? Number(given) : given;
    if (readInterval(value) !== null) return value;
    throw new InvalidArgumentError(`Expected ${INTERVAL}.`);
  },
  schema: { anyOf: [count.schema, { type: "string" }] },
};

/** Any text. */
export function text(name: string): Value<string> {
  return { hint: `<${name}>`, parse: (given) => given, schema: { type: "string" } };
}

/** One of some words. */
export function oneOf<const W extends string>(name: string, words: readonly W[]): Value<W> {
  const parse = (given: string): W => {
    if (words.includes(given as W)) return given as W;
    throw new InvalidArgumentError(`${didYouMean(given, words).trim()} Known: ${words.join(", ")}.`.trim());
  };
  return { hint: `<${name}>`, parse, schema: { enum: words } };
}

/** Widths of layers, as 128,64; 0 for none. */
export const widths: Value<readonly number[]> = {
  hint: "<widths>",
  parse: (given) => (given === "0" ? [] : given.split(",").map(count.parse)),
  schema: { type: "array", items: count.schema },
};

/** Names of columns, as a,b,c. */
export const names: Value<readonly string[]> = {
  hint: "<columns>",
  parse: (given) => given.split(",").map((name) => name.trim()),
  schema: { type: "array", items: { type: "string" } },
};

/** A word for each of some names, as a=one,b=two. */
export function pairs<const W extends string>(words: readonly W[]): Value<Readonly<Record<string, W>>> {
  const each = oneOf("word", words);
  const parse = (given: string) => {
    const entries = given.split(",").map((pair): [string, W] => {
      const at = pair.lastIndexOf("=");
      if (at < 1) throw new InvalidArgumentError(`Expected column=${words[0]}.`);
      return [pair.slice(0, at).trim(), each.parse(pair.slice(at + 1).trim())];
    });
    return Object.fromEntries(entries);
  };
  return { hint: "<column=kind>", parse, schema: { type: "object", additionalProperties: each.schema } };
}

/** A number, or the flag alone, which is `true`. */
export function optional<T>({ hint, parse, schema }: Value<T>): Value<T | true> {
  return { hint: `[${hint.slice(1, -1)}]`, parse, schema: { anyOf: [{ const: true }, schema] } };
}

function numeric(name: string, expected: string, schema: Record<string, unknown>, fits: (value: number) => boolean): Value<number> {
  const parse = (given: string): number => {
    const value = given.trim() === "" ? Number.NaN : Number(given);
    if (fits(value)) return value;
    throw new InvalidArgumentError(`Expected ${expected}.`);
  };
  return { hint: `<${name}>`, parse, schema };
}

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value);
}
