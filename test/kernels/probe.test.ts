/** Which build runs where the platform has no WebAssembly, or may not compile it. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { emptyFolder } from "../package/built.js";
import { root } from "../support/repository.js";

let library: string;
beforeAll(async () => {
  library = join(emptyFolder(), "library.mjs");
  const options = { bundle: true, platform: "neutral", format: "esm", logLevel: "error" } as const;
  await build({ ...options, entryPoints: [join(root, "src/index.ts")], outfile: library });
});

/** Runs a program on the library, with options of Node and a line that comes before the library is loaded. */
function run(body: string, { options = [] as string[], before = "", build = "" } = {}): { out: string; error: string } {
  const program = `${before}
    const { Dense, init, manualSeed, ones, Sequential, tensor } = await import(${JSON.stringify(pathToFileURL(library).href)});
    ${body}`;
  const env = { ...process.env, SIMDGRAD_KERNELS: build, SIMDGRAD_WIDE: "" };
  const { stdout, stderr } = spawnSync(process.execPath, [...options, "--input-type=module", "-e", program], { env, encoding: "utf8" });
  return { out: stdout.trim(), error: stderr.replace(/^Warning: disabling flag .*$/gm, "").trim() };
}

/** XOR, learned. */
const TRAINING = `
  manualSeed(1);
  const model = new Sequential([new Dense(16, { activation: "tanh" }), new Dense(2)]);
  model.compile({ optimizer: { name: "adam", learningRate: 0.05 }, loss: "crossEntropy" });
  const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
  await model.fit({ x, y: tensor([0, 1, 1, 0], { dtype: "int32" }) }, { epochs: 100, batchSize: 4, verbose: 0 });
  const { kernels } = await init();
  // 4 MB a result: memory grows past what it begins with.
  const wide = ones([2 ** 20]);
  let y = wide;
  for (let i = 0; i < 24; i++) y = y.add(1);
  console.log(kernels, (await model.predict(x)).argmax(1).toArray().join(), y.data[2 ** 20 - 1]);`;
const LEARNED = "js 0,1,1,0 25";

describe("without WebAssembly", () => {
  test.each(["", "js"])("SIMDGRAD_KERNELS=%s trains on the kernels in JavaScript", (build) => {
    expect(run(TRAINING, { options: ["--jitless"], build })).toEqual({ out: LEARNED, error: "" });
  });

  test("a Wasm build is refused", () => {
    const { out } = run("await init({ kernels: 'simd' }).catch(({ code, message }) => console.log(code, message));", {
      options: ["--jitless"],
    });
    expect(out).toMatch(/^KERNEL kernels: this platform cannot run the "simd" build\. /);
  });
});

describe("where WebAssembly may not be compiled", () => {
  const before = `WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError("forbidden"); } };`;
  const reason = "may not be compiled here (CompileError: forbidden)";
  const mend = "Allow it with 'wasm-unsafe-eval' in script-src of the page's content security policy.";

  test("the kernels in JavaScript run, and it is said why they are slow", () => {
    const slow = `simdgrad: WebAssembly ${reason}; the kernels run in plain JavaScript, many times slower. ${mend}`;
    expect(run(TRAINING, { before })).toEqual({ out: LEARNED, error: slow });
  });

  test("they run without a word where they are asked for", () => {
    expect(run(TRAINING, { before, build: "js" })).toEqual({ out: LEARNED, error: "" });
  });

  test.each(["simd", "relaxed"] as const)("the %s build is a KernelError that names the directive", (kernels) => {
    const { out } = run(`await init({ kernels: "${kernels}" }).catch(({ code, message }) => console.log(code, message));`, { before });
    const old = /cannot run the "relaxed" build/;
    if (kernels === "simd" || !old.test(out)) expect(out).toBe(`KERNEL kernels: the "${kernels}" build ${reason}. ${mend}`);
  });
});
