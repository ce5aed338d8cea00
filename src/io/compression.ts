import { message } from "../errors/message.js";
import { FileError } from "./error.js";

/** Whether bytes begin like a gzip file. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The content of a gzip file. @throws FileError for a damaged or truncated file */
export async function gunzip(op: string, bytes: Uint8Array): Promise<Uint8Array> {
  try {
    const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new FileError(message(op, `the gzip data (${bytes.length} bytes) are damaged or truncated`, "Get the file again."));
  }
}

/** The SHA-256 of bytes in hexadecimal digits. @throws FileError on a platform without SHA-256 */
export async function sha256(op: string, bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new FileError(message(op, "checksums cannot be computed: browsers have crypto.subtle on https pages and localhost only"));
  }
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes as BufferSource));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
