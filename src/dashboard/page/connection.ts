import type { BoardState } from "../board.js";
import { type Change, changed } from "../change.js";
import type { Answer, Request } from "../controls.js";

/** How a page stands to its server: "refused" is another server at the same address. */
export type Link = "connecting" | "open" | "lost" | "refused";

/** Milliseconds between two attempts: the first, and the longest. */
const FIRST = 500;
const LONGEST = 5000;

/** The events and controls of the server. Headers carry the token, which EventSource could not send. */
export class Connection {
  state: BoardState = { runs: {}, problems: [] };
  link: Link = "connecting";
  readonly #headers: Record<string, string>;

  /** @param heard is called after every change of state or link */
  constructor(
    token: string,
    private readonly heard: () => void,
  ) {
    this.#headers = { Authorization: `Bearer ${token}` };
  }

  /** Listens as long as the page is there. What it has stays where the server is gone. */
  async listen(): Promise<void> {
    for (let wait = FIRST; ; wait = Math.min(2 * wait, LONGEST)) {
      try {
        const response = await fetch("/events", { headers: this.#headers, cache: "no-store" });
        if (response.status === 403) return this.#become("refused");
        for await (const event of eventsOf(response)) {
          // The first event is the whole state.
          this.state = (JSON.parse(event) as Change[]).reduce((state, change) => changed(state, change) as BoardState, this.state);
          this.#become("open");
          wait = FIRST;
        }
      } catch {
        // The server is gone, or does not answer yet.
      }
      this.#become("lost");
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  /** Asks for a control. @returns the answer, in words where there was none */
  async ask(run: string, request: Request): Promise<Answer> {
    try {
      const path = `/runs/${encodeURIComponent(run)}/control`;
      const response = await fetch(path, { method: "POST", headers: this.#headers, body: JSON.stringify(request), cache: "no-store" });
      return (await response.json()) as Answer;
    } catch {
      return { done: false, text: "The training does not answer." };
    }
  }

  #become(link: Link): void {
    this.link = link;
    this.heard();
  }
}

/** The data of server-sent events, which are of one line each here. */
async function* eventsOf({ body }: Response): AsyncGenerator<string> {
  const reader = (body as ReadableStream<Uint8Array>)
    .pipeThrough(new TextDecoderStream() as never)
    .getReader() as ReadableStreamDefaultReader<string>;
  for (let text = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (text + value).split("\n\n");
    text = events.pop() as string;
    for (const event of events) yield event.slice("data: ".length);
  }
}
