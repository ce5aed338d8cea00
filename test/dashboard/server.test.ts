import { createHash } from "node:crypto";
import { EventEmitter } from "node:events";
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RunBoard } from "../../src/dashboard/board.js";
import { Controls } from "../../src/dashboard/controls.js";
import { exchange } from "../../src/dashboard/exchange.js";
import { routes } from "../../src/dashboard/routes.js";
import { LocalServer } from "../../src/dashboard/server.js";
import { aRun } from "./runs.js";

const board = new RunBoard();
const controls = new Controls({ begin() {}, end() {} }, () => board.changed());
let server: LocalServer;
let port: number;
let bearer: { Authorization: string };

beforeAll(async () => {
  server = await LocalServer.listen("test", 0, (lock) => routes(board, lock));
  port = server.lock.port;
  bearer = { Authorization: `Bearer ${server.lock.token}` };
  board.add("one", () => aRun({ id: "one" }), controls);
});
afterAll(() => server.close());

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

function ask(path: string, headers: OutgoingHttpHeaders = {}, method = "GET", body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (response) => {
      let text = "";
      const end = () => resolve({ status: response.statusCode as number, headers: response.headers, body: text });
      response.on("data", (piece) => {
        text += piece;
        // An event stream does not end.
        if (text.endsWith("\n\n")) response.destroy();
      });
      response.on("end", end).on("close", end).on("error", end);
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** Sends bytes as they are. @returns all that comes back until the server ends the connection */
function send(text: string, to = port): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(to, "127.0.0.1", () => socket.write(text));
    socket.on("data", (piece) => {
      answer += piece;
    });
    socket.on("close", () => resolve(answer)).on("error", () => {});
  });
}

const page = () => `/?token=${server.lock.token}`;
const cookie = () => ({ Cookie: `simdgrad-${port}=${server.lock.cookie}` });
const PAUSE = JSON.stringify({ action: "pause" });

