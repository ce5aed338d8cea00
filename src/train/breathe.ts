/** Milliseconds that training may hold the event loop. */
const SLICE = 50;

/** Lets other work of the process run, so that a server stays alive while it trains. */
export class Breather {
  #last = performance.now();

  /** Whether it is time for a break. */
  get due(): boolean {
    return performance.now() - this.#last >= SLICE;
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
