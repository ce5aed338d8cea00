import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count, flag, number, text } from "../options/kinds.js";
import { option } from "../options/option.js";
import { tensor } from "../tensor/creation.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { matrixOf } from "./cells.js";
import { Preprocessor } from "./preprocessor.js";

type Range = readonly [number, number];

const TEXT_VECTORIZER = declare("TextVectorizer", {
  /** What becomes of a text: counts of words, 1 for each that occurs, weighted counts, or the words' numbers in order. Default "tfidf". */
  mode: choice(["count", "binary", "tfidf", "ids"], { default: "tfidf", aka: ["outputMode"] }),
  /** The most words that are known, the most frequent ones, ≥ 1; of "ids" without the two that have no word. Default null: all. */
  maxTokens: count({ default: null, aka: ["maxFeatures", "numWords"] }),
  /** In how many texts a word must occur at least, ≥ 1. Default 1. */
  minDocuments: count({ default: 1, aka: ["minDf", "minFrequency"] }),
  /** In what share of the texts a word may occur at most, above 0 to 1. Default 1. */
  maxShare: number({ default: 1, above: 0, max: 1, aka: ["maxDf"] }),
  /** The least and the greatest number of words that make one token, [1, 2] for words and pairs. Default [1, 1]. */
  ngrams: option<Range, { default: Range; aka: string[] }>(
    "[least, most] of whole numbers ≥ 1",
    (value) => Array.isArray(value) && value.length === 2 && value.every((n) => Number.isSafeInteger(n) && n >= 1) && value[0] <= value[1],
    { default: [1, 1], aka: ["ngramRange"] },
  ),
  /** Whether texts are read in lower case. Default true. */
  lowercase: flag({ default: true }),
  /** What a word is: the source of a regular expression with the flag u. Default two or more letters, digits or underscores. */
  pattern: text({ default: "[\\p{L}\\p{N}\\p{M}_]{2,}", aka: ["tokenPattern"] }),
  /** Words that are left out. Default none. */
  stopWords: option<readonly string[], { default: readonly string[] }>("a list of words", isTexts, { default: [] }),
  /** Of "ids": the length of a text, ≥ 1; what is longer is cut, what is shorter filled with 0. Default null: that of the longest. */
  length: count({ default: null, aka: ["outputSequenceLength", "maxLength"] }),
  /** Of "tfidf": what is 1 of each text, the root of the sum of squares, the sum, or nothing. Default "l2". */
  norm: choice(["l2", "l1", "none"], { default: "l2" }),
});

/** Options of `TextVectorizer`. */
export interface TextVectorizerOptions extends OptionsOf<typeof TEXT_VECTORIZER> {}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

/** Of "ids": what fills short texts, and what stands for words that are not known. */
const [FILLER, UNKNOWN] = [0, 1];

/**
 * Turns texts into numbers by the words that they have. "count", "binary" and "tfidf" are scikit-learn's CountVectorizer and TfidfVectorizer:
 *
 *     tfidf(w, text) = count(w, text) · (ln((1 + n) / (1 + df(w))) + 1),  then each text is divided by its norm
 *
 * with n texts, of which df(w) have the word. "ids" numbers the words from 2 on, the most frequent first, as Keras's TextVectorization does,
 * with 0 for what fills a text and 1 for words that are not known: for `Embedding`.
 * Shape:     n texts → [n, vocabulary], float32; "ids" → [n, length], int32
 *
 * @param options.mode "count", "binary", "tfidf" or "ids", default "tfidf"
 * @param options.maxTokens the most words that are known, the most frequent ones, default all
 * @param options.minDocuments in how many texts a word must occur at least, default 1
 * @param options.maxShare in what share of the texts a word may occur at most, default 1
 * @param options.ngrams the least and the greatest number of words that make one token, default [1, 1]
 * @param options.lowercase whether texts are read in lower case, default true
 * @param options.pattern what a word is, the source of a regular expression, default two or more letters, digits or underscores
 * @param options.stopWords words that are left out, default none
 * @param options.length of "ids": the length of a text, default that of the longest
 * @param options.norm of "tfidf": "l2", "l1" or "none", default "l2"
 * @throws ArgumentError for an option, for anything but texts, and at fit where no word is left
 * @example
 * const words = new TextVectorizer({ mode: "count" }).fit(["to be or not to be"]);
 * words.vocabulary;   // be, not, or, to
 * words.transform(["be, be!"]);   // [[2, 0, 0, 0]]
 */
