import process from "node:process";

/** Ctrl-C: the first asks the work to stop, the second ends the program. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #onSignal = (): void => {
    if (this.#controller.signal.aborted) process.exit(130);
    this.#controller.abort();
  };

  constructor() {
    process.on("SIGINT", this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What the work gives, or null if it stopped because of the signal. */
  async guard<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await work;
    } catch (error) {
      if (this.signal.aborted && error === this.signal.reason) return null;
      throw error;
    }
  }

  /** From now on Ctrl-C does what it always does. */
  dispose(): void {
    process.off("SIGINT", this.#onSignal);
  }
}
