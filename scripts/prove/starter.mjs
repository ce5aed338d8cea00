/** A thread in which the library starts for the first time, in one of several ways: see trial.mjs. */
import { parentPort, workerData } from "node:worker_threads";

const { library, way, threads } = workerData;

/** The sums of the weights of a small model after some captured steps: their kernels are compiled wide, where they may be. */
async function trained({ Adam, capture, crossEntropy, Dense, manualSeed, randn, Sequential, setThreads, shareFrom, tensor }) {
  await setThreads(threads);
  if (threads > 1) shareFrom(0);
  manualSeed(1);
  const model = new Sequential([new Dense(130, { activation: "gelu", inputShape: [110] }), new Dense(100, { activation: "tanh" })]);
  const optimizer = new Adam(model.parameters(), { learningRate: 0.01 });
  const x = randn([150, 110]);
  const y = tensor(
    Array.from({ length: 150 }, (_, i) => i % 100),
    { dtype: "int32" },
  );
  const step = capture(() => {
    const loss = crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  let loss = 0;
  for (let i = 0; i < 8; i++) loss = step().item();
  const words = [...model.stateDict()].flatMap(([, { data }]) => [...new Uint32Array(Float32Array.from(data).buffer)]);
  return `${loss} ${words.reduce((sum, word) => (Math.imul(sum, 31) + word) >>> 0, 7)}`;
}

/** Has V8 compile two functions wide, with an error between them. */
async function failing({ optimizeWide }) {
  const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 4, 1, 2, 0, 11];
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes))).exports;
  function* functions() {
    yield f;
    throw new Error("while compiling");
  }
  optimizeWide(functions());
}

if (way === "throws") await failing(await import(library));
const copies = way === "copies" ? [`${library}?1`, `${library}?2`] : [library];
const loaded = await Promise.all(copies.map((copy) => import(copy)));
for (const one of loaded) parentPort.postMessage({ found: await trained(one), wide: one.wideObstacle() === null });
process.exit(0);
