/** What a check of a model came to. */
export interface SanityCheck {
  /** Which check it is, such as "overfitsBatch". */
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** The sentence: what was seen, with its number, or why it was not looked for. */
  readonly seen: string;
}

export function passed(name: string, seen: string): SanityCheck {
  return { name, outcome: "passed", seen };
}

export function failed(name: string, seen: string): SanityCheck {
  return { name, outcome: "failed", seen };
}

export function skipped(name: string, why: string): SanityCheck {
  return { name, outcome: "skipped", seen: why };
}
