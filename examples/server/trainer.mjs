/** The worker of the server: trains, writes checkpoints, posts weights. With nothing to resume it begins at the beginning. */
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { Callback, Dense, Dropout, manualSeed, Sequential, setThreads } from "simdgrad";
import { loadDigits } from "simdgrad/digits";

/** Milliseconds between two posts of weights, so that the server is not busy with reading them. */
const PUBLISH_EVERY = 250;

const { folder, epochs, every, threads } = workerData;
await setThreads(threads);
manualSeed(1);
const { train, test } = await loadDigits();
const model = new Sequential([new Dense(128, { activation: "relu", inputShape: [64] }), new Dropout(0.2), new Dense(10)]);
model.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });

function tell(status) {
  parentPort.postMessage({ status });
}

class Publish extends Callback {
  epoch = 0;
  #last = Number.NEGATIVE_INFINITY;

  onTrainBegin({ resumed, initialEpoch }) {
    this.epoch = initialEpoch;
    tell({ state: "training", epoch: initialEpoch, resumedAt: resumed ? initialEpoch : null });
    if (resumed) this.publish();
  }

  onEpochEnd(epoch, logs) {
    this.epoch = epoch + 1;
    tell({ epoch: this.epoch, figures: { ...logs } });
    if (performance.now() - this.#last >= PUBLISH_EVERY) this.publish();
  }

  publish() {
    const bytes = model.serialize();
    parentPort.postMessage({ weights: { epoch: this.epoch, bytes } }, [bytes.buffer]);
    this.#last = performance.now();
  }
}

const stop = new AbortController();
parentPort.once("message", () => stop.abort());
const published = new Publish();
let state = "done";
try {
  await model.fit(train, {
    epochs,
    validationData: test,
    callbacks: [published],
    checkpoint: { path: join(folder, "checkpoint.safetensors"), every },
    resume: true,
    signal: stop.signal,
    verbose: 0,
  });
  await model.save(join(folder, "model.safetensors"));
} catch (error) {
  if (!stop.signal.aborted) throw error;
  state = "stopped";
}
published.publish();
const figures = Object.entries(model.history.history).map(([name, values]) => [name, values.at(-1)]);
tell({ state, figures: Object.fromEntries(figures) });
parentPort.close();
