import { ArgumentError } from "../../errors/errors.js";
import { kindText, message, shortened } from "../../errors/message.js";
import { FileError } from "../../io/error.js";
import { checkBytes } from "../../io/file.js";
import { gunzipped, isGzip } from "../../io/gzip.js";
import { fileSystem, type Path, pathText } from "../../io/node.js";
import { reasonOf } from "../../io/reason.js";

/** A Blob, such as a File that somebody chose in a browser; described by what is used of it. */
export interface BlobLike {
  readonly size: number;
  readonly name?: string;
  stream(): unknown;
}

/** A ReadableStream of bytes, such as the body of a response; described by what is used of it. */
export interface ByteStream {
  getReader(): unknown;
}

/** Where the bytes of a file come from: its path, or in browsers a Blob, a stream or the bytes themselves. */
export type FileData = Path | BlobLike | ByteStream | Uint8Array | ArrayBuffer;

/** What tells whether a file has changed. */
export interface Stamp {
  readonly size: number;
  readonly modified: number;
}

/** A file as pieces of bytes, from its beginning each time. A gzip file is unpacked on the way. */
export interface ByteSource {
  /** What errors call it. */
  readonly name: string;
  /** Why it can be read once only; null where it can be read again. */
  readonly oneShot: string | null;
  /** The pieces in order. One that was given must be used before the next is asked for: its memory is taken again. */
  pieces(): AsyncGenerator<Uint8Array, void, undefined>;
  /** What tells whether the file has changed; null for what is no file. @throws FileError */
  stamp(): Stamp | null;
}

/** The bytes that are read at once. */
const PIECE = 1 << 20;

type Reader = { read(): Promise<{ done: boolean; value?: Uint8Array }>; cancel(): Promise<unknown> };

/** A file as a source of bytes. @throws ArgumentError for anything else */
export function byteSource(op: string, data: FileData): ByteSource {
  if (typeof data === "string" || Object.prototype.toString.call(data) === "[object URL]") return fileSource(op, data as Path);
  const { name } = (data ?? {}) as Partial<BlobLike>;
  const what = typeof name === "string" && name !== "" ? shortened(name) : "the data";
  if (typeof (data as BlobLike | null)?.stream === "function")
    return source(op, what, null, () => streamed((data as BlobLike).stream() as ByteStream));
  if (typeof (data as ByteStream | null)?.getReader === "function")
    return source(op, what, "it is a stream, whose bytes come once", () => streamed(data as ByteStream));
  if (ArrayBuffer.isView(data) || ["[object ArrayBuffer]", "[object SharedArrayBuffer]"].includes(Object.prototype.toString.call(data))) {
    const bytes = checkBytes(op, data as Uint8Array);
    return source(op, what, null, async function* () {
      for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
    });
  }
  throw new ArgumentError(
    message(op, `the file is ${kindText(data)}; expected a path, a URL of a file, a Blob, a ReadableStream or bytes`),
  );
}

function fileSource(op: string, path: Path): ByteSource {
  const text = pathText(op, path);
  const stamp = (): Stamp => {
    const found = fileSystem(op, "read").statSync(text, { throwIfNoEntry: false });
    if (found === undefined) throw new FileError(message(op, `cannot read ${text}: ${reasonOf({ code: "ENOENT" })}`));
    return { size: found.size, modified: found.mtimeMs };
  };
  return { ...source(op, text, null, () => readPieces(op, text)), stamp };
}

function source(op: string, name: string, oneShot: string | null, raw: () => AsyncGenerator<Uint8Array, void, undefined>): ByteSource {
  return { name, oneShot, pieces: () => unpacked(op, name, raw()), stamp: () => null };
}

/**
 * The same source, of which the beginning can be read first. What comes once is not read again from there: what was read is kept until then.
 */
export function replayed(source: ByteSource): ByteSource {
  if (source.oneShot === null) return source;
  const kept: Uint8Array[] = [];
  let pieces: AsyncGenerator<Uint8Array, void, undefined> | null = null;
  async function* begin(from: AsyncGenerator<Uint8Array, void, undefined>): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const { done, value } = await from.next();
      if (done) return;
      kept.push(value.slice());
      yield value;
    }
  }
  async function* whole(from: AsyncGenerator<Uint8Array, void, undefined>): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* kept.splice(0);
      yield* from;
    } finally {
      await from.return();
    }
  }
  return {
    ...source,
    pieces() {
      if (pieces !== null) return whole(pieces);
      pieces = source.pieces();
      return begin(pieces);
    },
  };
}

/** The pieces of a file on disk. The next one is read while the one before is used. */
async function* readPieces(op: string, path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const failed = (error: unknown) => new FileError(message(op, `cannot read ${path}: ${reasonOf(error)}`));
  const refuse = (error: unknown) => {
    throw failed(error);
  };
  const handle = await fileSystem(op, "read").promises.open(path, "r").catch(refuse);
  const spaces = [new Uint8Array(PIECE), new Uint8Array(PIECE)];
  const read = (turn: number) => {
    const reading = handle.read(spaces[turn & 1], 0, PIECE, null);
    // Nobody waits for it if the reader stops early.
    reading.catch(() => {});
    return reading;
  };
  let next = read(0);
  try {
    for (let turn = 0; ; turn++) {
      const { bytesRead } = await next.catch(refuse);
      if (bytesRead === 0) return;
      next = read(turn + 1);
      yield spaces[turn & 1].subarray(0, bytesRead);
    }
  } finally {
    await next.catch(() => {});
    await handle.close().catch(() => {});
  }
}

async function* streamed(stream: ByteStream): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader() as Reader;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value as Uint8Array;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** The pieces themselves, or what was packed in them by gzip. */
async function* unpacked(
  op: string,
  name: string,
  pieces: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const first = await firstPiece(op, name, pieces);
    const whole = startingWith(first, pieces);
    yield* isGzip(first) ? gunzipped(op, `of ${name}`, whole) : whole;
  } finally {
    await pieces.return();
  }
}

async function* startingWith(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  yield first;
  yield* rest;
}

/** The first bytes, at least two, unless there are fewer. @throws FileError for what a stream gives that are no bytes */
async function firstPiece(op: string, name: string, pieces: AsyncGenerator<Uint8Array, void, undefined>): Promise<Uint8Array> {
  let begin = new Uint8Array(0);
  while (begin.length < 2) {
    const { done, value } = await pieces.next();
    if (done) break;
    if (!ArrayBuffer.isView(value)) throw new FileError(message(op, `${name} gives ${kindText(value)}; expected bytes`));
    if (begin.length === 0 && value.length > 1) return value;
    const both = new Uint8Array(begin.length + value.length);
    both.set(begin);
    both.set(value, begin.length);
    begin = both;
  }
  return begin;
}
