/** The process of a library. It is stopped except while it answers, so that its spinning threads do not disturb other libraries. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { here, root } from "./registry.mjs";

/** Windows cannot stop a process; there it only waits for input. */
const mayStop = process.platform !== "win32";
/** Environment variables that tune a library. */
export const TUNING = /^(OPENBLAS|OMP|GOMP|KMP|MKL|BLIS|SIMDGRAD_(KERNELS|THREADS|CHECK|WIDE))/;
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(130));

/**
 * The job of a child: see child.mjs. If `threads` is undefined the library uses its default.
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
    // Every library tunes itself: an OPENBLAS_CORETYPE of the shell could halve the speed of products on another machine.
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

  /** The child's next answer, after which the child is stopped. @throws Error with the child's last error text, if it died */
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
      // Libraries also print messages on this stream.
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

  /** The peak memory of the process in bytes, if the system reports it. */
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
