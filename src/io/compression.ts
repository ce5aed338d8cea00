import { MemoryError } from "../errors/errors.js";
import { bytesText, message } from "../errors/message.js";
import { builtin } from "../kernels/platform.js";
import { FileError } from "./error.js";
import { joined } from "./file.js";
import { reasonOf } from "./reason.js";

/** Bytes that are unpacked at once. With more, a stream lets other work be done meanwhile. */
const AT_ONCE = 64 << 20;

interface Zlib {
  inflateSync: Inflate;
  inflateRawSync: Inflate;
}

type Inflate = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

/**
 * What deflated data hold, which is `size` bytes. No more than that is unpacked. Node's own function takes a tenth of a stream's time for
 * small images.
 * @param format "deflate" for zlib's, with header and checksum; "deflate-raw" without, as in zip archives
 * @throws FileError for data that are damaged, truncated, or hold another number of bytes
 */
export async function inflate(
  op: string,
  bytes: Uint8Array,
  size: number,
  format: "deflate" | "deflate-raw" = "deflate",
): Promise<Uint8Array> {
  const zlib = builtin<Zlib>("node:zlib");
  const failed = () =>
    new FileError(
      message(op, `the deflated data (${bytes.length} bytes) are damaged, or do not hold ${size} bytes`, "Get the file again."),
    );
  if (zlib === undefined || size > AT_ONCE) {
    const whole = await streamed(op, format, bytes, size, failed);
    if (whole.length !== size) throw failed();
    return whole;
  }
  let whole: Uint8Array;
  try {
    const unpack = format === "deflate" ? zlib.inflateSync : zlib.inflateRawSync;
    // A limit of 0 is refused.
    whole = unpack(bytes, { maxOutputLength: Math.max(1, size) });
  } catch {
    throw failed();
  }
  if (whole.length !== size) throw failed();
  // A Buffer's slice would not copy.
  return new Uint8Array(whole.buffer, whole.byteOffset, whole.length);
}

/** What deflated data hold, by the platform's stream; where they hold more than `size` bytes, a beginning that is longer. */
async function streamed(
  op: string,
  format: "deflate" | "deflate-raw",
  bytes: Uint8Array,
  size: number,
  failed: () => FileError,
): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream(format));
  const reader = (stream as ReadableStream<Uint8Array>).getReader();
  const parts: Uint8Array[] = [];
  for (let found = 0; found <= size; ) {
    const { done, value } = await reader.read().catch(() => {
      throw failed();
    });
    if (done) break;
    parts.push(value);
    found += value.length;
  }
  // The stream ends with an error where data are left over. Nobody is interested in it.
  reader.cancel().catch(() => {});
  return joined(op, parts);
}

/**
 * Bytes deflated. They are copied at once.
 * @param format "deflate-raw" as in zip archives, "deflate" with zlib's header and checksum, as in PNG
 */
export async function deflate(op: string, bytes: Uint8Array, format: "deflate" | "deflate-raw" = "deflate-raw"): Promise<Uint8Array> {
  const blob = new Blob([bytes as BlobPart]);
  try {
    return new Uint8Array(await new Response(blob.stream().pipeThrough(new CompressionStream(format))).arrayBuffer());
  } catch (error) {
    throw new MemoryError(message(op, `the platform cannot pack ${bytesText(blob.size)}: ${reasonOf(error)}`));
  }
}
