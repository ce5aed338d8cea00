/** What a diagnosis found, in words. */
export interface Finding {
  /** Which finding it is, such as "deadReLU": the same for every layer. */
  readonly name: string;
  /** How bad it is, from 0 to 1: above 0.7 training cannot go well, below 0.3 it may well be meant. */
  readonly severity: number;
  /** The path of the layer or the parameter; null: the whole. */
  readonly place: string | null;
  /** The sentence: what was seen, with its number. */
  readonly seen: string;
  /** What is usual. */
  readonly usual: string;
  /** What to try, the likeliest first. */
  readonly advice: readonly string[];
  /** The address of the page that tells more, with its section: "https://…/docs/diagnose.md#dead-relus". */
  readonly link: string;
}
