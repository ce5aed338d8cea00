/**
 * Asks a server for predictions, and prints how long the answers took.
 *
 *     node examples/server/load.mjs http://localhost:8080      # --rate 200 --seconds 10 --samples 1
 *
 * Requests leave at their times whether or not earlier ones are answered: what waits is counted with its wait.
 */
import { Agent, request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { loadDigits } from "simdgrad/digits";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rate: { type: "string", default: "200" },
    seconds: { type: "string", default: "10" },
    samples: { type: "string", default: "1" },
  },
});
const [address = "http://localhost:8080"] = positionals;
const [rate, seconds, samples] = [values.rate, values.seconds, values.samples].map(Number);

const { test } = await loadDigits();
const bodies = Array.from({ length: 64 }, (_, i) => JSON.stringify(test.x.slice([[i, i + samples]]).toArray()));
const agent = new Agent({ keepAlive: true });

/** Sends a request. @returns the code of the answer, or of the error, and the milliseconds until the whole of it was there */
function ask(body) {
  const sent = performance.now();
  return new Promise((resolve) => {
    const settle = (code) => resolve({ code, milliseconds: performance.now() - sent });
    const asked = request(`${address}/predict`, { method: "POST", agent, headers: { "content-length": Buffer.byteLength(body) } });
    asked.on("response", (response) => response.on("end", () => settle(response.statusCode)).resume());
    asked.on("error", (error) => settle(error.code));
    asked.end(body);
  });
}

async function status() {
  return (await fetch(`${address}/status`)).json();
}

while ((await status()).weights === null) await setTimeout(50);
const { epoch: before } = await status();
const pending = [];
const start = performance.now();
for (let i = 0; i < rate * seconds; i++) {
  const wait = start + (i * 1000) / rate - performance.now();
  if (wait > 0) await setTimeout(wait);
  pending.push(ask(bodies[i % bodies.length]));
}
const answers = await Promise.all(pending);
agent.destroy();

const codes = new Map();
for (const { code } of answers) codes.set(code, (codes.get(code) ?? 0) + 1);
const times = answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
const quantile = (q) => `${times[Math.min(times.length - 1, Math.floor(q * times.length))].toFixed(2)} ms`;
const { state, epoch } = await status();
console.log(`answers by code ${JSON.stringify(Object.fromEntries(codes))}; ${state}, ${epoch - before} epochs meanwhile`);
console.log(`p50 ${quantile(0.5)}, p95 ${quantile(0.95)}, p99 ${quantile(0.99)}, longest ${quantile(1)}`);
