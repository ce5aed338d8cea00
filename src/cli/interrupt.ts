import process from "node:process";

/** Handles Ctrl-C: the first one asks the work to stop, the second one ends the program. */
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

  /** The result of the work, or null if the work stopped because of the signal. */
  async guard<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await work;
    } catch (error) {
      if (this.signal.aborted && error === this.signal.reason) return null;
      throw error;
    }
  }

  /** Gives Ctrl-C its usual effect again. */
  dispose(): void {
    process.off("SIGINT", this.#onSignal);
  }
}
