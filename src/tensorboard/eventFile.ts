import { PbfWriter } from "pbf";
import { SimdgradError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { FileError } from "../io/error.js";
import { makeFolder } from "../io/makeFolder.js";
import { type FileSystem, fileSystem, nodeProcess, paths } from "../io/node.js";
import { reasonOf } from "../io/reason.js";
import { writeAll } from "../io/write.js";
import { builtin } from "../kernels/platform.js";
import { maskedCrc32c } from "./crc32c.js";
import { writeEvent } from "./messages.js";

/** Something at a step of a run: see scripts/protos/tensorboard.proto. */
export interface Event {
  readonly step?: number;
  readonly file_version?: string;
  readonly graph_def?: Uint8Array;
  readonly summary?: { readonly value: readonly SummaryValue[] };
}

/** A value with a name: one of the ways that TensorBoard shows. */
export interface SummaryValue {
  readonly tag: string;
  readonly [field: string]: unknown;
}

/** Bytes that wait at most before they are written. */
const WAITING = 1 << 16;

/** Files of this process: their names must differ. */
let files = 0;

/**
 * A file of events as TensorBoard reads it: records of a length, the length's CRC, a message, the message's CRC. Events wait for others until
 * there are 64 KiB of them, or `flush` is called.
 */
export class EventFile {
  readonly #fs: FileSystem;
  readonly #path: string;
  readonly #op: string;
  #file: number | null;
  #waiting: Uint8Array[] = [];
  #bytes = 0;

  /** @param folder where the file is made, with the folders above @throws FileError if it cannot be */
  constructor(op: string, folder: string) {
    this.#op = op;
    this.#fs = fileSystem(op, "write");
    const host = builtin<{ hostname(): string }>("node:os")?.hostname() ?? "localhost";
    const name = `events.out.tfevents.${Math.floor(Date.now() / 1000)}.${host}.${nodeProcess()?.pid ?? 0}.${files++}`;
    this.#path = paths(op).join(folder, name);
    this.#file = this.#guarded(() => {
      makeFolder(op, folder);
      return this.#fs.openSync(this.#path, "wx");
    });
    this.add({ file_version: "brain.Event:2" });
    this.flush();
  }

  get path(): string {
    return this.#path;
  }

  /** @throws FileError if the file cannot be written */
  add(event: Event): void {
    const pbf = new PbfWriter();
    writeEvent({ wall_time: Date.now() / 1000, ...event }, pbf);
    this.#waiting.push(record(pbf.finish()));
    this.#bytes += (this.#waiting.at(-1) as Uint8Array).length;
    if (this.#bytes >= WAITING) this.flush();
  }

  /** Writes what waits. @throws FileError if the file cannot be written */
  flush(): void {
    const [file, waiting] = [this.#file, this.#waiting];
    if (file === null || waiting.length === 0) return;
    this.#waiting = [];
    this.#bytes = 0;
    this.#guarded(() => writeAll(this.#fs, file, waiting));
  }

  close(): void {
    const file = this.#file;
    if (file === null) return;
    try {
      this.flush();
    } finally {
      this.#file = null;
      this.#fs.closeSync(file);
    }
  }

  #guarded<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      if (error instanceof SimdgradError) throw error;
      throw new FileError(message(this.#op, `cannot write ${this.#path}: ${reasonOf(error)}`));
    }
  }
}

/** A message between its length and its checksums. */
function record(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length, true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(content, 12);
  view.setUint32(12 + content.length, maskedCrc32c(content), true);
  return bytes;
}
