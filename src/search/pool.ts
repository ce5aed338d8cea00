import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { builtin } from "../kernels/platform.js";
import { availableCores } from "../kernels/threads/cores.js";
import type { Job, Outcome } from "./runner.js";

interface Thread {
  postMessage(value: unknown): void;
  on(event: string, listener: (value: never) => void): void;
  terminate(): Promise<number>;
}

/** What threads of Node are made with, as far as searches need it. */
export interface ThreadModule {
  Worker: new (program: string, options: object) => Thread;
  parentPort: { on(event: string, listener: (job: Job) => void): void; postMessage(value: unknown): void } | null;
}

/** Who waits for a thread. */
interface Waiting {
  resolve(outcome: Outcome): void;
  reject(error: Error): void;
}

/** The program of a thread: this library's door and the objective's module are found by their URLs. */
const PROGRAM = `
  const { workerData: { door, module } } = require("node:worker_threads");
  import(door).then(({ serveTrials }) => serveTrials(module));
`;

/** Threads of Node that try configurations with an objective that is a module's default export. */
export class Pool {
  readonly size: number;
  readonly #idle: Thread[] = [];
  readonly #all: Thread[] = [];
  readonly #waiting = new Map<Thread, Waiting>();

  /** @throws ArgumentError where there are no threads of Node */
  constructor(
    private readonly op: string,
    private readonly module: string,
    workers: number | undefined,
  ) {
    if (threads() === undefined) {
      throw new ArgumentError(message(op, "an objective that is a module needs the threads of Node", "Pass it as a function."));
    }
    this.size = workers ?? availableCores();
  }

  /** Tries a configuration in a thread that has nothing to do. */
  run(job: Job): Promise<Outcome> {
    const thread = this.#idle.pop() ?? this.#start();
    return new Promise((resolve, reject) => {
      this.#waiting.set(thread, { resolve, reject });
      thread.postMessage(job);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((thread) => thread.terminate()));
  }

  #start(): Thread {
    const { Worker } = threads() as ThreadModule;
    const door = new URL("./search.js", import.meta.url).href;
    // One thread a trial: the trials fill the cores.
    const env = { ...(globalThis as { process?: { env?: object } }).process?.env, SIMDGRAD_THREADS: "1" };
    const thread = new Worker(PROGRAM, { eval: true, workerData: { door, module: this.module }, env });
    this.#all.push(thread);
    const fail = (error: Error): void => this.#waiting.get(thread)?.reject(error);
    thread.on("message", (outcome: Outcome | { unusable: string }) => {
      if ("unusable" in outcome) return fail(new ArgumentError(message(this.op, outcome.unusable)));
      const waiting = this.#waiting.get(thread);
      this.#waiting.delete(thread);
      this.#idle.push(thread);
      waiting?.resolve(outcome);
    });
    thread.on("error", fail);
    thread.on("exit", () => fail(new ArgumentError(message(this.op, "the thread of a trial ended before the trial did"))));
    return thread;
  }
}

/** Node's threads; undefined elsewhere. */
export function threads(): ThreadModule | undefined {
  return builtin<ThreadModule>("node:worker_threads");
}
