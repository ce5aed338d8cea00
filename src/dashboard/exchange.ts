import type { Incoming, Outgoing } from "./node.js";

/** What answers a request that was let in. */
export type Answering = (request: Request) => Response | Promise<Response>;

/** The largest body, in bytes: several times what a control needs. */
const BODY = 1024;

/** Answers a request of node:http. Of its headers nothing is told: the guard has read them. */
export async function exchange(incoming: Incoming, outgoing: Outgoing, origin: string, answering: Answering): Promise<void> {
  const { method = "GET", url = "/" } = incoming;
  let response: Response;
  try {
    const body = method === "POST" ? await bodyOf(incoming) : undefined;
    response = body === null ? new Response(null, { status: 413 }) : await answering(new Request(`${origin}${url}`, { method, body }));
  } catch {
    // An address that is none, or a client that is gone.
    response = new Response(null, { status: 403 });
  }
  await send(response, outgoing);
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

/** Sends a response as fast as the client takes it: the next piece is asked for when it has taken the one before. */
async function send(response: Response, outgoing: Outgoing): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  const reader = response.body?.getReader();
  if (reader !== undefined) {
    outgoing.flushHeaders();
    outgoing.once("close", () => reader.cancel().catch(() => {}));
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!outgoing.write(value)) await drained(outgoing);
    }
  }
  outgoing.end();
}

function drained(outgoing: Outgoing): Promise<void> {
  return new Promise((resolve) => {
    outgoing.once("drain", resolve);
    outgoing.once("close", resolve);
  });
}
