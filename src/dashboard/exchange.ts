import type { Incoming, Outgoing } from "./node.js";

/** A request that was let in. Of its headers nothing is told: the guard has read them. */
export interface Asked {
  readonly method: string;
  /** The address without host and query. */
  readonly path: string;
  /** Empty where there is none. */
  readonly body: string;
}

/**
 * What is answered. It is not the Response of fetch, nor is what was asked its Request: Node loads its whole HTTP client with them, which took
 * more of the processor than the dashboard's first second does.
 */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is sent as fast as the client takes it. */
  readonly body?: string | ReadableStream<Uint8Array>;
}

/** What answers a request that was let in. */
export type Answering = (asked: Asked) => Reply | Promise<Reply>;

/** The largest body, in bytes: several times what a control needs. */
const BODY = 1024;

/** Answers a request of node:http. */
export async function exchange(incoming: Incoming, outgoing: Outgoing, origin: string, answering: Answering): Promise<void> {
  const { method = "GET", url = "/" } = incoming;
  let reply: Reply;
  try {
    const body = method === "POST" ? await bodyOf(incoming) : "";
    reply = body === null ? { status: 413 } : await answering({ method, path: new URL(`${origin}${url}`).pathname, body });
  } catch {
    // An address that is none, or a client that is gone.
    reply = { status: 403 };
  }
  await send(reply, outgoing);
}

/** The body as text; null where it is too large: the rest is passed over. */
async function bodyOf(incoming: Incoming): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const piece of incoming) {
    bytes += piece.length;
    if (bytes <= BODY) text += decoder.decode(piece, { stream: true });
  }
  return bytes > BODY ? null : text;
}

async function send({ status, headers, body = "" }: Reply, outgoing: Outgoing): Promise<void> {
  if (typeof body === "string") {
    const bytes = new TextEncoder().encode(body);
    outgoing.writeHead(status, { ...headers, "Content-Length": `${bytes.length}` });
    outgoing.write(bytes);
  } else {
    outgoing.writeHead(status, { ...headers });
    await pass(body, outgoing);
  }
  outgoing.end();
}

/** Sends a stream as fast as the client takes it: the next piece is asked for when it has taken the one before. */
async function pass(stream: ReadableStream<Uint8Array>, outgoing: Outgoing): Promise<void> {
  const reader = stream.getReader();
  outgoing.flushHeaders();
  outgoing.once("close", () => reader.cancel().catch(() => {}));
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    if (!outgoing.write(value)) await drained(outgoing);
  }
}

function drained(outgoing: Outgoing): Promise<void> {
  return new Promise((resolve) => {
    // Both are taken back: an answer that lasts as long as a training waits very often.
    const heard = (): void => {
      outgoing.off("drain", heard);
      outgoing.off("close", heard);
      resolve();
    };
    outgoing.once("drain", heard);
    outgoing.once("close", heard);
  });
}
