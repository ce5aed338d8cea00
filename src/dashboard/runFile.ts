import { note } from "../errors/note.js";
import { makeFolder } from "../io/makeFolder.js";
import { paths } from "../io/node.js";
import { writeFile } from "../io/write.js";
import type { Run } from "../report/run.js";

/** Milliseconds between two writings. */
const EVERY = 5000;

/** The file of a run in a folder: RUN.json, written whole or not at all, so that others can read it at any time. */
export class RunFile {
  readonly #path: string;
  #written = -Infinity;

  constructor(
    private readonly folder: string,
    id: string,
  ) {
    this.#path = paths("Dashboard").join(folder, `${id}.json`);
  }

  /** Writes the run, unless it was written just now. A disk that is full or a folder that is protected is told, and ends no training. */
  async write(run: Run): Promise<void> {
    if (performance.now() - this.#written < EVERY) return;
    await this.end(run);
  }

  /** Writes the run for the last time. */
  async end(run: Run): Promise<void> {
    try {
      makeFolder("Dashboard", this.folder);
      await writeFile(this.#path, new TextEncoder().encode(JSON.stringify(run)), "Dashboard");
    } catch (error) {
      note(`${(error as Error).message}`);
    }
    this.#written = performance.now();
  }
}
