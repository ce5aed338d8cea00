import type { WorstSample } from "../run.js";
import type { Sights } from "./sights.js";

/** What is said of a sample that the model was wrong about. */
export type Mistake = Omit<WorstSample, "picture" | "text">;

/** Keeps the samples that a model is most wrong about, each once. */
export class Mistakes {
  readonly #worst = new Map<number, { error: number; tell: () => Mistake }>();

  constructor(private readonly most: number) {}

  add(index: number, error: number, tell: () => Omit<Mistake, "index" | "error">): void {
    if (error <= (this.#worst.get(index)?.error ?? 0)) return;
    this.#worst.set(index, { error, tell: () => ({ index, error, ...tell() }) });
    if (this.#worst.size > 8 * this.most + 64) this.#prune();
  }

  /** The worst ones with their pictures. */
  async shown(sights: Sights): Promise<WorstSample[]> {
    this.#prune();
    return Promise.all([...this.#worst.values()].map(async ({ tell }) => ({ ...tell(), ...(await sights.of(tell().index)) })));
  }

  #prune(): void {
    const kept = [...this.#worst].sort(([, a], [, b]) => b.error - a.error).slice(0, this.most);
    this.#worst.clear();
    for (const [index, one] of kept) this.#worst.set(index, one);
  }
}
