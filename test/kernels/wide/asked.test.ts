/** When kernels are compiled wide, and what is said where they are not. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { PROVEN } from "../../../src/kernels/wide/proven.js";
import { compareVersions, v8Version } from "../../../src/kernels/wide/version.js";
import { emptyFolder } from "../../package/built.js";
import { root } from "../../support/repository.js";
import { canBeWide } from "../../support/wide.js";

let library: string;
beforeAll(async () => {
  library = join(emptyFolder(), "library.mjs");
  const contents = `export * from "./src/index.js"; export { narrowReason } from "./src/kernels/load.js";`;
  const options = { bundle: true, platform: "neutral", format: "esm", logLevel: "error" } as const;
  await build({ ...options, stdin: { contents, resolveDir: root }, outfile: library });
});

/** Runs a program on the library. */
function run(body: string, { env = {}, options = [] as string[] } = {}): { out: string; error: string } {
  const program = `const library = ${JSON.stringify(pathToFileURL(library).href)}; ${body}`;
  const all = { ...process.env, SIMDGRAD_WIDE: "", SIMDGRAD_LOG: "", SIMDGRAD_STACK: "", ...env };
  const { stdout, stderr } = spawnSync(process.execPath, [...options, "--input-type=module", "-e", program], {
    env: all,
    encoding: "utf8",
  });
  return { out: stdout.trim(), error: stderr.trim() };
}

/** Prints what `init` says, and why kernels are narrow. */
const asks = (options: string, before = "") => `${before}
  const { init, narrowReason } = await import(library);
  const found = await init(${options}).catch((error) => console.log(error.code, error.message));
  if (found) console.log(found.wide, narrowReason());`;

const change = (versions: object) =>
  `Object.defineProperty(process, "versions", { value: { ...process.versions, ...${JSON.stringify(versions)} } });`;

test("versions are compared by their numbers", () => {
  expect(compareVersions("13.6.233.17", "13.6.233.17")).toBe(0);
  expect(compareVersions("9.10.1.2", "13.6.233.17")).toBeLessThan(0);
  expect(compareVersions("14.6.202.34", "14.6.202.4")).toBeGreaterThan(0);
  expect([...PROVEN].sort(compareVersions)).toEqual(PROVEN);
  expect(v8Version()).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
});

describe("SIMDGRAD_WIDE", () => {
  test("is 0, 1 or auto", () => {
    expect(run(asks("{}"), { env: { SIMDGRAD_WIDE: "yes" } }).out).toBe('ARGUMENT wide: SIMDGRAD_WIDE is "yes"; expected 0, 1 or auto.');
    expect(run(asks("{}"), { env: { SIMDGRAD_WIDE: "0" } }).out).toBe("false SIMDGRAD_WIDE asks for it");
  });

  test("gives way to init", () => {
    expect(run(asks("{ wide: false }"), { env: { SIMDGRAD_WIDE: "1" } }).out).toMatch(/^false /);
  });

  test("1 is refused where kernels run in JavaScript, at every use", () => {
    const twice = `const { ones } = await import(library);
      for (let i = 0; i < 2; i++) try { ones([2]).add(1); } catch ({ code, message }) { console.log(code, message); }`;
    const { out } = run(twice, { env: { SIMDGRAD_WIDE: "1", SIMDGRAD_KERNELS: "js" } });
    const refusal = /^KERNEL wide: kernels cannot be compiled wide here: they run in plain JavaScript\. /;
    expect(out.split("\n")).toEqual([expect.stringMatching(refusal), expect.stringMatching(refusal)]);
  });
});

