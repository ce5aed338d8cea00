import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { FileError } from "../../io/error.js";
import { checkBytes } from "../../io/file.js";
import { fileSystem, type Path, pathText } from "../../io/node.js";
import { reasonOf } from "../../io/reason.js";
import type { BlobLike } from "../files/source.js";
import type { Bytes } from "./peer.js";

/** A Blob, of which parts can be read. */
export interface SlicedBlob extends BlobLike {
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** A Parquet file: its path, or in browsers a Blob or the bytes. It is read from its end, so that a stream will not do. */
export type ParquetData = Path | SlicedBlob | Uint8Array | ArrayBuffer;

/** A file that can be opened. */
export interface Openable {
  /** What errors call it. */
  readonly name: string;
  open(): Promise<{ bytes: Bytes; close(): Promise<void> }>;
}

/** @throws ArgumentError for anything but a file of which parts can be read */
export function openable(op: string, data: ParquetData): Openable {
  if (typeof data === "string" || Object.prototype.toString.call(data) === "[object URL]") return fileOf(op, pathText(op, data as Path));
  const blob = data as Partial<SlicedBlob> | null;
  if (typeof blob?.stream === "function" && typeof blob.slice === "function") {
    const bytes = {
      byteLength: blob.size as number,
      slice: (start: number, end = blob.size as number) => (data as SlicedBlob).slice(start, end).arrayBuffer(),
    };
    return { name: blob.name ?? "the data", open: async () => ({ bytes, close: async () => {} }) };
  }
  if (ArrayBuffer.isView(data) || Object.prototype.toString.call(data) === "[object ArrayBuffer]") {
    const whole = checkBytes(op, data as Uint8Array);
    const bytes = { byteLength: whole.length, slice: async (start: number, end?: number) => whole.slice(start, end).buffer as ArrayBuffer };
    return { name: "the data", open: async () => ({ bytes, close: async () => {} }) };
  }
  const mend =
    typeof (data as { getReader?: unknown } | null)?.getReader === "function"
      ? "Parquet is read from its end: give the bytes of the stream."
      : undefined;
  throw new ArgumentError(message(op, `the file is ${kindText(data)}; expected a path, a URL of a file, a Blob or bytes`, mend));
}

function fileOf(op: string, path: string): Openable {
  const failed = (error: unknown): never => {
    throw new FileError(message(op, `cannot read ${path}: ${reasonOf(error)}`));
  };
  return {
    name: path,
    async open() {
      const handle = await fileSystem(op, "read").promises.open(path, "r").catch(failed);
      const { size } = await handle.stat();
      const slice = async (start: number, end = size): Promise<ArrayBuffer> => {
        const into = new Uint8Array(Math.max(0, Math.min(end, size) - start));
        for (let done = 0; done < into.length; ) {
          const { bytesRead } = await handle.read(into, done, into.length - done, start + done).catch(failed);
          if (bytesRead === 0)
            throw new FileError(message(op, `${path} ends at byte ${start + done}; it became shorter while it was read`));
          done += bytesRead;
        }
        return into.buffer;
      };
      return { bytes: { byteLength: size, slice }, close: () => handle.close().catch(() => {}) };
    },
  };
}
