/**
 * The worker of server.mjs: trains on request, and posts the model as bytes whenever it has become better.
 */
import { parentPort } from "node:worker_threads";
import { Callback, Dense, Dropout, manualSeed, Sequential, setThreads } from "simdgrad";
import { loadDigits } from "simdgrad/digits";

// The other cores are the server's.
await setThreads(1);
const { train, test } = await loadDigits();

class Publish extends Callback {
  best = 0;
  onTrainBegin({ model }) {
    this.model = model;
  }
  onEpochEnd(epoch, { valAccuracy }) {
    if (valAccuracy <= this.best) return;
    this.best = valAccuracy;
    const bytes = this.model.serialize();
    parentPort.postMessage({ kind: "model", epoch: epoch + 1, accuracy: valAccuracy, bytes }, [bytes.buffer]);
  }
}

async function trainAnew({ seed, epochs }) {
  manualSeed(seed);
  const model = new Sequential([new Dense(128, { activation: "relu" }), new Dropout(0.2), new Dense(10)]);
  model.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
  await model.fit(train, { epochs, validationData: test, callbacks: [new Publish()], verbose: 0 });
  parentPort.postMessage({ kind: "done", seed });
}

// One training after the other.
let last = Promise.resolve();
parentPort.on("message", (request) => {
  last = last.then(() => trainAnew(request)).catch((error) => parentPort.postMessage({ kind: "failed", reason: error.message }));
});
