import { Mirror } from "./mirror.js";

/** Milliseconds between two events of a client. */
const INTERVAL = 500;
/**
 * Between two events of a client lies at least this many times the time that making the first one took: it costs a hundredth at most. Only what
 * was asked of a training, or another that begins, does not wait so long.
 */
const TIMES = 100;

/** What pages are shown. */
export interface Shown {
  state(): unknown;
  /** A client comes. @returns is called when it goes */
  join(client: Client): () => void;
}

/**
 * A page that listens: it gets the whole state first, then what changed, at most twice a second. An event is made when the client has taken the
 * one before. So a slow client gets fewer and larger events, and costs one copy of the state. One that connects again gets all of it again.
 */
export class Client {
  readonly #mirror = new Mirror();
  readonly #encoder = new TextEncoder();
  /** When the next event may come, and when it may tell of what should not wait long. */
  #next = -Infinity;
  #nextHeard = -Infinity;
  #heard = false;
  #closed = false;
  #wake: () => void = () => {};
  /** An event is due before its time. */
  #urgent = false;
  /** Who waits until all that there is was taken. */
  #waiting: (() => void)[] = [];
  #leave: () => void = () => {};

  constructor(private readonly shown: Shown) {}

  /** Server-sent events. */
  stream(): ReadableStream<Uint8Array> {
    this.#leave = this.shown.join(this);
    // Nothing is made in advance.
    return new ReadableStream<Uint8Array>(
      { pull: (controller) => this.#pull(controller), cancel: () => this.close() },
      { highWaterMark: 0 },
    );
  }

  /** Something changed that should not wait long. */
  hear(): void {
    this.#heard = true;
    this.#wake();
  }

  /** Sends at once what there is. @returns when the client has taken it, or is gone */
  flush(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#urgent = true;
      this.#wake();
    });
  }

  close(): void {
    this.#closed = true;
    this.#leave();
    this.#wake();
    this.#taken();
  }

  /** Waits for something new and gives it. Called when the event before was taken. */
  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (;;) {
      for (let wait = this.#wait; wait > 0; wait = this.#wait) await this.#pause(wait);
      if (this.#closed) return;
      this.#heard = false;
      const begun = performance.now();
      const changes = this.#mirror.changes(this.shown.state());
      if (changes.length > 0) {
        controller.enqueue(this.#encoder.encode(`data: ${JSON.stringify(changes)}\n\n`));
        const now = performance.now();
        this.#nextHeard = now + INTERVAL;
        this.#next = now + Math.max(INTERVAL, TIMES * (now - begun));
        return;
      }
      this.#urgent = false;
      this.#taken();
      await this.#pause(INTERVAL);
    }
  }

  /** Milliseconds until the next event may come. */
  get #wait(): number {
    if (this.#urgent || this.#closed) return 0;
    return (this.#heard ? this.#nextHeard : this.#next) - performance.now();
  }

  #taken(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Waits, unless it is woken, and keeps no process alive meanwhile. */
  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer: unknown = setTimeout(resolve, milliseconds);
      (timer as { unref?(): void }).unref?.();
      this.#wake = () => {
        clearTimeout(timer as number);
        resolve();
      };
    });
  }
}
