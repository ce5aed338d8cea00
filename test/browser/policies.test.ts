/** Pages under a content security policy. */
import { beforeAll, describe, expect } from "vitest";
import { installed } from "../package/built.js";
import { HASHES } from "../support/determinism.js";
import { read } from "../support/repository.js";
import { useChromium } from "./chromium.js";
import { programs, TRAIN } from "./programs.js";
import { ISOLATED, write } from "./site.js";

const { testInPage, visit } = useChromium();

/** Trains on the build that the page gets, and asks for another. */
const DEFAULT = `
  const { kernels } = await library.init();
  const { Dense, Sequential, tensor } = library;
  library.manualSeed(1);
  const model = new Sequential([new Dense(16, { activation: "tanh" }), new Dense(2)]);
  model.compile({ optimizer: { name: "adam", learningRate: 0.05 }, loss: "crossEntropy" });
  const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
  await model.fit({ x, y: tensor([0, 1, 1, 0], { dtype: "int32" }) }, { epochs: 100, batchSize: 4 });
  const learned = (await model.predict(x)).argmax(1).toArray();
  const refusal = await library.init({ kernels: "simd" }).catch(({ name, code, message }) => ({ name, code, message }));
  return { kernels, learned, refusal };`;

let folder: string;
beforeAll(() => {
  folder = installed();
  write(folder, { ...programs("train", TRAIN), ...programs("default", DEFAULT) });
});

/** Headers of a page with a policy. */
const under = (policy: string, isolation: Record<string, string> = ISOLATED) => ({ ...isolation, "Content-Security-Policy": policy });

describe.each(["page", "inWorker"])("%s", (place) => {
  testInPage("'wasm-unsafe-eval' and worker-src blob: all that is needed", async () => {
    const policy = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:";
    expect(read("docs/browsers.md")).toContain(`Content-Security-Policy: ${policy}\n`);
    const { outcome, said } = await visit(folder, `train-${place}.html`, under(`default-src 'none'; img-src data:; ${policy}`));
    expect(outcome).toMatchObject({ hash: HASHES.architectures, threads: 2 });
    expect(said).toEqual([]);
  });

  testInPage("without worker-src blob: one thread, and a note of what allows more", async () => {
    const policy = "script-src 'self' 'wasm-unsafe-eval'";
    const { outcome, said } = await visit(folder, `train-${place}.html`, under(policy));
    expect(outcome).toMatchObject({ hash: HASHES.architectures, threads: 1 });
    const ours = said.filter((text) => text.startsWith("simdgrad:"));
    expect(ours).toEqual([
      "simdgrad: a worker thread could not start (the page's content security policy refuses workers that are not files; allow them with " +
        "worker-src blob:, or call setThreads(1)); training goes on with 1 of 2 threads.",
    ]);
    // The browser itself may report each worker that it refuses: there is one, not one a try.
    expect(said.filter((text) => /Content Security Policy|violates/.test(text) && !ours.includes(text)).length).toBeLessThanOrEqual(1);
  });

  testInPage("without worker-src blob:, and not isolated: one thread, and nothing to say", async () => {
    const { outcome, said } = await visit(folder, `train-${place}.html`, under("script-src 'self' 'wasm-unsafe-eval'", {}));
    expect(outcome).toMatchObject({ hash: HASHES.architectures, threads: 1 });
    expect(said).toEqual([]);
  });

  testInPage("without 'wasm-unsafe-eval': the kernels in JavaScript, a note, and a typed error for who asks for others", async () => {
    const { outcome, said } = await visit(folder, `default-${place}.html`, under("script-src 'self'"));
    const mend = "Allow it with 'wasm-unsafe-eval' in script-src of the page's content security policy.";
    expect(outcome).toEqual({
      kernels: "js",
      learned: [0, 1, 1, 0],
      refusal: {
        name: "KernelError",
        code: "KERNEL",
        message: expect.stringMatching(
          /^kernels: the "simd" build may not be compiled here \(CompileError: .*\)\. Allow it with 'wasm-uns/s,
        ),
      },
    });
    const ours = said.filter((text) => text.startsWith("simdgrad:"));
    expect(ours).toEqual([
      expect.stringMatching(/^simdgrad: WebAssembly may not be compiled here \(CompileError: [\s\S]*; the kernels run in/),
    ]);
    expect(ours[0].endsWith(mend)).toBe(true);
  });
});
