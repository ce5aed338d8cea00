import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { type Answering, exchange } from "./exchange.js";
import { isAdmitted, type Lock } from "./guard.js";
import { type Http, type HttpServer, nodeModule, type Outgoing } from "./node.js";
import { makeSecret } from "./secret.js";

/** Only this machine can reach it. */
const HOST = "127.0.0.1";

/** Bounds on what a client can keep busy: milliseconds, bytes, connections. */
const LIMITS = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 8192,
  keepAliveTimeout: 5000,
};
const CONNECTIONS = 64;

/** A server on this machine. It keeps no process alive, except while somebody `holds` it. */
export class LocalServer {
  readonly #server: HttpServer;
  readonly lock: Lock;
  #holders = 0;
  #keeps = false;

  private constructor(server: HttpServer, lock: Lock) {
    this.#server = server;
    this.lock = lock;
  }

  /**
   * @param port 0: any that is free
   * @param limits how long a client may take
   * @throws ArgumentError for a port that is not free, and in browsers
   */
  static async listen(op: string, port: number, answering: (lock: Lock) => Answering, limits = LIMITS): Promise<LocalServer> {
    const { createServer } = nodeModule<Http>(op, "node:http");
    let admit: ((...exchange: Parameters<Parameters<Http["createServer"]>[1]>) => void) | null = null;
    const server = createServer(limits, (incoming, outgoing) => admit?.(incoming, outgoing));
    server.maxConnections = CONNECTIONS;
    // Also while connections are open.
    server.on("connection", (socket) => socket.unref());
    await new Promise<void>((resolve, reject) => {
      const failed = (error: unknown): void => reject(notFree(op, port, error));
      server.once("error", failed);
      server.listen(port, HOST, () => {
        server.removeListener("error", failed);
        // Such as too many open files: no training ends of it.
        server.on("error", () => {});
        resolve();
      });
    });
    server.unref();
    const lock = { port: server.address().port, token: makeSecret(), cookie: makeSecret() };
    const answer = answering(lock);
    const origin = `http://${HOST}:${lock.port}`;
    admit = (incoming, outgoing) => {
      if (isAdmitted(incoming, lock)) exchange(incoming, outgoing, origin, answer).catch(() => outgoing.destroy());
      else refuse(outgoing);
    };
    return new LocalServer(server, lock);
  }

  /** The page's address. Its token lets in whoever has it. */
  get url(): string {
    return `http://${HOST}:${this.lock.port}/?token=${this.lock.token}`;
  }

  /** Keeps the process alive until `close`. */
  keepOpen(): void {
    if (this.#keeps) return;
    this.#keeps = true;
    this.hold();
  }

  /** Keeps the process alive until `release` was called as often. */
  hold(): void {
    if (this.#holders++ === 0) this.#server.ref();
  }

  release(): void {
    if (--this.#holders === 0) this.#server.unref();
  }

  /** Ends all connections. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }
}

/** Says no, and not why. */
function refuse(outgoing: Outgoing): void {
  outgoing.writeHead(403, { "Content-Length": "0", Connection: "close" });
  outgoing.end();
}

function notFree(op: string, port: number, error: unknown): unknown {
  const { code } = error as { code?: string };
  if (code !== "EADDRINUSE" && code !== "EACCES") return error;
  const problem = code === "EADDRINUSE" ? "is in use" : "may not be used";
  return new ArgumentError(message(op, `the port ${port} ${problem}`, "Leave port out: a free one is taken."));
}
