import { kindText, message } from "../../errors/message.js";
import { FileError } from "../../io/error.js";

/** A field of the rows of a cache: a column of a table, or a part of records such as x. */
export interface CachedField {
  readonly name: string;
  /** The numbers that it takes in a row. */
  readonly width: number;
  /** Of texts the different ones, by code units; null for numbers. */
  readonly categories: readonly string[] | null;
  /** Whether all numbers are whole, and float32 holds each exactly. */
  readonly isWhole: boolean;
  /** How many cells are missing. */
  readonly missing: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** The standard deviation, divided by n. */
  readonly std: number;
}

/** Whole numbers up to this are float32 exactly. */
const EXACT = 16777216;

/** The most different texts of a field. */
const MOST_CATEGORIES = 65536;

/** Gathers what is told of a field while its cells are written. */
export class FieldFigures {
  readonly #codes = new Map<string, number>();
  #isWhole = true;
  #missing = 0;
  #count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  /** What is subtracted from each number before sums are taken, so that they keep their digits. */
  #origin = 0;
  #sum = 0;
  #squares = 0;

  constructor(
    readonly name: string,
    readonly width: number,
    readonly isText: boolean,
  ) {}

  /** Takes a number, NaN where it is missing. */
  add(value: number): void {
    if (Number.isNaN(value)) {
      this.#missing++;
      return;
    }
    if (this.#count++ === 0) this.#origin = value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    if (this.#isWhole && !(Math.floor(value) === value && value <= EXACT && value >= -EXACT)) this.#isWhole = false;
    const difference = value - this.#origin;
    this.#sum += difference;
    this.#squares += difference * difference;
  }

  /** The number of a text, in the order in which texts come; NaN where it is missing. @throws FileError for too many different ones */
  code(op: string, text: string | null): number {
    if (text === null) {
      this.#missing++;
      return Number.NaN;
    }
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    if (this.#codes.size === MOST_CATEGORIES) {
      const problem = `field ${kindText(this.name)} has more than ${MOST_CATEGORIES} different texts, as ${kindText(text)}`;
      throw new FileError(message(op, problem, `Leave it out: { drop: [${kindText(this.name)}] }.`));
    }
    this.#codes.set(text, this.#codes.size);
    return this.#codes.size - 1;
  }

  /**
   * What was gathered; `ranks` has for each code the place of its text among the categories.
   * @throws FileError for numbers that float32 does not hold
   */
  result(op: string): { field: CachedField; ranks: readonly number[] | null } {
    const { name, width } = this;
    const isEmpty = this.#count === 0;
    const beyond = [this.#min, this.#max].find((value) => !isEmpty && !Number.isFinite(Math.fround(value)));
    if (beyond !== undefined) {
      const problem = `field ${kindText(name)} has the number ${beyond}; a cache keeps float32, up to 3.4e38`;
      throw new FileError(message(op, problem, `Scale it, or leave it out: { drop: [${kindText(name)}] }.`));
    }
    const shift = isEmpty ? 0 : this.#sum / this.#count;
    const variance = isEmpty ? 0 : Math.max(0, this.#squares / this.#count - shift * shift);
    const categories = this.isText ? [...this.#codes.keys()].sort((a, b) => (a < b ? -1 : 1)) : null;
    const places = new Map(categories?.map((text, place) => [text, place]));
    const ranks = categories === null ? null : [...this.#codes.keys()].map((text) => places.get(text) as number);
    const numbers = isEmpty
      ? { min: 0, max: 0, mean: 0, std: 0 }
      : { min: this.#min, max: this.#max, mean: this.#origin + shift, std: Math.sqrt(variance) };
    return { field: { name, width, categories, isWhole: this.#isWhole && !this.isText, missing: this.#missing, ...numbers }, ranks };
  }
}
