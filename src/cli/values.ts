import { InvalidArgumentError } from "commander";
import { didYouMean } from "../errors/message.js";
import { MOST_THREADS } from "../kernels/threads/count.js";
import { isInRange, type NumberRange, rangeText } from "../options/kinds.js";
import { readInterval } from "../train/interval.js";
import type * as zod from "./zod.js";

/** The library of schemas. It is loaded where a file of settings is read, and nowhere else. */
export type Zod = typeof zod;

/** What an option takes: how it is written on the command line, and what a value of it is in a file of settings. */
export interface Value<T> {
  /** As --help shows it: `<n>`; empty for a flag, and in brackets where it may be left out. */
  readonly hint: string;
  /** The value of a text. @throws InvalidArgumentError that says what was expected */
  readonly parse: (text: string) => T;
  /** The schema of the value. The text of each error is what was expected. */
  readonly schema: (z: Zod) => zod.ZodMiniType<T>;
}

/** Given or not. */
export const flag: Value<boolean> = { hint: "", parse: () => true, schema: (z) => z.boolean("true or false") };

export const count = number("n", { min: 1, whole: true });
export const seed = number("n", { min: 0, whole: true });
export const share = number("share", { min: 0, below: 1 });
export const notNegative = number("t", { min: 0 });
export const positive = number("rate", { above: 0 });
export const folds = number("k", { min: 2, whole: true });
export const threads = number("n", { min: 1, max: MOST_THREADS, whole: true });

/** A number of a range. */
export function number(name: string, range: NumberRange): Value<number> {
  const expected = rangeText(range);
  const { whole, min, above, max, below } = range;
  return {
    hint: `<${name}>`,
    parse: (given) => {
      const value = given.trim() === "" ? Number.NaN : Number(given);
      if (isInRange(value, range)) return value;
      throw new InvalidArgumentError(`Expected ${expected}.`);
    },
    schema: (z) => {
      const checks = [
        ...(min === undefined ? [] : [z.gte(min, expected)]),
        ...(above === undefined ? [] : [z.gt(above, expected)]),
        ...(max === undefined ? [] : [z.lte(max, expected)]),
        ...(below === undefined ? [] : [z.lt(below, expected)]),
      ];
      return (whole ? z.int(expected) : z.number(expected)).check(...checks);
    },
  };
}

const INTERVAL = '"60s", "5m", "2h", "100 steps", "1 epoch", or a number of steps';

/** A time, or a number of steps or epochs. */
export const interval: Value<string | number> = {
  hint: "<interval>",
  parse: (given) => {
    const value = /^\d+$/.test(given) ? Number(given) : given;
    if (readInterval(value) !== null) return value;
    throw new InvalidArgumentError(`Expected ${INTERVAL}.`);
  },
  schema: (z) => z.union([count.schema(z), z.string().check(z.refine((value) => readInterval(value) !== null, INTERVAL))], INTERVAL),
};

/** Any text. */
export function text(name: string): Value<string> {
  return { hint: `<${name}>`, parse: (given) => given, schema: (z) => z.string("a text") };
}

const PICTURE = "a name that ends in .svg or .png";

/** The name of a file that a picture goes to. */
export const picture: Value<string> = {
  hint: "<file>",
  parse: (given) => {
    if (/\.(svg|png)$/i.test(given)) return given;
    throw new InvalidArgumentError(`Expected ${PICTURE}.`);
  },
  schema: (z) => z.string().check(z.refine((value) => /\.(svg|png)$/i.test(value as string), PICTURE)),
};

/** One of some words. */
export function oneOf<const W extends string>(name: string, words: readonly W[]): Value<W> {
  const parse = (given: string): W => {
    if (words.includes(given as W)) return given as W;
    throw new InvalidArgumentError(`${didYouMean(given, words).trim()} Known: ${words.join(", ")}.`.trim());
  };
  const error = ({ input }: { input?: unknown }): string => {
    const meant = typeof input === "string" ? didYouMean(input, words) : "";
    return `${words.join(", ")}${meant === "" ? "" : ` (${meant.trim()})`}`;
  };
  return { hint: `<${name}>`, parse, schema: (z) => z.enum(words as never, { error }) as zod.ZodMiniType<W> };
}

/** Widths of layers, as 128,64; 0 for none. */
export const widths: Value<readonly number[]> = {
  hint: "<widths>",
  parse: (given) => (given === "0" ? [] : given.split(",").map(count.parse)),
  schema: (z) => z.array(count.schema(z), "an array of whole numbers ≥ 1"),
};

/** Names of columns, as a,b,c. */
export const names: Value<readonly string[]> = {
  hint: "<columns>",
  parse: (given) => given.split(",").map((name) => name.trim()),
  schema: (z) => z.array(z.string("a text"), "an array of names"),
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
  return { hint: "<column=kind>", parse, schema: (z) => z.record(z.string(), each.schema(z), "an object of words by names") };
}

/** A number, or the flag alone, which is `true`. */
export function optional<T>({ hint, parse, schema }: Value<T>): Value<T | true> {
  return { hint: `[${hint.slice(1, -1)}]`, parse, schema: (z) => z.union([z.literal(true), schema(z)], "true, or a whole number ≥ 1") };
}

/** An optimizer with its options. */
export interface OptimizerSettings {
  readonly name: string;
  readonly learningRate?: number;
  readonly [option: string]: unknown;
}

/** The name of an optimizer; in a file of settings also an object of its options. `compile` knows which there are. */
export const optimizer: Value<string | OptimizerSettings> = {
  hint: "<name>",
  parse: (given) => given,
  schema: (z) => {
    const settings = z.catchall(z.object({ name: z.string("a text"), learningRate: z.optional(positive.schema(z)) }), z.unknown());
    return z.union([z.string(), settings], 'a name, such as "adam", or { "name": "sgd", "momentum": 0.9 }');
  },
};
