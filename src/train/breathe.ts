/**
 * Milliseconds that training holds the event loop unless it is told otherwise. A request waits for one or two of them; what the turns
 * cost cannot be told from no turns, down to 5 ms.
 */
export const YIELD_EVERY = 10;

/** Lets other work of the process run, so that a server stays alive while it trains. */
export class Breather {
  #last = performance.now();

  /** @param every milliseconds between two breaks; 0: a break after every batch, Infinity: none */
  constructor(private readonly every: number = YIELD_EVERY) {}

  /** Whether it is time for a break. */
  get due(): boolean {
    return performance.now() - this.#last >= this.every;
  }

  /** A break of one turn of the event loop. */
  async pause(): Promise<void> {
    await turn();
    this.#last = performance.now();
  }
}

/** One turn of the event loop: setImmediate where there is one; elsewhere a message, which browsers do not throttle as they do timers. */
export function turn(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (resolve: () => void) => void };
  if (setImmediate) return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