export class TextVectorizer extends Preprocessor<readonly string[], Tensor, typeof TEXT_VECTORIZER> {
  static override readonly declaration = TEXT_VECTORIZER;
  readonly #pattern: RegExp;
  readonly #left: ReadonlySet<string>;
  #vocabulary: readonly string[] | null = null;
  #numbers: ReadonlyMap<string, number> = new Map();
  /** Of "tfidf": the weight of each word. */
  #weights: readonly number[] = [];

  constructor(options?: TextVectorizerOptions) {
    super(arguments.length, options);
    this.#left = new Set(this.settings.stopWords);
    try {
      this.#pattern = new RegExp(this.settings.pattern, "gu");
    } catch (error) {
      throw new ArgumentError(message(this.op, `pattern is no regular expression: ${(error as Error).message}`));
    }
  }

  get fitted(): boolean {
    return this.#vocabulary !== null;
  }

  /** The words in the order of their numbers; of "ids" the first has number 2. @throws ArgumentError before `fit` */
  get vocabulary(): readonly string[] {
    this.needFit("vocabulary");
    return this.#vocabulary as readonly string[];
  }

  fit(texts: readonly string[]): this {
    checkArity("fit", arguments.length, 1);
    const op = `${this.op}.fit`;
    const documents = this.#tokens(op, texts);
    const [total, occurs] = [new Map<string, number>(), new Map<string, number>()];
    const add = (counts: Map<string, number>, word: string): unknown => counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const tokens of documents) {
      for (const token of tokens) add(total, token);
      for (const token of new Set(tokens)) add(occurs, token);
    }
    const { maxTokens, minDocuments, maxShare, mode } = this.settings;
    const byName = (a: string, b: string): number => (a < b ? -1 : 1);
    const kept = [...occurs].filter(([, texts]) => texts >= minDocuments && texts <= maxShare * documents.length).map(([word]) => word);
    const frequent = kept
      .sort((a, b) => (total.get(b) as number) - (total.get(a) as number) || byName(a, b))
      .slice(0, maxTokens ?? kept.length);
    if (frequent.length === 0)
      throw new ArgumentError(message(op, "no word is left", "Look at pattern, stopWords, minDocuments and maxShare."));
    const vocabulary = mode === "ids" ? frequent : frequent.sort(byName);
    this.#take(
      vocabulary,
      mode === "tfidf"
        ? inverseFrequencies(
            vocabulary.map((word) => occurs.get(word) as number),
            documents.length,
          )
        : [],
    );
    return this;
  }

  transform(texts: readonly string[]): Tensor {
    checkArity("transform", arguments.length, 1);
    const op = `${this.op}.transform`;
    this.needFit("transform");
    const documents = this.#tokens(op, texts);
    return this.settings.mode === "ids" ? this.#ids(op, documents) : this.#counts(op, documents);
  }

  /** The known words of "ids", with spaces between; of unknown ones "[UNK]". @throws ArgumentError for the other modes, ShapeError */
  override inverse(z: Tensor): string[] {
    checkArity("inverse", arguments.length, 1);
    const op = `${this.op}.inverse`;
    this.needFit("inverse");
    if (this.settings.mode !== "ids") throw new ArgumentError(message(op, `counts do not tell the order of words; expected mode "ids"`));
    const length = z instanceof Tensor && z.rank === 2 ? z.shape[1] : -1;
    const { n, values } = matrixOf(op, z, length);
    return Array.from({ length: n }, (_, row) => {
      const numbers = Array.from({ length }, (_, i) => values[row * length + i]).filter((number) => number !== FILLER);
      return numbers.map((number) => this.vocabulary[number - 2] ?? "[UNK]").join(" ");
    });
  }

  protected state(): Record<string, unknown> {
    return { vocabulary: this.#vocabulary, weights: this.#weights };
  }

  protected restore({ vocabulary, weights }: Readonly<Record<string, unknown>>): void {
    if (!isTexts(vocabulary) || !Array.isArray(weights) || !weights.every(Number.isFinite))
      throw this.damaged("its state has no vocabulary and weights");
    const words = vocabulary as string[];
    if (weights.length !== (this.settings.mode === "tfidf" ? words.length : 0))
      throw this.damaged(`${weights.length} weights for ${words.length} words`);
    this.#take(words, weights);
  }

  #take(vocabulary: readonly string[], weights: readonly number[]): void {
    const first = this.settings.mode === "ids" ? 2 : 0;
    this.#numbers = new Map(vocabulary.map((word, i) => [word, i + first]));
    this.#weights = weights;
    this.#vocabulary = Object.freeze(vocabulary);
  }

  #tokens(op: string, texts: readonly string[]): string[][] {
    if (!isTexts(texts)) {
      const mend = typeof texts === "string" ? "Write [text]." : undefined;
      throw new ArgumentError(message(op, `the texts are ${kindText(texts)}; expected a list of strings`, mend));
    }
    const { lowercase, ngrams } = this.settings;
    return texts.map((text) => {
      const found = (lowercase ? text.toLowerCase() : text).match(this.#pattern) ?? [];
      const words = found.filter((word) => !this.#left.has(word));
      const tokens: string[] = [];
      for (let n = ngrams[0]; n <= ngrams[1]; n++) {
        for (let i = 0; i + n <= words.length; i++) tokens.push(n === 1 ? words[i] : words.slice(i, i + n).join(" "));
      }
      return tokens;
    });
  }

  #ids(op: string, documents: readonly string[][]): Tensor {
    const length = this.settings.length ?? documents.reduce((most, tokens) => Math.max(most, tokens.length), 0);
    const out = new Int32Array(documents.length * length);
    for (const [row, tokens] of documents.entries()) {
      for (let i = 0; i < Math.min(length, tokens.length); i++) out[row * length + i] = this.#numbers.get(tokens[i]) ?? UNKNOWN;
    }
    return new Tensor(dataStorage("int32", out, op), Object.freeze([documents.length, length]));
  }

  #counts(op: string, documents: readonly string[][]): Tensor {
    const { mode } = this.settings;
    const width = this.vocabulary.length;
    const out = new Float32Array(documents.length * width);
    for (const [row, tokens] of documents.entries()) {
      const counts = new Float64Array(width);
      for (const token of tokens) {
        const number = this.#numbers.get(token);
        if (number !== undefined) counts[number] = mode === "binary" ? 1 : counts[number] + 1;
      }
      if (mode === "tfidf") this.#weigh(counts);
      out.set(counts, row * width);
    }
    return new Tensor(dataStorage("float32", out, op), Object.freeze([documents.length, width]));
  }

  #weigh(counts: Float64Array): void {
    const { norm } = this.settings;
    let sum = 0;
    for (let i = 0; i < counts.length; i++) {
      counts[i] *= this.#weights[i];
      sum += norm === "l1" ? counts[i] : counts[i] * counts[i];
    }
    const length = norm === "l1" ? sum : Math.sqrt(sum);
    if (norm !== "none" && length > 0) for (let i = 0; i < counts.length; i++) counts[i] /= length;
  }
}

/** ln((1 + n) / (1 + df)) + 1, with the same bits everywhere. */
function inverseFrequencies(occurs: readonly number[], n: number): number[] {
  return Array.from(
    tensor(Float64Array.from(occurs, (df) => (1 + n) / (1 + df)))
      .log()
      .add(1).data,
  );
}