describe.runIf(canBeWide && PROVEN.includes(v8Version()))("on a proven V8", () => {
  test.each(["true", '"auto"'])("wide: %s", (wide) => {
    expect(run(asks(`{ wide: ${wide} }`)).out).toBe("true null");
  });

  test("without a wish it is auto", () => {
    expect(run(asks("{}")).out).toBe("true null");
    expect(run(asks("{}", change({ v8: "99.1.2.3-node.1" }))).out).toMatch(/^false V8 99\.1\.2\.3 is not one of those proven/);
  });

  test("on a worker thread only if it is asked for", () => {
    const inWorker = (wide: string) => `const { Worker } = await import("node:worker_threads");
      const program = \`(async () => {
        const { init, narrowReason } = await import("\${library}");
        console.log((await init({ wide: ${wide} })).wide, narrowReason());
      })()\`;
      new Worker(program, { eval: true });`;
    expect(run(inWorker('"auto"')).out).toMatch(/^false this is a worker thread, /);
    expect(run(inWorker("true")).out).toBe("true null");
  });

  test("SIMDGRAD_LOG=1 tells it on stderr", () => {
    const logged = { env: { SIMDGRAD_LOG: "1" } };
    expect(run(asks('{ wide: "auto" }'), logged).error).toBe("simdgrad: kernels are compiled wide");
    expect(run(asks("{ wide: false }"), logged).error).toBe("simdgrad: kernels are compiled narrow: init asks for it");
  });

  test.each([
    ["Electron", change({ electron: "40.0.0" }), /^this is Electron, not Node$/],
    ["Bun", change({ bun: "2.0.0" }), /^this is Bun, not Node$/],
    ["Deno", change({ deno: "3.0.0" }), /^this is Deno, not Node$/],
    ["a browser", 'Object.defineProperty(process, "versions", { value: {} });', /^this is not Node$/],
    ["another processor", 'Object.defineProperty(process, "arch", { value: "arm64" });', /^the processor is arm64, not x64$/],
    ["a V8 older than all proven", change({ v8: "12.4.254.21-node.33" }), /^V8 12\.4\.254\.21 is /],
  ])("not in %s", (_, before, reason) => {
    expect(run(asks('{ wide: "auto" }', before)).out).toMatch(new RegExp(`^false ${reason.source.slice(1)}`));
    const { out } = run(asks("{ wide: true }", before));
    expect(out).toMatch(/^KERNEL wide: kernels cannot be compiled wide here: /);
    expect(out).toMatch(new RegExp(reason.source.slice(1).replace(/\$$/, "")));
  });

  test("on a newer V8 only if it must be", () => {
    const newer = change({ v8: "99.1.2.3-node.1" });
    expect(run(asks('{ wide: "auto" }', newer)).out).toMatch(/^false V8 99\.1\.2\.3 is not one of those proven/);
    expect(run(asks("{ wide: true }", newer)).out).toBe("true null");
  });

  test.each(["--liftoff-only", "--experimental-wasm-revectorize", "--no-wasm-inlining"])(
    "not under %s, which is left as it is",
    (option) => {
      expect(run(asks('{ wide: "auto" }'), { options: [option] }).out).toBe(`false Node was started with ${option}`);
    },
  );

  test("under an option of Node's own about modules", () => {
    expect(run(asks('{ wide: "auto" }'), { options: ["--experimental-wasm-modules"] }).out).toBe("true null");
  });

  test.each(["--disallow-code-generation-from-strings", "--frozen-intrinsics", "--inspect=0"])("under %s too", (option) => {
    const { out } = run(
      `${asks("{ wide: true }")}
      const { randn } = await import(library);
      const x = randn([300, 300]);
      for (let i = 0; i < 20; i++) x.matmul(x).exp().sum();
      console.log("alive");`,
      { options: [option] },
    );
    expect(out).toBe("true null\nalive");
  });

  test("a refusal leaves what was asked for before", () => {
    const { out } = run(`${asks("{ wide: true }", 'Object.defineProperty(process, "arch", { value: "arm64" });')}
      console.log((await init()).wide, narrowReason());`);
    expect(out.split("\n")[1]).toBe("false the processor is arm64, not x64");
  });
});
