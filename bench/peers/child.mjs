/**
 * `node child.mjs JOB`: runs one workload in one library and answers its parent, a line of JSON each. torch/child.py is the same.
 *
 * A job with `once` ends after its first step. Any other job warms up. For every message `{ "seconds": s }` it then runs a few steps
 * that are not timed, and takes samples for s seconds. At the message `{ "end": true }` it answers the last loss.
 */
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { readData } from "./data.mjs";

const WARM_UP = { steps: 3, seconds: 0.3, atMost: 5 };
/** In milliseconds: a step shorter than SHORT is repeated until its sample takes SAMPLE. */
const SHORT = 1;
const SAMPLE = 2;
/** Milliseconds of steps before the samples of a turn, since another library has used caches and cores in between. */
const REWARM = 10;

const job = JSON.parse(process.argv[2]);
const { build } = await import(pathToFileURL(job.file).href);
const built = await build({ ...job, data: readData(job.data) });
if (typeof built === "string") {
  answer({ absent: built });
  process.exit();
}
const { step, read } = built;
let last = await step();
if (job.once) {
  answer({ first: [last] });
  process.exit();
}

const first = read ? probe(await read()) : [last];
const began = performance.now();
let fastest = Infinity;
for (let steps = 1; steps < WARM_UP.steps || seconds() < WARM_UP.seconds; steps++) {
  if (seconds() > WARM_UP.atMost) break;
  fastest = Math.min(fastest, await time(1));
  if (!read && first.length < 3) first.push(last);
}
const batch = fastest < SHORT ? Math.ceil(SAMPLE / Math.max(fastest, 1e-4)) : 1;
answer({ first });

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.end) break;
  for (let spent = 0; spent < REWARM && fastest < REWARM; ) spent += batch * (await time(batch));
  const samples = [];
  for (let spent = 0; samples.length === 0 || spent < 1e3 * message.seconds; spent += batch * samples.at(-1))
    samples.push(await time(batch));
  answer({ samples });
}
answer({ done: true, last: read ? undefined : last });
process.exit();

/** Times some steps. @returns milliseconds of a step */
async function time(count) {
  const start = performance.now();
  last = step();
  // Only asynchronous steps are awaited, since waiting takes time too.
  if (last instanceof Promise) {
    last = await last;
    for (let i = 1; i < count; i++) last = await step();
  } else for (let i = 1; i < count; i++) last = step();
  return (performance.now() - start) / count;
}

function seconds() {
  return (performance.now() - began) / 1e3;
}

/** Some numbers of a result, which are compared between libraries. */
function probe(values) {
  return [0, 0.3, 0.7].map((part) => values[Math.floor(part * values.length)]);
}

function answer(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
