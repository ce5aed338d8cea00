import type { Run } from "../report/run.js";
import type { Controls, Status } from "./controls.js";
import type { Client } from "./events.js";
import type { Board } from "./routes.js";

/** Trainings that are over stay as long as there are no more than this. */
const KEPT = 50;

/** What a page is shown of a run. */
export interface RunState {
  readonly run: Run;
  /** How it stands where it is steered from the page; null: it is another process's, or read from a file. */
  readonly control: Status | null;
}

/** What a page is shown. */
export interface BoardState {
  /** By their ids, in the order in which they began. */
  readonly runs: Readonly<Record<string, RunState>>;
  /** What could not be read, in words. */
  readonly problems: readonly string[];
}

/** A training of this process. */
interface Entry {
  /** The run as it stands. */
  run(): Run;
  readonly controls: Controls;
}

/** Runs of other processes. */
export interface OtherRuns {
  readonly runs: readonly Run[];
  readonly problems: readonly string[];
  /** Looks again, unless it did just now. What it finds is there later. */
  refresh(): void;
}

/** The runs that a server shows: those of this process, and those that others wrote to folders. */
export class RunBoard implements Board {
  readonly #entries = new Map<string, Entry>();
  readonly #others = new Map<string, OtherRuns>();
  readonly #clients = new Set<Client>();

  /** Adds a training that begins. @param run the run as it stands */
  add(id: string, run: () => Run, controls: Controls): void {
    this.#entries.set(id, { run, controls });
    const over = [...this.#entries].filter(([, entry]) => entry.controls.isOver);
    for (const [old] of over.slice(0, Math.max(0, over.length - KEPT))) this.#entries.delete(old);
    this.changed();
  }

  /** Adds the runs of a folder, unless they are there. */
  addOthers(folder: string, make: () => OtherRuns): void {
    if (!this.#others.has(folder)) this.#others.set(folder, make());
  }

  controlsOf(run: string): Controls | undefined {
    return this.#entries.get(run)?.controls;
  }

  state(): BoardState {
    const runs: Record<string, RunState> = {};
    for (const others of this.#others.values()) {
      others.refresh();
      for (const run of others.runs) runs[run.id] = { run, control: null };
    }
    // A training of this process is in its folder, too: what is here is newer.
    for (const [id, { run, controls }] of this.#entries) {
      delete runs[id];
      runs[id] = { run: run(), control: controls.status };
    }
    return { runs, problems: [...this.#others.values()].flatMap((others) => others.problems) };
  }

  join(client: Client): () => void {
    this.#clients.add(client);
    return () => this.#clients.delete(client);
  }

  /** Tells the pages of a change that should not wait long. */
  changed(): void {
    for (const client of this.#clients) client.hear();
  }

  /** Sends all pages what there is. @param patience milliseconds for which a slow one is waited for at most */
  async deliver(patience: number): Promise<void> {
    if (this.#clients.size === 0) return;
    let timer: unknown;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([late, Promise.all([...this.#clients].map((client) => client.flush()))]);
    // One that goes on would keep the process alive.
    clearTimeout(timer as number);
  }

  /** Lets trainings that are paused go on: nobody could do so any more. */
  letGo(): void {
    for (const { controls } of this.#entries.values()) if (!controls.isOver) controls.ask({ action: "resume" });
  }
}
