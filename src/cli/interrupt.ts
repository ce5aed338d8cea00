import process from "node:process";

/** What asks the program to end: Ctrl-C, and the system or a scheduler. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Handles Ctrl-C: the first one asks the work to stop, the second one ends the program. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #onSignal = (): void => {
    if (this.#controller.signal.aborted) process.exit(130);
    this.#controller.abort();
  };

  constructor() {
    for (const name of SIGNALS) process.on(name, this.#onSignal);
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
    for (const name of SIGNALS) process.off(name, this.#onSignal);
  }
}
