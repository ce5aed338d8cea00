import { message } from "../errors/message.js";
import { FileError } from "./error.js";

/** Whether bytes begin as gzip files do. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** What a gzip file holds. @throws FileError for a damaged or truncated one */
export async function gunzip(op: string, bytes: Uint8Array): Promise<Uint8Array> {
  try {
    const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new FileError(message(op, `the gzip data (${bytes.length} bytes) are damaged or truncated`, "Get the file again."));
  }
}

/** SHA-256 in hexadecimal digits. @throws FileError where the platform has none */
export async function sha256(op: string, bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new FileError(message(op, "checksums cannot be computed: browsers have crypto.subtle on https pages and localhost only"));
  }
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes as BufferSource));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
