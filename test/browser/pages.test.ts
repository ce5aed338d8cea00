import { beforeAll, describe, expect } from "vitest";
import { installed } from "../package/built.js";
import { HASHES } from "../support/determinism.js";
import { read } from "../support/repository.js";
import { useChromium } from "./chromium.js";
import { programs, TRAIN } from "./programs.js";
import { ISOLATED, write } from "./site.js";

const { testInPage, visit } = useChromium();

let folder: string;
beforeAll(() => {
  folder = installed();
  write(folder, programs("train", TRAIN));
});

describe.each(["page", "inWorker"])("%s", (place) => {
  testInPage("isolated: two threads, the bits of Node, a quiet console", async () => {
    const { outcome, said } = await visit(folder, `train-${place}.html`, ISOLATED);
    expect(outcome).toMatchObject({ hash: HASHES.architectures, threads: 2, isolated: true });
    expect(said).toEqual([]);
  });

  testInPage("not isolated: one thread, the bits of Node, a quiet console", async () => {
    const { outcome, said } = await visit(folder, `train-${place}.html`, {});
    expect(outcome).toMatchObject({ hash: HASHES.architectures, threads: 1, isolated: false });
    expect(said).toEqual([]);
  });
});

testInPage("the page of the documentation prints what it says", async () => {
  const page = read("docs/browsers.md").match(/```html\n([\s\S]*?)```/)?.[1] as string;
  const said = page.match(/\/\/ → (.*)/)?.[1] as string;
  write(folder, { "documented.html": `<link rel="icon" href="data:,">${page.replace("console.log(", "report(")}` });
  const visited = await visit(folder, "documented.html", {});
  expect(visited).toEqual({ outcome: JSON.parse(said), said: [] });
});

testInPage(
  "a model is fetched, trained by fit in a worker, handed to the page, and predicts there what it predicted in the worker",
  async () => {
    const { Dense, manualSeed, Sequential } = await import("../../src/index.js");
    manualSeed(5);
    const model = new Sequential([new Dense(16, { activation: "tanh", inputShape: [2] }), new Dense(2)]);
    const DATA = "const x = library.tensor([[0, 0], [0, 1], [1, 0], [1, 1]]), y = library.tensor([0, 1, 1, 0], { dtype: 'int32' });";
    const inWorker = `${DATA}
    const response = await fetch(new URL("./model.safetensors", import.meta.url));
    const model = library.deserializeModel(new Uint8Array(await response.arrayBuffer()));
    model.compile({ optimizer: { name: "adam", learningRate: 0.05 }, loss: "crossEntropy", metrics: ["accuracy"] });
    const { history } = await model.fit({ x, y }, { epochs: 100, batchSize: 4 });
    return { bytes: model.serialize(), predicted: (await model.predict(x)).toArray(), accuracy: history.accuracy?.at(-1) };`;
    const inPage = `${DATA}
    const worker = new Worker(new URL("./fit-worker.js", import.meta.url), { type: "module" });
    const { bytes, predicted, accuracy, ...others } = await new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); });
    if (bytes === undefined) return others;
    const loaded = library.deserializeModel(bytes);
    return { accuracy, same: JSON.stringify((await loaded.predict(x)).toArray()) === JSON.stringify(predicted) };`;
    const page = programs("fit", inPage);
    const worker = programs("fit", inWorker);
    write(folder, { ...page, "fit-worker.js": worker["fit-worker.js"], "model.safetensors": model.serialize() });
    expect(await visit(folder, "fit-page.html", ISOLATED)).toEqual({ outcome: { accuracy: 1, same: true }, said: [] });
  },
);

testInPage("where the browser grants 1 GiB, it is said once; what does not fit is an error, after which the page goes on", async () => {
  const before = `
    const Memory = WebAssembly.Memory;
    WebAssembly.Memory = function (descriptor) {
      if (descriptor.maximum > 16384) throw new RangeError("could not allocate memory");
      return new Memory(descriptor);
    };`;
  const body = `
    const { parameter, ones } = library;
    const large = () => new library.Linear(12000, 12000);
    const { code, message } = await (async () => { globalThis.first = large(); large(); })().catch((error) => error);
    return { code, message, ...(await training(library, digits, { name: "architectures", threads: 1 })) };`;
  write(folder, programs("small", `await library.init({ kernels: "simd" }); ${body}`));
  const { outcome, said } = await visit(folder, "small-page.html", {}, before);
  expect(outcome).toMatchObject({
    code: "MEMORY",
    message: expect.stringMatching(/^memory: .* do not fit: .* is the limit/),
    hash: HASHES.architectures,
  });
  expect(said).toEqual(["simdgrad: the address space is limited; linear memory can grow to 1 GiB at most instead of 4 GiB."]);
});
