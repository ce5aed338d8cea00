/** Runs of one workload in processes of their own. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const CHILD = new URL("child.mjs", import.meta.url).pathname;
/** Milliseconds after which a run hangs. */
const LONGEST = 120_000;

/** A folder in which a workload is trained, again and again. */
export class Course {
  /** @param disk where the checkpoint stands, if not in the folder */
  constructor(folder, workload, disk = join(folder, "disk")) {
    this.folder = folder;
    this.workload = workload;
    this.disk = disk;
    this.clear();
  }

  get result() {
    return join(this.folder, "result.json");
  }

  /** Begins anew. */
  clear() {
    for (const path of [this.folder, this.disk]) mkdirSync(path, { recursive: true });
    for (const name of ["log.csv", "result.json"]) rmSync(join(this.folder, name), { force: true });
    for (const name of readdirSync(this.disk)) rmSync(join(this.disk, name));
  }

  /**
   * Trains until the end, or until it is killed.
   * @param options threads, capture, every; `death`, a call at which the process kills itself; `delay`, the milliseconds of training after which
   *   it is killed
   * @returns whether it was killed, the batches at which it began, null for never, what it wrote to stderr, and what came out
   */
  async run({ delay = null, ...options }) {
    const given = { ...options, workload: this.workload, folder: this.disk, log: join(this.folder, "log.csv"), result: this.result };
    const child = spawn(process.execPath, [CHILD, JSON.stringify(given)], { stdio: ["ignore", "pipe", "pipe"] });
    const run = { killed: false, began: null, notes: "", outcome: null };
    const hangs = setTimeout(() => child.kill("SIGKILL"), LONGEST);
    let timer = null;
    child.stderr.on("data", (text) => {
      run.notes += text;
    });
    child.stdout.on("data", (text) => {
      run.began ??= Number(/begins (\d+)/.exec(text)?.[1]);
      if (delay !== null) timer ??= setTimeout(() => child.kill("SIGKILL"), delay);
    });
    const start = performance.now();
    const [code, signal] = await new Promise((done) => child.once("close", (...how) => done(how)));
    clearTimeout(hangs);
    clearTimeout(timer);
    if (performance.now() - start > LONGEST) throw new Error(`the run hangs: ${JSON.stringify(given)}`);
    run.killed = signal === "SIGKILL";
    if (!run.killed && code !== 0) throw new Error(`the run ended with ${code ?? signal}: ${JSON.stringify(given)}\n${run.notes}`);
    if (existsSync(this.result)) run.outcome = JSON.parse(readFileSync(this.result, "utf8"));
    return run;
  }
}
