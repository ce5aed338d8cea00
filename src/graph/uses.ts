import type { Graph } from "./graph.js";
import type { Holdings } from "./holdings.js";

/** The graphs in which a leaf takes part, oldest first. */
export class Uses {
  /** Consumed graphs, which the next use of the leaf releases, and the unconsumed graphs opened last. */
  readonly recent: Graph[] = [];
  /** What older unconsumed graphs hold. The leaf does not refer to these graphs, so that the garbage collector finds them. */
  #older: Holdings[] = [];
  /** The length at which those that hold nothing any more are left out. */
  #tidyAt = 64;
  /** The last change of the leaf for which the older graphs were looked through. */
  #lookedAt = 0;

  addOlder(holdings: Holdings): void {
    this.#older.push(holdings);
    if (this.#older.length >= this.#tidyAt) this.#tidy();
  }

  /** Moves the results of older graphs to JS memory that were opened before the leaf was changed in place. @param changedAt when it was */
  offloadOutdated(changedAt: number): void {
    if (changedAt <= this.#lookedAt || this.#older.length === 0) return;
    this.#lookedAt = changedAt;
    for (const holdings of this.#older) if (holdings.openedAt < changedAt) holdings.offload();
    this.#tidy();
  }

  #tidy(): void {
    this.#older = this.#older.filter(({ storages }) => storages.length > 0);
    this.#tidyAt = 64 + 2 * this.#older.length;
  }
}
