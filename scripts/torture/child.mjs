/**
 * `node child.mjs '{ "workload", "folder", "log", "result", "threads", "capture", "every", "keep", "death", "full" }'`: trains a workload to its
 * end, from its newest checkpoint on. Prints `begins N`, N being the number of batches done before. At the end it writes what came out, as
 * JSON. On its way it may kill itself at a call of the file system (`death`), or be told that the disk is full (`full`).
 */
import { createHash } from "node:crypto";
import fs from "node:fs";
import { join } from "node:path";
import * as data from "../../build/data.js";
import * as simdgrad from "../../build/index.js";
import { workloads } from "./workloads.mjs";

const { workload, folder, log, result, threads, capture, every, keep = 3, death = null, full = null } = JSON.parse(process.argv[2]);

watch();
simdgrad.setThreads(threads);

/** Counts the batches that are done, and tells where training goes on. */
class Teller extends simdgrad.Callback {
  batches = 0;
  onTrainBegin({ resumed }) {
    if (!resumed) say("begins 0");
  }
  onBatchEnd() {
    this.batches++;
  }
  stateDict() {
    return { batches: this.batches };
  }
  loadStateDict({ batches }) {
    this.batches = batches;
    say(`begins ${batches}`);
  }
}

const { model, data: samples, options } = workloads[workload]({ simdgrad, data }, log);
const history = await model.fit(samples, {
  ...options,
  callbacks: [...options.callbacks, new Teller()],
  checkpoint: { path: join(folder, "run.safetensors"), every, keep },
  resume: true,
  capture,
  verbose: 0,
});
const weights = createHash("sha256");
for (const [name, tensor] of model.stateDict()) weights.update(name).update(new Uint8Array(Float64Array.from(tensor.data).buffer));
const told = { history: history.history, steps: history.steps.loss.map(String), incidents: history.incidents };
const outcome = {
  weights: weights.digest("hex"),
  history: createHash("sha256").update(JSON.stringify(told)).digest("hex"),
  log: createHash("sha256").update(fs.readFileSync(log)).digest("hex"),
  batches: history.steps.loss.length,
};
fs.writeFileSync(result, JSON.stringify(outcome));

function say(text) {
  fs.writeSync(1, `${text}\n`);
}

/** Lets this process die before, within or after a call that writes the checkpoint, or lets calls fail as on a full disk. */
function watch() {
  const [openSync, writeSync, closeSync, fsync] = [fs.openSync, fs.writeSync, fs.closeSync, fs.fsync];
  const { rename, rm } = fs.promises;
  /** The files of the checkpoint that are open for writing, and its folder. */
  const ours = new Set();
  let calls = 0;
  const isOurs = (path) => typeof path === "string" && path.startsWith(folder);
  /** Runs one of the calls that are counted. @param half does a part of it; @param fails what the error says where the disk is full */
  const around = (call, half = null) => {
    const number = calls++;
    if (full !== null && number >= full.from && number < full.to && half !== null) {
      half();
      throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    }
    if (death?.call !== number) return call();
    if (death.moment === "within") half?.();
    if (death.moment !== "after") die();
    const found = call();
    if (typeof found?.then === "function") return found.then(die, die);
    return die();
  };
  fs.openSync = (path, ...args) => {
    if (!isOurs(path) || args[0] === "r+") return openSync(path, ...args);
    return around(() => {
      const file = openSync(path, ...args);
      ours.add(file);
      return file;
    });
  };
  fs.writeSync = (file, bytes, at, length) => {
    if (!ours.has(file)) return writeSync(file, bytes, at, length);
    const half = () => void writeSync(file, bytes, at, Math.floor(length / 2));
    return around(() => writeSync(file, bytes, at, length), half);
  };
  fs.fsync = (file, done) => (ours.has(file) ? around(() => fsync(file, done)) : fsync(file, done));
  fs.closeSync = (file) => {
    if (!ours.delete(file)) return closeSync(file);
    return around(() => closeSync(file));
  };
  fs.promises.rename = (from, to) => (isOurs(to) ? around(() => rename(from, to)) : rename(from, to));
  fs.promises.rm = (path, more) => (isOurs(path) ? around(() => rm(path, more)) : rm(path, more));
}

function die() {
  process.kill(process.pid, "SIGKILL");
  // The signal may take a moment.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
