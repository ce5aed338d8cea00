import type { Tensor } from "../tensor/tensor.js";

/** What turns text into the numbers that models take, and back. `CharTokenizer` is one. */
export interface Tokenizer {
  /** The number of tokens: each is a whole number below it. */
  readonly size: number;
  encode(text: string): ArrayLike<number>;
  decode(tokens: ArrayLike<number> | Tensor): string;
}
