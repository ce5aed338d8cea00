import { ArgumentError, IndexError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { text } from "../options/kinds.js";
import { Tensor } from "../tensor/tensor.js";
import type { Tokenizer } from "./tokenizer.js";

const CHAR_TOKENIZER = declare(
  "CharTokenizer",
  {
    /** A known character in whose place unknown ones are read. Default null: an unknown character is an error. */
    unknown: text({ default: null }),
  },
  { characters: text({ required: true }) },
);

/** Options of `CharTokenizer`. */
export interface CharTokenizerOptions extends OptionsOf<typeof CHAR_TOKENIZER> {}

/** What `toJSON` gives of a tokenizer of characters. */
export interface CharTokenizerJson {
  type: "characters";
  characters: string;
  unknown: string | null;
}

/**
 * Numbers characters, which are Unicode's code points.
 * @param characters all that are known, each once; number i stands for the i-th
 * @param options.unknown a known character in whose place unknown ones are read; default: an unknown character is an error
 * @throws ArgumentError for characters that repeat, and for an `unknown` that is not among them
 * @example
 * const tokenizer = CharTokenizer.fit("to be or not to be");
 * [...tokenizer.encode("beer")];   // [1, 2, 2, 5]
 */
export class CharTokenizer implements Tokenizer {
  /** All known characters in the order of their numbers. */
  readonly characters: readonly string[];
  readonly #unknown: string | null;
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(characters: string, options?: CharTokenizerOptions) {
    const { unknown } = CHAR_TOKENIZER.read([characters, options]);
    this.characters = Object.freeze([...characters]);
    this.#numbers = new Map(this.characters.map((character, i) => [character, i]));
    if (this.characters.length === 0) throw new ArgumentError(message(CHAR_TOKENIZER.op, "there are no characters"));
    const twice = this.characters.find((character, i) => this.#numbers.get(character) !== i);
    if (twice !== undefined) {
      const mend = "Use CharTokenizer.fit(text) for the characters of a text.";
      throw new ArgumentError(message(CHAR_TOKENIZER.op, `${JSON.stringify(twice)} stands among the characters twice`, mend));
    }
    if (unknown !== null && !this.#numbers.has(unknown)) {
      throw new ArgumentError(message(CHAR_TOKENIZER.op, `unknown is ${JSON.stringify(unknown)}; expected one of the characters`));
    }
    this.#unknown = unknown;
  }

  /**
   * A tokenizer of the characters of a text, in the order of their code points.
   * @param text a text with every character that will occur
   * @param options.unknown as for `new CharTokenizer`
   * @throws ArgumentError for an empty text
   */
  static fit(text: string, options?: CharTokenizerOptions): CharTokenizer {
    checkArity("CharTokenizer.fit", arguments.length, 2);
    checkText("CharTokenizer.fit", text);
    const characters = [...new Set(text)].sort((a, b) => (a.codePointAt(0) as number) - (b.codePointAt(0) as number));
    return new CharTokenizer(characters.join(""), options);
  }

  /** A tokenizer from what `toJSON` gave. @throws ArgumentError */
  static fromJSON(json: CharTokenizerJson): CharTokenizer {
    checkArity("CharTokenizer.fromJSON", arguments.length, 1);
    const wrong = (what: string) =>
      new ArgumentError(message("CharTokenizer.fromJSON", `${what}; expected what toJSON gave, of type "characters"`));
    if (json?.type !== "characters") throw wrong(`it is ${kindText(json)}`);
    if (json.unknown === undefined) throw wrong("it has no unknown");
    return new CharTokenizer(json.characters, { unknown: json.unknown });
  }

  /** The number of characters. */
  get size(): number {
    return this.characters.length;
  }

  /**
   * The numbers of the characters of a text.
   * @throws ArgumentError for an unknown character, unless there is one in whose place it is read
   */
  encode(text: string): Int32Array {
    checkArity("encode", arguments.length, 1);
    checkText("encode", text);
    const numbers = new Int32Array(text.length);
    let n = 0;
    for (const character of text) numbers[n++] = this.#numberOf(character, n - 1);
    return numbers.slice(0, n);
  }

  /** The text of some numbers. @throws IndexError for a number that stands for no character */
  decode(tokens: ArrayLike<number> | Tensor): string {
    checkArity("decode", arguments.length, 1);
    const numbers = tokens instanceof Tensor ? tokens.view() : tokens;
    if (typeof numbers !== "object" || typeof numbers?.length !== "number") {
      throw new ArgumentError(message("decode", `the tokens are ${kindText(tokens)}; expected a list of numbers`));
    }
    return Array.from(numbers, (number, i) => {
      const character = this.characters[number];
      if (character !== undefined) return character;
      throw new IndexError(message("decode", `token ${kindText(number)} at position ${i} is outside 0 … ${this.size - 1}`));
    }).join("");
  }

  /** What `CharTokenizer.fromJSON` makes the same tokenizer of. */
  toJSON(): CharTokenizerJson {
    return { type: "characters", characters: this.characters.join(""), unknown: this.#unknown };
  }

  #numberOf(character: string, position: number): number {
    const number = this.#numbers.get(character) ?? (this.#unknown === null ? undefined : this.#numbers.get(this.#unknown));
    if (number !== undefined) return number;
    const mend = `Known: ${this.characters.join("").replaceAll("\n", "↵")}. With { unknown } another character takes its place.`;
    throw new ArgumentError(message("encode", `unknown character ${JSON.stringify(character)} at position ${position}`, mend));
  }
}

function checkText(op: string, value: unknown): void {
  if (typeof value !== "string") throw new ArgumentError(message(op, `the text is ${kindText(value)}; expected a string`));
}