describe("who is let in", () => {
  test("to the page by its token, then by its cookie, which opens nothing else", async () => {
    const first = await ask(page());
    expect(first.status).toBe(200);
    expect(first.headers["set-cookie"]).toEqual([`simdgrad-${port}=${server.lock.cookie}; Path=/; HttpOnly; SameSite=Strict`]);
    expect((await ask("/", cookie())).status).toBe(200);
    expect((await ask("/events", cookie())).status).toBe(403);
    expect((await ask("/runs/one/control", cookie(), "POST", PAUSE)).status).toBe(403);
    expect(first.body).not.toContain(server.lock.token);
  });

  test("to events and controls by the token in a header, not in the address", async () => {
    expect((await ask("/events", bearer)).status).toBe(200);
    expect((await ask(`/events?token=${server.lock.token}`)).status).toBe(403);
    expect((await ask("/events", { ...bearer, Host: `localhost:${port}`, Origin: `http://localhost:${port}` })).status).toBe(200);
  });

  test("every answer forbids that others read, frame or keep it", async () => {
    for (const { headers } of [await ask(page()), await ask("/events", bearer)]) {
      expect(headers).toMatchObject({
        "cache-control": "no-store",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
      });
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });

  test("the page's policy names its scripts and styles by their hashes, and nothing else", async () => {
    const { headers, body } = await ask(page());
    const sources = (element: string) => {
      const texts = [...body.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, "gs"))].map(([, text]) => text);
      expect(texts).toHaveLength(2);
      return texts.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`).join(" ");
    };
    const policy = `default-src 'none'; script-src ${sources("script")}; style-src ${sources("style")}; img-src data:; connect-src 'self'`;
    expect(headers["content-security-policy"]).toContain(`${policy}; base-uri`);
  });
});

describe("who is refused, without a word", () => {
  const wrong = "A".repeat(43);
  const preflight = { Origin: "https://example.com", "Access-Control-Request-Method": "POST" };
  const cases: [string, () => Promise<Answer>][] = [
    ["no token", () => ask("/")],
    ["an empty token", () => ask("/?token=")],
    ["a wrong token", () => ask(`/?token=${wrong}`)],
    ["a wrong token beside the cookie", () => ask(`/?token=${wrong}`, cookie())],
    ["a part of the token", () => ask(page().slice(0, -1))],
    ["a wrong cookie", () => ask("/", { Cookie: `simdgrad-${port}=${wrong}` })],
    ["the token as the cookie", () => ask("/", { Cookie: `simdgrad-${port}=${server.lock.token}` })],
    ["events without a token", () => ask("/events")],
    ["events with a wrong token", () => ask("/events", { Authorization: `Bearer ${wrong}` })],
    ["another scheme", () => ask("/events", { Authorization: `Basic ${server.lock.token}` })],
    ["a control without a token", () => ask("/runs/one/control", {}, "POST", PAUSE)],
    ["a path that there is not, without a token", () => ask("/nowhere")],
    ["a foreign Host", () => ask(page(), { Host: "example.com" })],
    ["a name that was pointed here", () => ask(page(), { Host: `rebound.example.com:${port}` })],
    ["this machine with another port", () => ask(page(), { Host: `127.0.0.1:${port - 1}` })],
    ["this machine without a port", () => ask(page(), { Host: "127.0.0.1" })],
    ["localhost with a dot", () => ask(page(), { Host: `localhost.:${port}` })],
    ["IPv6, where nothing listens", () => ask(page(), { Host: `[::1]:${port}` })],
    ["IPv4 within IPv6", () => ask(page(), { Host: `[::ffff:127.0.0.1]:${port}` })],
    ["all addresses", () => ask(page(), { Host: `0.0.0.0:${port}` })],
    ["a number for an address", () => ask(page(), { Host: `2130706433:${port}` })],
    ["a user before the Host", () => ask(page(), { Host: `127.0.0.1:${port}@example.com` })],
    ["a foreign Origin", () => ask("/events", { ...bearer, Origin: "https://example.com" })],
    ["a foreign Origin on the page", () => ask(page(), { Origin: "https://example.com" })],
    ["the Origin of another port", () => ask("/events", { ...bearer, Origin: `http://127.0.0.1:${port - 1}` })],
    ["another scheme in Origin", () => ask("/events", { ...bearer, Origin: `https://127.0.0.1:${port}` })],
    ["no Origin to speak of", () => ask("/events", { ...bearer, Origin: "null" })],
    ["another name in Origin than in Host", () => ask("/events", { ...bearer, Origin: `http://localhost:${port}` })],
    ["a foreign page, as the browser says", () => ask("/events", { ...bearer, "Sec-Fetch-Site": "cross-site" })],
    ["a page of another port, as the browser says", () => ask("/events", { ...bearer, "Sec-Fetch-Site": "same-site" })],
    ["a preflight", () => ask("/runs/one/control", preflight, "OPTIONS")],
    ["a preflight with the token", () => ask("/events", bearer, "OPTIONS")],
    ["PUT", () => ask("/runs/one/control", bearer, "PUT", PAUSE)],
    ["DELETE", () => ask("/runs/one", bearer, "DELETE")],
    ["TRACE", () => ask("/events", bearer, "TRACE")],
    ["POST to the page", () => ask(page(), {}, "POST", "")],
    ["HEAD of the page", () => ask(page(), {}, "HEAD")],
  ];

  test.each(cases)("%s", async (_, asked) => {
    const { status, headers, body } = await asked();
    expect({ status, body }).toEqual({ status: 403, body: "" });
    expect(Object.keys(headers).sort()).toEqual(["connection", "content-length", "date"]);
  });

  test("two Hosts, an absolute address, a request without a Host", async () => {
    const lines = (path: string, ...headers: string[]) =>
      `${[`GET ${path} HTTP/1.1`, ...headers].join("\r\n")}\r\nConnection: close\r\n\r\n`;
    const host = `Host: 127.0.0.1:${port}`;
    expect(await send(lines(page(), host))).toMatch(/^HTTP\/1.1 200 /);
    expect(await send(lines(page(), host, "Host: example.com"))).toMatch(/^HTTP\/1.1 40[03] /);
    expect(await send(lines(`http://example.com${page()}`, host))).toMatch(/^HTTP\/1.1 403 /);
    expect(await send(lines(page()))).toMatch(/^HTTP\/1.1 400 /);
    expect(await send(`CONNECT example.com:80 HTTP/1.1\r\n${host}\r\n\r\n`)).toBe("");
  });

  test("and nothing was paused by any of them", () => expect(controls.status).toBe("running"));
});

describe("what is asked", () => {
  const control = (body: string, run = "one", headers: OutgoingHttpHeaders = {}) =>
    ask(`/runs/${run}/control`, { ...bearer, ...headers }, "POST", body);

  test("paths lead to nothing but the routes", async () => {
    const paths = ["/nowhere", "/runs/one", "/../package.json", "/%2e%2e/package.json", "//events", "/runs/..%2f..%2fx/control"];
    for (const path of paths) expect((await ask(path, bearer)).status, path).toBe(404);
    expect([403, 404]).toContain((await ask("/\\..\\package.json", bearer)).status);
  });

  test("a control is not asked for by GET", async () => {
    expect((await ask("/runs/one/control", bearer)).status).toBe(404);
  });

  const senseless = ["", "{", "null", "[]", '"pause"', '{"action":"explode"}', '{"__proto__":{"action":"pause"}}'];
  const rates = ["null", "0", "-1", '"1"', "1e999"].map((rate) => `{"action":"rate","rate":${rate}}`);
  test.each([...senseless, ...rates])("%s makes no sense", async (body) => {
    expect((await control(body)).status).toBe(400);
    expect(controls.status).toBe("running");
  });

  test("a training that is not here", async () => expect((await control(PAUSE, "two")).status).toBe(404));

  test("what is too large is not read", async () => {
    expect((await control(`{"action":"pause","x":"${"x".repeat(2000)}"}`)).status).toBe(413);
    expect((await control("x".repeat(100_000), "one", { "Transfer-Encoding": "chunked" })).status).toBe(413);
    expect(await send(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX: ${"x".repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /);
    expect(controls.status).toBe("running");
  });

  test("what comes slowly, or never whole, is ended", async () => {
    // A server of its own: one whose patience is so short would end what other tests send on a busy machine.
    const limits = {
      headersTimeout: 100,
      requestTimeout: 100,
      connectionsCheckingInterval: 50,
      maxHeaderSize: 8192,
      keepAliveTimeout: 100,
    };
    const hasty = await LocalServer.listen("test", 0, (lock) => routes(board, lock), limits);
    const { port: there, token } = hasty.lock;
    const head = `POST /runs/one/control HTTP/1.1\r\nHost: 127.0.0.1:${there}\r\nAuthorization: Bearer ${token}\r\n`;
    expect(await send("GET / HT", there)).toMatch(/^HTTP\/1.1 408 /);
    expect(await send(head, there)).toMatch(/^HTTP\/1.1 408 /);
    expect(await send(`${head}Content-Length: 20\r\n\r\n{"action"`, there)).toMatch(/^(HTTP\/1.1 408 |$)/);
    expect(controls.status).toBe("running");
    await hasty.close();
  });

  test("pause, resume and stop, each answered", async () => {
    const answer = async (body: object) => JSON.parse((await control(JSON.stringify(body))).body);
    expect(await answer({ action: "pause" })).toEqual({ done: true, text: "It pauses after this step." });
    expect(controls.status).toBe("pausing");
    expect(await answer({ action: "resume" })).toEqual({ done: true, text: "It goes on." });
    expect(await answer({ action: "stop" })).toMatchObject({ done: true });
    expect(await answer({ action: "pause" })).toEqual({ done: false, text: "The training stops after this step." });
  });
});

test("an answer that waits for its client again and again leaves no listeners behind", async () => {
  const most: number[] = [];
  const client = Object.assign(new EventEmitter(), {
    writeHead() {},
    flushHeaders() {},
    write() {
      most.push(client.listenerCount("close"), client.listenerCount("drain"));
      setImmediate(() => client.emit("drain"));
      return false;
    },
    end() {},
    destroy() {},
  });
  let pieces = 20;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (pieces-- === 0) controller.close();
      else controller.enqueue(new Uint8Array(1));
    },
  });
  await exchange({ method: "GET", url: "/" } as never, client, "http://127.0.0.1:1", () => ({ status: 200, body }));
  expect(most).toHaveLength(40);
  expect(Math.max(...most)).toBe(1);
});
