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

/** Begins a SHA-256 that is fed in pieces. @throws FileError in browsers, which have no files either */
export function beginSha256(op: string): Hash {
  const crypto = builtin<Crypto>("node:crypto");
  if (crypto === undefined) throw new FileError(message(op, "there is no file system here", "Checkpoints need Node, Deno or Bun."));
  return crypto.createHash("sha256");
}
