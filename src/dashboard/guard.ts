import type { Incoming } from "./node.js";
import { isSecret } from "./secret.js";

/** What the requests of a server are held against. */
export interface Lock {
  readonly port: number;
  /** Opens the page, in its address, and all else, in a header. */
  readonly token: string;
  /**
   * Opens the page where it is loaded again, and nothing else. Browsers send a cookie to every server of this machine, whatever its port, so
   * it must not open what the token opens.
   */
  readonly cookie: string;
}

export const PAGE = "/";

/** The cookie's name. Its port keeps two servers from taking each other's. */
export function cookieName({ port }: Lock): string {
  return `simdgrad-${port}`;
}

/**
 * Whether a request is answered at all. A foreign page of the same browser can send one, which then has a foreign Origin, or, where a name was
 * pointed at this machine, a foreign Host; another program of the machine can, which has no token.
 */
export function isAdmitted(request: Incoming, lock: Lock): boolean {
  return isFromHere(request, lock) && (isOfPage(request) ? opensPage(request, lock) : opensRest(request, lock));
}

function isFromHere({ url = "", headers, rawHeaders }: Incoming, { port }: Lock): boolean {
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host");
  const { host, origin } = headers;
  // A name such as localhost. is the same to the resolver, and no page of ours has it.
  if (hosts.length !== 1 || !(host === `127.0.0.1:${port}` || host === `localhost:${port}`)) return false;
  if (origin !== undefined && origin !== `http://${host}`) return false;
  return url.startsWith("/");
}

function isOfPage({ url = "" }: Incoming): boolean {
  return url === PAGE || url.startsWith(`${PAGE}?`);
}

function opensPage({ method, url = "", headers }: Incoming, lock: Lock): boolean {
  if (method !== "GET") return false;
  const given = new URLSearchParams(url.slice(PAGE.length)).get("token");
  if (given !== null) return isSecret(given, lock.token);
  const prefix = `${cookieName(lock)}=`;
  const cookies = String(headers.cookie ?? "").split("; ");
  return cookies.some((cookie) => cookie.startsWith(prefix) && isSecret(cookie.slice(prefix.length), lock.cookie));
}

function opensRest({ method, headers }: Incoming, { token }: Lock): boolean {
  if (method !== "GET" && method !== "POST") return false;
  // Every browser that sends this header at all tells the truth in it.
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") return false;
  const [scheme, given] = String(headers.authorization ?? "").split(" ");
  return scheme === "Bearer" && isSecret(given, token);
}
