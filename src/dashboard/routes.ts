import { Hono } from "hono";
import type { Controls, Request } from "./controls.js";
import { Client, type Shown } from "./events.js";
import type { Answering } from "./exchange.js";
import { cookieName, type Lock, PAGE } from "./guard.js";
import { PAGE_POLICY, PAGE_TEXT } from "./page.js";

/** What the routes show and steer. */
export interface Board extends Shown {
  /** What steers a training of this process; undefined for one that is not here. */
  controlsOf(run: string): Controls | undefined;
}

/** The page, its events and its controls. Who asks was let in by the guard. */
export function routes(board: Board, lock: Lock): Answering {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  });
  app.get(PAGE, (context) => {
    // Renewed at each load; gone with the browser's session.
    context.header("Set-Cookie", `${cookieName(lock)}=${lock.cookie}; Path=/; HttpOnly; SameSite=Strict`);
    context.header("Content-Security-Policy", PAGE_POLICY);
    return context.html(PAGE_TEXT);
  });
  app.get("/events", (context) => {
    return context.body(new Client(board).stream(), 200, { "Content-Type": "text/event-stream" });
  });
  app.post("/runs/:run/control", async (context) => {
    const request = requestOf(await context.req.json().catch(() => null));
    if (request === null) return context.json({ done: false, text: "The request makes no sense." }, 400);
    const controls = board.controlsOf(context.req.param("run"));
    if (controls === undefined) return context.json({ done: false, text: "There is no such training in this process." }, 404);
    return context.json(await controls.ask(request));
  });
  return (request) => app.fetch(request);
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
function requestOf(body: unknown): Request | null {
  const { action, rate } = (body ?? {}) as { action?: unknown; rate?: unknown };
  if (action === "pause" || action === "resume" || action === "stop") return { action };
  if (action === "rate" && typeof rate === "number" && rate > 0 && rate < Infinity) return { action, rate };
  return null;
}
