import { message } from "../errors/message.js";
import { note } from "../errors/note.js";
import { type CheckpointContent, checkpointPieces, readCheckpoint } from "../io/checkpointFile.js";
import { FileError } from "../io/error.js";
import { generations, requireFolder, setAside, siblingPath, writeGeneration } from "../io/generations.js";
import { type Path, pathText } from "../io/node.js";
import { writeFile } from "../io/write.js";

/** The files of one checkpoint: the newest, those before it, and the best. */
export class CheckpointFiles {
  /** The writing that is under way. It does not fail: what goes wrong is a note. */
  #pending: Promise<void> = Promise.resolve();
  /** How many are being written, or wait for their turn. */
  #writing = 0;
  /** What stands at the path is of another training, and stays there until this one writes. */
  #foreign = false;
  /** Files that were found damaged, and are still there. */
  #damaged: readonly string[] = [];

  /** @param keep how many files stay, ≥ 1 */
  constructor(
    private readonly op: string,
    readonly path: Path,
    private readonly keep: number,
  ) {}

  /** A training begins. @param resumed whether it goes on from one of the files @throws FileError where no file can be written */
  beginTraining(resumed: boolean): void {
    requireFolder(this.op, this.path);
    this.#foreign = !resumed;
  }

  /** Writes the newest file. @throws FileError */
  async write(op: string, content: CheckpointContent): Promise<void> {
    const pieces = checkpointPieces(op, content);
    const written = this.#enqueue(op, pieces);
    this.#pending = written.catch(() => {});
    await written;
  }

  /**
   * Begins to write the newest file, when the one before it is written. The bytes are taken when the promise resolves; training may then go
   * on. A disk that is full does not end it: a note tells, and the last file stays.
   */
  async begin(content: () => CheckpointContent): Promise<void> {
    await this.#pending;
    if (this.#foreign) await told(() => this.#setAside());
    this.#foreign = false;
    const pieces = checkpointPieces(this.op, content());
    this.#pending = told(() => this.#enqueue(this.op, pieces));
  }

  /**
   * Writes the newest file behind those that are being written. The bytes are of the moment of the call: they are handed to the system before
   * `#writeNewest` first waits, or are copied where they wait for their turn.
   */
  async #enqueue(op: string, pieces: Iterable<Uint8Array>): Promise<void> {
    const waits = this.#writing > 0;
    const taken = waits ? Array.from(pieces, (piece) => piece.slice()) : pieces;
    this.#writing++;
    try {
      if (waits) await this.#pending;
      await this.#writeNewest(op, taken);
    } finally {
      this.#writing--;
    }
  }

  /** Writes the file of the best epoch. */
  async writeBest(content: CheckpointContent): Promise<void> {
    const best = siblingPath(this.op, this.path, "best");
    await told(() => writeFile(best, checkpointPieces(this.op, content), this.op));
  }

  /** Waits for what is being written. */
  async settle(): Promise<void> {
    await this.#pending;
  }

  /** The content of the newest file that is whole; null if there is no file. @throws FileError if there are files, and none is whole */
  async read(op: string): Promise<CheckpointContent | null> {
    await this.#pending;
    const errors: FileError[] = [];
    const damaged: string[] = [];
    for (const file of generations(op, this.path)) {
      try {
        const content = await readCheckpoint(op, file);
        this.#damaged = damaged;
        for (const { message: told } of errors) note(`${told} The checkpoint before it, ${file}, is used.`);
        return content;
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        errors.push(error);
        damaged.push(file);
      }
    }
    if (errors.length === 0) return null;
    const problem = `no checkpoint at ${pathText(op, this.path)} can be read: ${errors.map(({ message: told }) => told.replace(/\.$/, "")).join("; ")}`;
    throw new FileError(message(op, problem, "Give another path to begin anew."));
  }

  async #writeNewest(op: string, pieces: Iterable<Uint8Array>): Promise<void> {
    await writeGeneration(op, this.path, pieces, this.keep, this.#damaged);
    this.#damaged = [];
  }

  async #setAside(): Promise<void> {
    const previous = await setAside(this.op, this.path);
    if (previous !== null)
      note(
        `${this.op}: ${pathText(this.op, this.path)} was of another training, and is ${previous} now. Pass resume: true, or --resume to the command, to go on from a checkpoint.`,
      );
  }
}

/** Writes; what the system refuses is a note. */
async function told(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    note(`${error.message} Training goes on; the last checkpoint stays.`);
  }
}
