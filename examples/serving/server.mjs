/**
 * A server that predicts while a worker trains. It answers with the best model so far; a new one is swapped in between two requests.
 *
 *     node examples/serving/server.mjs          # PORT=8080 by default
 *
 *     GET  /status                              → how the training stands
 *     POST /train    {"seed": 2, "epochs": 20}  → trains anew, beside the requests
 *     POST /predict  [[64 numbers], …]          → {"digits": […], "probabilities": […]}
 */
import { createServer } from "node:http";
import { Worker } from "node:worker_threads";
import { deserializeModel } from "simdgrad";

const LARGEST_BODY = 1e6;

let model = null;
const status = { state: "training", epoch: 0, accuracy: null };

const trainer = new Worker(new URL("./trainer.mjs", import.meta.url));
trainer.on("message", ({ kind, epoch, accuracy, bytes, reason }) => {
  if (kind === "model") {
    model = deserializeModel(bytes);
    Object.assign(status, { epoch, accuracy });
  } else {
    Object.assign(status, { state: kind === "done" ? "idle" : "failed", reason });
  }
});
trainer.on("error", (error) => Object.assign(status, { state: "failed", reason: error.message }));
trainer.postMessage({ seed: 1, epochs: 20 });

const routes = {
  "GET /status": async () => ({ ...status, ready: model !== null }),
  "POST /train": async ({ seed = 1, epochs = 20 }) => {
    status.state = "training";
    trainer.postMessage({ seed, epochs });
    return status;
  },
  "POST /predict": async (rows) => {
    if (model === null) throw Object.assign(new Error("there is no model yet"), { status: 503 });
    const probabilities = (await model.predict(rows)).softmax(1);
    return { digits: probabilities.argmax(1).toArray(), probabilities: probabilities.max(1).toArray() };
  },
};

async function readJson(request) {
  let text = "";
  for await (const part of request) {
    text += part;
    if (text.length > LARGEST_BODY) throw Object.assign(new Error("the request is too large"), { status: 413 });
  }
  return text === "" ? {} : JSON.parse(text);
}

const server = createServer(async (request, response) => {
  const answer = (code, value) => response.writeHead(code, { "content-type": "application/json" }).end(`${JSON.stringify(value)}\n`);
  const route = routes[`${request.method} ${request.url}`];
  if (route === undefined) return answer(404, { error: `known: ${Object.keys(routes).join(", ")}` });
  try {
    answer(200, await route(await readJson(request)));
  } catch (error) {
    answer(error.status ?? 400, { error: error.message, code: error.code });
  }
});
server.listen(Number(process.env.PORT ?? 8080), () => console.log(`listening on port ${server.address().port}`));

process.once("SIGTERM", stop);
process.once("SIGINT", stop);

/** Requests that are under way are answered; then the process ends. */
function stop() {
  server.close(() => process.exit());
  server.closeIdleConnections();
  trainer.terminate();
}
