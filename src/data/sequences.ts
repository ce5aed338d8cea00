import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, isInRange, number, rangeText } from "../options/kinds.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { type Pass, Passes, remembered } from "./draws.js";

/** Tokens [n, T] with those that follow them: y[i][t] = x[i][t + 1] of the text. */
export interface Sequences {
  x: Tensor;
  y: Tensor;
}

/** A text as numbers of tokens. */
export type Tokens = ArrayLike<number> | Tensor;

const SIZES = {
  /** Sequences in a batch, ≥ 1. Required. */
  batchSize: count({ required: true }),
  /** Tokens in a sequence, ≥ 1. Required. */
  length: count({ required: true, aka: ["sequenceLength", "blockSize", "seqLen"] }),
};

const STREAM_BATCHES = declare("streamBatches", SIZES);

/** Options of `streamBatches`. */
export interface StreamBatchesOptions extends OptionsOf<typeof STREAM_BATCHES> {}

const WINDOW_BATCHES = declare("windowBatches", {
  ...SIZES,
  /** Batches in a pass, ≥ 1. Default: as many as have about the number of tokens of the text. */
  steps: count({ default: null }),
  /** A seed of its own, a whole number from 0 to 2⁵³ − 1. Default: the seed in force, as for `fit` and `batches`. */
  seed: number({ default: null, min: 0, whole: true }),
});

/** Options of `windowBatches`. */
export interface WindowBatchesOptions extends OptionsOf<typeof WINDOW_BATCHES> {}

/**
 * A text in batches, where row i goes on with the text of row i of the batch before: the text is cut into `batchSize` streams. A recurrent model
 * carries its state from batch to batch (truncated backpropagation through time), and begins each pass without one. What is left of a
 * stream behind its last whole sequence is left out.
 *
 * Shape: x, y [batchSize, length], int32
 *
 * @param tokens numbers of tokens, as a tokenizer's `encode` gives them
 * @param options.batchSize sequences in a batch, ≥ 1
 * @param options.length tokens in a sequence, ≥ 1
 * @returns what can be walked again and again
 * @throws ArgumentError for an option, and for a text that is too short for one batch
 * @example
 * const [first, second] = streamBatches([0, 1, 2, 3, 4, 5, 6, 7, 8], { batchSize: 2, length: 2 });
 * first.x;    // [[0, 1], [4, 5]]
 * second.y;   // [[3, 4], [7, 8]]
 */
export function streamBatches(tokens: Tokens, options: StreamBatchesOptions): Iterable<Sequences> {
  const { op } = STREAM_BATCHES;
  checkArity(op, arguments.length, 2);
  const { batchSize, length } = STREAM_BATCHES.readOptions(options);
  const text = numbersOf(op, tokens);
  const stream = Math.floor((text.length - 1) / batchSize);
  if (stream < length) throw tooShort(op, text.length, `${batchSize} streams of ${length} need`, batchSize * length + 1);
  return {
    *[Symbol.iterator]() {
      for (let at = 0; at + length <= stream; at += length) {
        yield sequences(
          op,
          text,
          length,
          Int32Array.from({ length: batchSize }, (_, row) => row * stream + at),
        );
      }
    },
  };
}

/**
 * A text in batches of sequences from random places, each equally likely.
 *
 * Shape: x, y [batchSize, length], int32
 *
 * @param tokens numbers of tokens, as a tokenizer's `encode` gives them
 * @param options.batchSize sequences in a batch, ≥ 1
 * @param options.length tokens in a sequence, ≥ 1
 * @param options.steps batches in a pass; default: as many as have about the number of tokens of the text
 * @param options.seed a seed of its own: passes are counted from 0. Default: the seed in force, as for `fit` and `batches`
 * @returns what can be walked again and again, with other places in each pass
 * @throws ArgumentError for an option, and for a text that is too short for one sequence
 * @example
 * for (const { x, y } of windowBatches(CharTokenizer.fit("abc").encode("abcabcabcabc"), { batchSize: 2, length: 4, seed: 1 })) {
 *   console.log(x.shape, y.shape);
 * }
 */
export function windowBatches(tokens: Tokens, options: WindowBatchesOptions): Iterable<Sequences> {
  const { op } = WINDOW_BATCHES;
  checkArity(op, arguments.length, 2);
  const { batchSize, length, steps, seed } = WINDOW_BATCHES.readOptions(options);
  const text = numbersOf(op, tokens);
  const places = text.length - length;
  if (places < 1) throw tooShort(op, text.length, `a sequence of ${length} needs`, length + 1);
  const passes = new Passes(seed);
  const batches = steps ?? Math.max(1, Math.floor((text.length - 1) / (batchSize * length)));
  return {
    ...remembered(passes, null),
    [Symbol.iterator]() {
      const pass = passes.begin();
      return (function* () {
        for (let i = 0; i < batches; i++) yield sequences(op, text, length, randomPlaces(batchSize, places, pass, i));
      })();
    },
  };
}

/** A draw has 24 bits; two of them reach every place of a long text. */
function randomPlaces(n: number, places: number, pass: Pass, batch: number): Int32Array {
  const u = pass.uniform(2 * n, batch, WINDOW_BATCHES.op);
  return Int32Array.from({ length: n }, (_, i) => Math.floor((u[2 * i] + u[2 * i + 1] / 16777216) * places));
}

/** Sequences of the text that begin at some places, and what follows their tokens. */
function sequences(op: string, text: Int32Array, length: number, places: Int32Array): Sequences {
  const part = (shift: number): Tensor => {
    const rows = new Int32Array(places.length * length);
    for (const [row, place] of places.entries()) rows.set(text.subarray(place + shift, place + shift + length), row * length);
    return new Tensor(dataStorage("int32", rows, op), Object.freeze([places.length, length]));
  };
  return { x: part(0), y: part(1) };
}

const TOKEN = { min: 0, max: 0x7fff_ffff, whole: true } as const;

function numbersOf(op: string, tokens: Tokens): Int32Array {
  const numbers = tokens instanceof Tensor ? tokens.view() : tokens;
  if (typeof numbers === "object" && numbers !== null && typeof numbers.length === "number") {
    for (let i = 0; i < numbers.length; i++) {
      const token: unknown = numbers[i];
      if (isInRange(token, TOKEN)) continue;
      throw new ArgumentError(message(op, `token ${i} is ${kindText(token)}; expected ${rangeText(TOKEN)}`));
    }
    return Int32Array.from(numbers);
  }
  const mend = typeof tokens === "string" ? "Encode the text: CharTokenizer.fit(text).encode(text)." : undefined;
  throw new ArgumentError(message(op, `the tokens are ${kindText(tokens)}; expected a list of numbers`, mend));
}

function tooShort(op: string, found: number, what: string, needed: number): ArgumentError {
  return new ArgumentError(message(op, `the text has ${found} tokens; ${what} at least ${needed}`, "Take a smaller length or batchSize."));
}
