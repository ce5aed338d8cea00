/** A library's process. It stands still except while it is asked something, so that nothing of it (spinning threads) disturbs others. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { here, root } from "./registry.mjs";

/** Stopping a process is beyond Windows: there it merely waits for input. */
const mayStop = process.platform !== "win32";
/** Variables by which a shell could tune a library. */
export const TUNING = /^(OPENBLAS|OMP|GOMP|KMP|MKL|BLIS|SIMDGRAD_(KERNELS|THREADS|CHECK))/;
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));

/**
 * What a child is told to do: see child.mjs. `threads` undefined leaves the library its default.
 * @typedef {{ workload: import("./layers.mjs").Workload, data: import("./data.mjs").Data, threads?: number, entry: string, once?: boolean }} Job
 */
export class Peer {
  #child;
  #lines;
  #errors = "";

  /** @param {import("./registry.mjs").Row} row @param {Job} job */
  constructor(row, job) {
    this.row = row;
    const [program, ...args] = row.command ?? [process.execPath, `${here}/child.mjs`];
    const counted = job.threads === undefined ? {} : { SIMDGRAD_THREADS: `${job.threads}`, OMP_NUM_THREADS: `${job.threads}` };
    // Each library as it finds itself best: a shell's OPENBLAS_CORETYPE would halve the speed of another machine's products.
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !TUNING.test(name)));
    this.#child = spawn(program, [...args, JSON.stringify({ ...job, file: row.file, mode: row.mode })], {
      cwd: root,
      env: { ...clean, ...counted, ...row.env },
    });
    running.add(this.#child);
    this.#child.stdin.on("error", () => {}); // It has died: the answer's end says so.
    this.#child.stderr.on("data", (text) => {
      this.#errors = `${this.#errors}${text}`.slice(-2000);
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The child's next answer, after which it stands still. @throws Error with what it last complained of, if it died */
  async answer() {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done)
        throw new Error(
          this.#errors
            .trim()
            .split("\n")
            .findLast((line) => /error/i.test(line)) ?? "ended without an answer",
        );
      // Libraries greet on the same stream.
      if (!value.startsWith('{"')) continue;
      if (mayStop) this.#child.kill("SIGSTOP");
      return JSON.parse(value);
    }
  }

  /** @param {{ seconds: number } | { end: true }} message */
  ask(message) {
    if (mayStop) this.#child.kill("SIGCONT");
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
    return this.answer();
  }

  /** Most bytes that the process had in memory, where the system tells. */
  peak() {
    try {
      const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.#child.pid}/status`, "utf8"));
      return 1024 * kilobytes;
    } catch {
      return undefined;
    }
  }

  end() {
    this.#child.kill("SIGKILL");
    running.delete(this.#child);
  }
}
