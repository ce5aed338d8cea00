/**
 * A server that trains in a worker and predicts meanwhile. Kill it at any moment and start it again: it goes on where it was.
 *
 *     node examples/server/server.mjs --folder run          # --port 8080 --epochs 2000 --every 10s --threads 1
 *
 *     GET  /status                        → how the training stands, and whose weights answer
 *     POST /predict   [[64 numbers], …]   → {"epoch": …, "digits": […], "probabilities": […]}
 *     POST /stop                          → ends the training, with a checkpoint; predictions go on
 */
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { SimdgradError, setThreads } from "simdgrad";
import { Predictor } from "./predictor.mjs";
import { RequestError, readJson } from "./requests.mjs";
import { Training } from "./training.mjs";

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: process.env.PORT ?? "8080" },
    folder: { type: "string", default: "run" },
    epochs: { type: "string", default: "2000" },
    every: { type: "string", default: "10s" },
    threads: { type: "string", default: "1" },
  },
});
const folder = resolve(options.folder);
mkdirSync(folder, { recursive: true });

// A few samples are computed faster than another thread is woken.
await setThreads(1);
const predictor = new Predictor();
const training = new Training(
  { folder, epochs: Number(options.epochs), every: options.every, threads: Number(options.threads) },
  (weights) => predictor.take(weights),
);

const routes = {
  "GET /status": () => ({ ...training.status, weights: predictor.status }),
  "POST /predict": async (request) => predictor.predict(await readJson(request)),
  "POST /stop": () => training.stop(),
};

const server = createServer(async (request, response) => {
  const answer = (code, value) => response.writeHead(code, { "content-type": "application/json" }).end(`${JSON.stringify(value)}\n`);
  try {
    const route = routes[`${request.method} ${request.url}`];
    if (route === undefined) throw new RequestError(404, `known: ${Object.keys(routes).join(", ")}`);
    answer(200, await route(request));
  } catch (error) {
    const code = error instanceof RequestError ? error.status : error instanceof SimdgradError ? 400 : 500;
    if (code === 500) console.error(error);
    // What is left of a body that was not read is not taken for the next request.
    if (!request.complete) response.setHeader("connection", "close");
    answer(code, { error: error.message, code: error.code });
  }
});
// A client that keeps its connections may be slower than the default of 5 s, where the machine is busy.
server.keepAliveTimeout = 60_000;
server.once("error", ({ message }) => {
  console.error(message);
  process.exit(1);
});
server.listen(Number(options.port), () => console.log(`listening on port ${server.address().port}`));

process.once("SIGTERM", end);
process.once("SIGINT", end);

/** The training writes a checkpoint, requests under way are answered, and the process ends. */
async function end() {
  server.close();
  server.closeIdleConnections();
  await training.end();
  server.closeIdleConnections();
}
