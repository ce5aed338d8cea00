import { Worker } from "node:worker_threads";

const OVER = ["stopped", "done", "failed"];

/** The training in its worker, as the server sees it. */
export class Training {
  /** `state` is "starting", "training", "stopped", "done" or "failed"; `since` is when it became so. */
  status = { state: "starting", since: now(), epoch: 0, epochs: 0, resumedAt: null, figures: null, reason: null };
  #worker;
  #exit;
  /** Resolves when the training is over, and its last checkpoint is written. */
  #over;
  #settle;

  /**
   * @param options folder, epochs, every, threads: see trainer.mjs
   * @param onWeights is handed { epoch, bytes } whenever there are newer weights
   */
  constructor(options, onWeights) {
    this.status.epochs = options.epochs;
    this.#worker = new Worker(new URL("./trainer.mjs", import.meta.url), { workerData: options });
    this.#exit = new Promise((resolve) => this.#worker.once("exit", resolve));
    this.#over = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#worker.on("message", ({ weights, status }) => {
      if (weights !== undefined) onWeights(weights);
      if (status !== undefined) this.#become(status);
    });
    // The last model goes on answering.
    this.#worker.on("error", ({ message }) => this.#become({ state: "failed", reason: message }));
  }

  /** Ends the training after the step that it is at. @returns the status, when the checkpoint is written */
  async stop() {
    this.#worker.postMessage("stop");
    await this.#over;
    return this.status;
  }

  /** Stops, and waits for the worker's end. */
  async end() {
    await this.stop();
    await this.#exit;
  }

  #become(status) {
    if (status.state !== undefined) this.status.since = now();
    Object.assign(this.status, status);
    if (OVER.includes(this.status.state)) this.#settle();
  }
}

function now() {
  return new Date().toISOString();
}
