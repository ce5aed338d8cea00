import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { builtin } from "../kernels/platform.js";

/** The parts of Node's own modules that are used. kernels/platform.ts explains how these are loaded. */

/** A request of node:http, before anything has interpreted it. */
export interface Incoming extends AsyncIterable<Uint8Array> {
  readonly method?: string;
  readonly url?: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Names and values by turns, as they came: `headers` tells of a doubled Host the first only. */
  readonly rawHeaders: readonly string[];
}

/** Its answer. */
export interface Outgoing {
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  flushHeaders(): void;
  /** @returns whether more can be written at once; else "drain" tells when */
  write(bytes: Uint8Array): boolean;
  end(): unknown;
  destroy(): unknown;
  once(event: "drain" | "close", heard: () => void): unknown;
  off(event: "drain" | "close", heard: () => void): unknown;
}

interface Socket {
  unref(): unknown;
}

export interface HttpServer {
  maxConnections: number;
  listen(port: number, host: string, done: () => void): unknown;
  address(): { port: number };
  close(done?: () => void): unknown;
  closeAllConnections(): void;
  ref(): unknown;
  unref(): unknown;
  on(event: "connection" | "error", heard: (socket: Socket) => void): unknown;
  once(event: "error", heard: (error: unknown) => void): unknown;
  removeListener(event: "error", heard: (error: unknown) => void): unknown;
}

export interface Http {
  createServer(options: Readonly<Record<string, number | boolean>>, listener: (incoming: Incoming, outgoing: Outgoing) => void): HttpServer;
}

/** A module of Node's. @throws ArgumentError in browsers */
export function nodeModule<T>(op: string, id: string): T {
  const found = builtin<T>(id);
  if (found !== undefined) return found;
  const mend = "In a page, train without ui, and show the figures that onEpochEnd of a callback is told.";
  throw new ArgumentError(message(op, "a page is served by Node, Deno or Bun, and not by a browser", mend));
}
