import { readFile } from "../io/file.js";
import { fileSystem, paths } from "../io/node.js";
import type { Run } from "../report/run.js";
import type { OtherRuns } from "./board.js";
import { isRun } from "./isRun.js";

/** Milliseconds between two looks at the folder. */
const EVERY = 2000;
/** The newest files that are read, and the largest. */
const FILES = 50;
const BYTES = 32 << 20;

/** A file as it was read last: its time and size tell whether it changed. */
interface Read {
  readonly time: number;
  readonly size: number;
  /** Null: it holds no run. */
  readonly run: Run | null;
}

/** The runs of a folder. It is looked at while pages are open, which ask for them. */
export class RunFolder implements OtherRuns {
  #files = new Map<string, Read>();
  #looked = -Infinity;
  #problems: readonly string[] = [];

  /** @param changed is called when others are there */
  constructor(
    private readonly folder: string,
    private readonly changed: () => void,
  ) {}

  get runs(): readonly Run[] {
    return [...this.#files.values()].flatMap(({ run }) => run ?? []);
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  refresh(): void {
    if (performance.now() - this.#looked < EVERY) return;
    this.#looked = performance.now();
    this.#look().catch((error) => {
      this.#problems = [`${this.folder} cannot be read: ${(error as Error).message}`];
    });
  }

  async #look(): Promise<void> {
    const fs = fileSystem("Dashboard", "read");
    const { join } = paths("Dashboard");
    const entries = await fs.promises.readdir(this.folder, { withFileTypes: true }).catch(() => []);
    const found = entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
      .flatMap(({ name }) => {
        const status = fs.statSync(join(this.folder, name), { throwIfNoEntry: false });
        return status === undefined ? [] : [{ name, time: status.mtimeMs, size: status.size }];
      })
      .sort((a, b) => b.time - a.time)
      .slice(0, FILES)
      .reverse();
    const files = new Map<string, Read>();
    const problems: string[] = [];
    let isNew = found.length !== this.#files.size;
    for (const { name, time, size } of found) {
      const before = this.#files.get(name);
      const file =
        before?.time === time && before.size === size
          ? before
          : { time, size, run: size > BYTES ? null : await read(join(this.folder, name)) };
      if (file !== before) isNew = true;
      if (file.run === null) problems.push(`${name} holds no run, or one too large: it is left out.`);
      files.set(name, file);
    }
    this.#files = files;
    this.#problems = problems;
    if (isNew) this.changed();
  }
}

/** The run of a file; null where it holds none. */
async function read(path: string): Promise<Run | null> {
  try {
    const run: unknown = JSON.parse(new TextDecoder().decode(await readFile(path, "Dashboard")));
    // What the layers were like at every record is shown of trainings of this process only: the curves are compared.
    return isRun(run) ? { ...run, records: [], evaluation: [] } : null;
  } catch {
    return null;
  }
}
