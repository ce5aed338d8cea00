/** Measures the time from the start of a process until the loss of its first training step is read, which scripts and servers wait for. */
import { pathToFileURL } from "node:url";
import { Peer } from "./peer.mjs";
import { root } from "./registry.mjs";
import { quantile } from "./rounds.mjs";

const RUNS = 7;
const LIBRARIES = ["simdgrad", "wide", "PyTorch", "jax-js", "tfjs-wasm"];

/**
 * Libraries run with their default threads and settings. simdgrad is the published package.
 * @returns {Promise<Record<string, number>>} milliseconds, the median of fresh processes
 */
export async function startups(rows, { workload, data }) {
  const entry = pathToFileURL(`${root}/build/index.js`).href;
  const chosen = rows.filter(({ name }) => LIBRARIES.includes(name));
  const times = Object.fromEntries(chosen.map(({ name }) => [name, []]));
  for (let run = 0; run < RUNS; run++) {
    for (const row of chosen) {
      const began = performance.now();
      const peer = new Peer(row, { workload, data, entry, once: true });
      try {
        await peer.answer();
        times[row.name].push(performance.now() - began);
      } catch {
        // Missing below.
      }
      peer.end();
    }
  }
  return Object.fromEntries(Object.entries(times).flatMap(([name, list]) => (list.length === RUNS ? [[name, quantile(list, 0.5)]] : [])));
}
