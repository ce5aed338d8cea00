import { note } from "../errors/note.js";
import { isError } from "../options/builtin.js";

/** Work and what must be done after it, whatever fails: no error keeps a later part from running, and none takes the place of the first. */
export class Endings {
  readonly #errors: unknown[] = [];

  /** Runs a part, and keeps its error for `finish`. */
  async run(part: () => unknown): Promise<void> {
    try {
      await part();
    } catch (error) {
      this.#errors.push(error);
    }
  }

  /** The first error; null: there was none so far. */
  get first(): unknown {
    return this.#errors[0] ?? null;
  }

  /** @throws the first error, as it was thrown. Its `cause`, unless it has one, tells the others: the error, or an AggregateError of several */
  finish(): void {
    if (this.#errors.length === 0) return;
    const [first] = this.#errors;
    const others = this.#errors.filter((error) => error !== first);
    if (others.length > 0 && !tellsOthers(first, others)) {
      for (const other of others) note(`fit ended with an error, and then: ${other}`);
    }
    throw first;
  }
}

function tellsOthers(first: unknown, others: readonly unknown[]): boolean {
  if (!isError(first) || "cause" in first || !Object.isExtensible(first)) return false;
  const cause = others.length === 1 ? others[0] : new AggregateError(others, `${others.length} errors followed`);
  Object.defineProperty(first, "cause", { value: cause, writable: true, configurable: true });
  return true;
}
