import { message } from "../errors/message.js";
import { builtin } from "../kernels/platform.js";
import { FileError } from "./error.js";
import { joined } from "./file.js";

/** Whether bytes begin like a gzip file. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The content of a gzip file. A thousandth of its size may be enough to fill all memory, so unpacking stops where there is more than
 * the content itself announces.
 * @param announced the size that the first bytes of the content tell; null where they are too few
 * @returns the content, or its beginning with more bytes than it announced
 * @throws FileError for a damaged or truncated file; errors of `announced`
 */
export async function gunzip(op: string, bytes: Uint8Array, announced: (begin: Uint8Array) => number | null): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  let most: number | null = null;
  for await (const part of gunzipped(op, `(${bytes.length} bytes)`, [bytes])) {
    parts.push(part);
    size += part.length;
    most ??= announced(parts.length === 1 ? part : joined(op, parts));
    if (most !== null && size > most) break;
  }
  return joined(op, parts);
}

/**
 * The content of a gzip file, piece by piece. The file may consist of several members, one behind the other, as bgzip writes them and as
 * `cat a.gz b.gz` joins them, and zeros may follow the last. Browsers unpack one member, and refuse what follows.
 * @param what the file's name, or its size, in errors
 * @param pieces the file's bytes; the memory of a piece may be taken again when the next is asked for
 * @throws FileError for a damaged or truncated file; what the pieces throw
 */
export async function* gunzipped(
  op: string,
  what: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const packed = new Packed(pieces);
  const [zlib, stream] = [builtin<Zlib>("node:zlib"), builtin<Streams>("node:stream")];
  const isWhole = zlib !== undefined && stream !== undefined;
  try {
    if (isWhole) yield* members(zlib, stream, packed);
    else yield* oneMember(packed);
  } catch {
    if (packed.error !== null) throw packed.error;
    const mend = isWhole ? "Get the file again." : "Get the file again; browsers read no gzip file of several members.";
    throw new FileError(message(op, `the gzip data ${what} are damaged or truncated`, mend));
  }
}

/** The unpacked bytes that Node gives at once. Its own default, a quarter of these, takes more time. */
const OUT_BYTES = 1 << 16;

/** The parts of node:zlib and node:stream that are used. */
interface Zlib {
  createGunzip(options: { chunkSize: number }): Gunzip;
}

interface Gunzip extends AsyncIterable<Uint8Array> {
  /** The packed bytes of the members that were unpacked. */
  readonly bytesWritten: number;
}

interface Streams {
  pipeline(from: AsyncIterable<Uint8Array>, to: Gunzip, done: () => void): unknown;
}

/** By Node: all members. It ends at a zero where a member should begin, and so would pass over whatever follows. */
async function* members(zlib: Zlib, stream: Streams, packed: Packed): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip = zlib.createGunzip({ chunkSize: OUT_BYTES });
  // Errors arrive where the result is read.
  stream.pipeline({ [Symbol.asyncIterator]: () => ({ next: () => packed.next() }) }, gunzip, () => {});
  yield* gunzip;
  const isPadding = () => packed.bytes - gunzip.bytesWritten <= packed.zeros;
  while (isPadding() && !(await packed.next()).done);
  if (!isPadding()) throw new Error("something follows the last member");
}

/** By the platform's stream: one member. It refuses what follows. */
async function* oneMember(packed: Packed): AsyncGenerator<Uint8Array, void, undefined> {
  const source = new ReadableStream({
    async pull(controller) {
      const { done, value } = await packed.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  const reader = (source.pipeThrough(new DecompressionStream("gzip") as never) as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Pieces of packed bytes, as copies that are counted. */
class Packed {
  bytes = 0;
  /** The zeros at the end of these bytes. */
  zeros = 0;
  /** What the pieces threw. */
  error: unknown = null;
  readonly #pieces: Iterator<Uint8Array> | AsyncIterator<Uint8Array>;

  constructor(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
    this.#pieces = Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    try {
      const { done, value } = await this.#pieces.next();
      if (done) return { done, value: undefined };
      const piece = (value as Uint8Array).slice();
      let zeros = 0;
      while (zeros < piece.length && piece[piece.length - 1 - zeros] === 0) zeros++;
      this.bytes += piece.length;
      this.zeros = zeros === piece.length ? this.zeros + zeros : zeros;
      return { done: false, value: piece };
    } catch (error) {
      this.error = error;
      throw error;
    }
  }
}
