import type { Params } from "hono/router";
import { LinearRouter } from "hono/router/linear-router";
import type { Answer, Controls, Request } from "./controls.js";
import { Client, type Shown } from "./events.js";
import type { Answering, Asked, Reply } from "./exchange.js";
import { cookieName, type Lock, PAGE } from "./guard.js";
import { PAGE_POLICY, PAGE_TEXT } from "./page.js";

/** What the routes show and steer. */
export interface Board extends Shown {
  /** What steers a training of this process; undefined for one that is not here. */
  controlsOf(run: string): Controls | undefined;
}

type Handler = (asked: Asked, params: Params) => Reply | Promise<Reply>;

/** The page, its events and its controls. Who asks was let in by the guard. */
export function routes(board: Board, lock: Lock): Answering {
  const router = new LinearRouter<Handler>();
  // The cookie is renewed at each load; gone with the browser's session.
  const cookie = `${cookieName(lock)}=${lock.cookie}; Path=/; HttpOnly; SameSite=Strict`;
  const pageHeaders = { "Content-Type": "text/html; charset=UTF-8", "Content-Security-Policy": PAGE_POLICY, "Set-Cookie": cookie };
  router.add("GET", PAGE, () => ({ status: 200, headers: pageHeaders, body: PAGE_TEXT }));
  router.add("GET", "/events", () => {
    return { status: 200, headers: { "Content-Type": "text/event-stream" }, body: new Client(board).stream() };
  });
  router.add("POST", "/runs/:run/control", async ({ body }, { run }) => {
    const request = requestOf(body);
    if (request === null) return json(400, { done: false, text: "The request makes no sense." });
    const controls = board.controlsOf(run);
    if (controls === undefined) return json(404, { done: false, text: "There is no such training in this process." });
    return json(200, await controls.ask(request));
  });
  return async (asked) => {
    const [[found]] = router.match(asked.method, asked.path) as [[Handler, Params][]];
    if (found === undefined) return { status: 404, headers: HEADERS };
    const [handler, params] = found;
    const reply = await handler(asked, params);
    return { ...reply, headers: { ...HEADERS, ...reply.headers } };
  };
}

function json(status: number, answer: Answer): Reply {
  return { status, headers: { "Content-Type": "application/json" }, body: JSON.stringify(answer) };
}

/** Stand in every answer. No page of another origin can read, frame or embed one, and none is kept. */
const HEADERS = {
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** What a body asks for; null where that is nothing that there is. */
function requestOf(body: string): Request | null {
  let asked: { action?: unknown; rate?: unknown } | null;
  try {
    asked = JSON.parse(body);
  } catch {
    return null;
  }
  const { action, rate } = asked ?? {};
  if (action === "pause" || action === "resume" || action === "stop") return { action };
  if (action === "rate" && typeof rate === "number" && rate > 0 && rate < Infinity) return { action, rate };
  return null;
}
