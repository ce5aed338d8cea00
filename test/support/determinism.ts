import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";
import { root } from "./repository.js";

/**
 * The sha256 over the losses of a training and the weights after it, on the plain build, by the training's name. It is the same on every
 * machine and Node, and for any number of threads. It may only change together with the formula or summation order of a kernel that the
 * training calls, in a commit that says why.
 */
export const HASHES = {
  dense: "ffa4e8f3f75a8227fa16089835151cdf94c8475746923465c8687fa62a4cca0b",
  architectures: "532257f7162062434d0498640b16db56b3e06dda92e3b63268570b5d8d022413",
};

export type Name = keyof typeof HASHES;

/**
 * The trainings on the digits that are hashed. `dense` uses what all networks have: initializers, shuffling, dropout, products, the loss,
 * Adam, a schedule. `architectures` sends each image through convolutions (direct, tiled, strided, depthwise), batch norm and pooling, and its rows through
 * an LSTM and a block of a Transformer. Both run in Node and in browsers.
 * @param library the modules of the library and of its digits, the training's name, and options
 */
export const TRAINING = `
const NETWORKS = {
  dense: { steps: 200, rate: 0.01, layers: ({ Dense, Dropout }) =>
    [new Dense(32, { activation: "relu", inputShape: [64] }), new Dropout(0.2), new Dense(10)] },
  architectures: { steps: 80, rate: 0.01, layers: (library) => {
    const { AvgPool2d, BatchNorm2d, Conv2d, Dense, Lambda, LSTM, MaxPool2d, Reshape, TransformerEncoderLayer } = library;
    return [
      new Reshape([1, 8, 8]),
      new Conv2d(1, 8, 5, { padding: 2, activation: "relu" }),
      new Conv2d(8, 16, 3, { padding: 1, bias: false }),
      new BatchNorm2d(16, { activation: "relu" }),
      new MaxPool2d(2),
      new Conv2d(16, 16, 3, { padding: 1, stride: 2, groups: 16 }),
      new Conv2d(16, 24, 1, { activation: "relu" }),
      new AvgPool2d(2, { stride: 1, padding: 1 }),
      new Reshape([9, 24]),
      new LSTM(24, 24, { returnSequences: true }),
      new TransformerEncoderLayer(24, 2, { feedForward: 48, dropout: 0.1 }),
      new Lambda((x) => x.mean(1)),
      new Dense(10, { inputShape: [24] }),
    ];
  } },
};

async function training(library, digits, { name, threads, captured }) {
  const { Adam, batches, capture, cosineDecay, crossEntropy, manualSeed, Sequential, setThreads, ...others } = library;
  const started = await setThreads(threads);
  others.shareFrom?.(0);

  manualSeed(7);
  const { train } = await digits.loadDigits();
  const { steps, rate, layers } = NETWORKS[name];
  const model = new Sequential(layers(library));
  const optimizer = new Adam(model.parameters(), { learningRate: cosineDecay(rate, { steps }) });
  const eager = ({ x, y }) => {
    const loss = crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  const step = captured ? capture(eager) : eager;

  const losses = [];
  while (losses.length < steps) {
    for (const batch of batches(train, 128, { shuffle: true })) if (losses.length < steps) losses.push(step(batch).item());
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

/** Runs a training in a process of its own. Its program is written into `folder`. */
export function trained(folder: string, node: string, library: Library, name: Name, threads: number, captured = false): Outcome {
  const file = join(folder, "program.mjs");
  writeFileSync(file, PROGRAM);
  const env = { ...process.env, SIMDGRAD_KERNELS: "simd" };
  const settings = JSON.stringify({ ...library, name, threads, captured });
  const { status, stdout, stderr, error } = spawnSync(node, [file, settings], { env, encoding: "utf8", timeout: 300_000 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${node} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Outcome;
}
