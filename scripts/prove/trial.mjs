/**
 * `node trial.mjs '{ "minutes", "library", "other" }'`: other threads compile and run modules of their own, and undici fetches over
 * the loopback, while the library starts anew and anew, each time in a new thread that compiles kernels wide. Run under
 * `--trace-wasm-revectorize`, with which V8 writes to stdout what it packs. Writes what happened to stderr as JSON.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import v8 from "node:v8";
import vm from "node:vm";
import { Worker } from "node:worker_threads";

const { minutes, library, other } = JSON.parse(process.argv[2]);
const bytes = readFileSync(other);
const counts = { minutes, starts: 0, wide: 0, threw: 0, terminated: 0, modules: 0, fetches: 0, refused: 0 };
const failures = [];
v8.setFlagsFromString("--allow-natives-syntax");
const optimize = vm.runInThisContext("(function (one) { return %WasmTierUpFunction(one); })");
v8.setFlagsFromString("--no-allow-natives-syntax");
let witnesses = 0;
const end = performance.now() + minutes * 60_000;
const goesOn = () => performance.now() < end && failures.length === 0;

// A connection is never closed while it rests, which a fetch could meet.
const server = createServer({ keepAliveTimeout: 0 }, (_, response) => response.end("x".repeat(2000))).listen(0, "127.0.0.1");
await new Promise((done) => server.once("listening", done));

const others = [1, 2, 3].map((id) => {
  const worker = new Worker(new URL("others.mjs", import.meta.url), { workerData: { bytes, id } });
  worker.on("message", () => counts.modules++);
  worker.on("error", (error) => failures.push(`another module's thread: ${error.message}`));
  return worker;
});

await Promise.all([fetches(), starts()]);
witness();
if (namesNatives()) failures.push("V8's own functions have names at the end");
for (const worker of others) await worker.terminate();
console.error(JSON.stringify({ ...counts, failures }));
process.exit(failures.length === 0 ? 0 : 1);

async function fetches() {
  for (; goesOn(); counts.fetches++) {
    const response = await fetch(`http://127.0.0.1:${server.address().port}`).catch(() => null);
    if (response === null) counts.refused++;
    else if ((await response.text()).length !== 2000) failures.push("a fetch is cut");
    await new Promise((done) => setTimeout(done, 5));
  }
}

/** The library starts, in turn: alone; shared among two threads; twice in one thread; after an error; ended from outside. */
async function starts() {
  const ways = ["once", "copies", "throws", "terminated"];
  let expected = null;
  for (let i = 0; goesOn(); i++) {
    const way = ways[i % ways.length];
    const threads = i % 5 === 0 ? 2 : 1;
    const worker = new Worker(new URL("starter.mjs", import.meta.url), {
      workerData: { library, way, threads },
      env: { ...process.env, SIMDGRAD_WIDE: "1", SIMDGRAD_THREADS: "1" },
    });
    worker.on("message", ({ found, wide }) => {
      counts.starts++;
      if (wide) counts.wide++;
      expected ??= found;
      if (found !== expected) failures.push(`the library computed ${found}, before ${expected}`);
    });
    worker.on("error", (error) => {
      if (way === "throws" && error.message === "while compiling") counts.threw++;
      else failures.push(`${way}: ${error.stack}`);
    });
    const exit = new Promise((done) => worker.once("exit", done));
    if (way === "terminated") setTimeout(() => worker.terminate(), 300 * Math.random());
    await exit;
    if (way === "terminated") counts.terminated++;
    witness();
    // A thread that is ended while it compiles leaves the flag on.
    if (way === "terminated") v8.setFlagsFromString("--no-experimental-wasm-revectorize");
  }
}

/** Has V8 optimise a function of a new module: V8's trace has it if the flag is on. */
function witness() {
  const module = new WebAssembly.Module(new Uint8Array([...bytes, 0, 6, 1, 119, ...new Uint8Array(new Uint32Array([witnesses++]).buffer)]));
  optimize(new WebAssembly.Instance(module, { env: { abort() {} } }).exports.witness);
}

/** Whether programs may name V8's own functions at present. */
function namesNatives() {
  try {
    vm.runInThisContext("(function () { %GetHeapUsage(); })()");
    return true;
  } catch (error) {
    if (error.name !== "SyntaxError") throw error;
    return false;
  }
}
