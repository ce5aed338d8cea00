import { message } from "../errors/message.js";
import { builtin } from "../kernels/platform.js";
import { FileError } from "./error.js";

/** The part of node:crypto that is used. */
interface Crypto {
  createHash(algorithm: "sha256"): Hash;
}

/** A sum that is fed in pieces. */
export interface Hash {
  update(bytes: Uint8Array): unknown;
  digest(format: "hex"): string;
}

/** The digits of a SHA-256 in hexadecimal. */
export const DIGEST_DIGITS = 64;

/** Begins a SHA-256 that is fed in pieces. @throws FileError in browsers, which sum bytes as a whole only: see `sha256` */
export function beginSha256(op: string): Hash {
  const crypto = builtin<Crypto>("node:crypto");
  if (crypto === undefined) throw new FileError(message(op, "there is no file system here", "Checkpoints need Node, Deno or Bun."));
  return crypto.createHash("sha256");
}

/** The SHA-256 of bytes in hexadecimal digits, in browsers, too. It is summed beside other work. @throws FileError on a platform without SHA-256 */
export async function sha256(op: string, bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new FileError(message(op, "checksums cannot be computed: browsers have crypto.subtle on https pages and localhost only"));
  }
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes as BufferSource));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
