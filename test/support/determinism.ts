import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";
import { root } from "./repository.js";

/**
 * The sha256 over the losses of 200 steps and the weights after them, on the plain build. It is the same on every machine and Node,
 * and for any number of threads. It may only change together with the formula or summation order of a kernel that the training calls,
 * in a commit that says why.
 */
export const HASH = "ffa4e8f3f75a8227fa16089835151cdf94c8475746923465c8687fa62a4cca0b";

/**
 * A training that uses everything that computes numbers: initializers, shuffling, dropout, products, the loss, Adam, a schedule. It runs
 * in Node and in browsers. @param library the modules of the library and of its digits, and options of the training
 */
export const TRAINING = `
async function training(library, digits, { threads, captured }) {
  const { Adam, batches, capture, cosineDecay, crossEntropy, Dense, Dropout, manualSeed, Sequential, setThreads, ...others } = library;
  const started = await setThreads(threads);
  others.shareFrom?.(0);

  manualSeed(7);
  const { train } = await digits.loadDigits();
  const model = new Sequential([new Dense(32, { activation: "relu", inputShape: [64] }), new Dropout(0.2), new Dense(10)]);
  const optimizer = new Adam(model.parameters(), { learningRate: cosineDecay(0.01, { steps: 200 }) });
  const eager = ({ x, y }) => {
    const loss = crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  const step = captured ? capture(eager) : eager;

  const losses = [];
  while (losses.length < 200) {
    for (const batch of batches(train, 128, { shuffle: true })) if (losses.length < 200) losses.push(step(batch).item());
  }
  const hashed = [Float32Array.from(losses)];
  for (const [name, { data }] of model.stateDict()) hashed.push(new TextEncoder().encode(name), data);
  const bytes = await new Blob(hashed).arrayBuffer();
  const hash = Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) => byte.toString(16).padStart(2, "0"));
  return { hash: hash.join(""), loss: losses.at(-1), threads: started, parts: others.partsOfWorkers?.(), replays: step.status?.().replays };
}`;

const PROGRAM = `
  ${TRAINING}
  const { library, digits, ...options } = JSON.parse(process.argv[2]);
  console.log(JSON.stringify(await training(await import(library), await import(digits), options)));`;

export interface Library {
  library: string;
  digits: string;
}

export interface Outcome {
  hash: string;
  /** The last loss, by which a test checks that the training learns. */
  loss: number;
  threads: number;
  /** The number of parts that workers computed; the published package does not report it. */
  parts?: number;
  /** In a captured training, the number of replayed steps. */
  replays?: number;
}

/** Bundles the library into one file in a folder, with a function that makes threads share even the smallest calls. */
async function bundled(folder: string): Promise<Library> {
  const contents = ["index", "io/digits", "kernels/threads/policy", "kernels/threads/forkJoin"]
    .map((module) => `export * from "./src/${module}.js";`)
    .join("\n");
  const outfile = join(folder, "library.mjs");
  await build({ stdin: { contents, resolveDir: root }, outfile, bundle: true, platform: "neutral", format: "esm", logLevel: "error" });
  const library = pathToFileURL(outfile).href;
  return { library, digits: library };
}

/** Bundles the library before the tests of a suite, into a folder that is removed after them. */
export function useBundled(): { folder: string; library: Library } {
  const bundle = { folder: "", library: { library: "", digits: "" } };
  beforeAll(async () => {
    bundle.folder = mkdtempSync(join(tmpdir(), "simdgrad-determinism-"));
    bundle.library = await bundled(bundle.folder);
  });
  afterAll(() => rmSync(bundle.folder, { recursive: true, force: true }));
  return bundle;
}

/** Runs the training in a process of its own. Its program is written into `folder`. */
export function trained(folder: string, node: string, library: Library, threads: number, captured = false): Outcome {
  const file = join(folder, "program.mjs");
  writeFileSync(file, PROGRAM);
  const env = { ...process.env, SIMDGRAD_KERNELS: "simd" };
  const settings = JSON.stringify({ ...library, threads, captured });
  const { status, stdout, stderr, error } = spawnSync(node, [file, settings], { env, encoding: "utf8", timeout: 120_000 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${node} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Outcome;
}
