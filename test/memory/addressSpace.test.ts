/** What happens where a process may not have 4 GiB of addresses. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { MemoryError } from "../../src/errors/errors.js";
import { root } from "../support/repository.js";

const REFUSED =
  "memory: no linear memory can be had: 4 GiB, 2 GiB, 1 GiB were refused, shared and unshared (RangeError: no room). " +
  "The address space of this process is limited (ulimit -v, a container, a serverless function): raise that limit. " +
  "Node 20 and 22 need 11 GiB of it even for a small shared memory, unless started with --disable-wasm-trap-handler; Node 24 takes what there is.";

const warned = (limit: string) => `simdgrad: the address space is limited; linear memory can grow to ${limit} at most instead of 4 GiB.`;

describe("a platform that refuses", () => {
  const { Memory } = WebAssembly;
  const asked: string[] = [];

  /** Lets pass what `accepts` and refuses all else, when it is made or when it grows. */
  function limitMemory(accepts: (descriptor: WebAssembly.MemoryDescriptor) => boolean, when: "made" | "grown"): void {
    class Limited extends Memory {
      readonly #accepted: boolean;

      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        asked.push(`${descriptor.shared ? "shared" : "unshared"} ${(descriptor.maximum as number) / 16384}`);
        if (when === "made" && !accepts(descriptor)) throw new RangeError("no room");
        super(descriptor);
        this.#accepted = accepts(descriptor);
      }

      override grow(pages: number): number {
        if (!this.#accepted) throw new RangeError("no room");
        return super.grow(pages);
      }
    }
    vi.stubGlobal("WebAssembly", Object.assign(Object.create(WebAssembly), { Memory: Limited }));
  }

  async function fresh(): Promise<typeof import("../../src/memory/memory.js")> {
    vi.resetModules();
    asked.length = 0;
    return import("../../src/memory/memory.js");
  }

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  test.each(["made", "grown"] as const)("4 GiB when it is %s gives 2 GiB, said once", async (when) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const memory = await fresh();
    limitMemory(({ maximum }) => maximum !== 65536, when);
    expect(memory.memoryLimit()).toBe(2 ** 31 - 65536);
    expect(memory.isShared()).toBe(true);
    memory.linearMemory();
    expect(asked).toEqual(["shared 4", "shared 2"]);
    expect(warn.mock.calls).toEqual([[warned("2 GiB")]]);
  });

  test("4 and 2 GiB gives 1 GiB", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const memory = await fresh();
    limitMemory(({ maximum }) => maximum === 16384, "made");
    expect(memory.memoryLimit()).toBe(2 ** 30 - 65536);
    expect(warn.mock.calls).toEqual([[warned("1 GiB")]]);
  });

  test("all shared memories gives one that is not, without a word: only threads miss it", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const memory = await fresh();
    limitMemory(({ shared }) => !shared, "made");
    expect(memory.isShared()).toBe(false);
    expect(memory.memoryLimit()).toBe(2 ** 32 - 65536);
    expect(asked).toEqual(["shared 4", "shared 2", "shared 1", "unshared 4"]);
    expect(warn).not.toHaveBeenCalled();
  });

  test.each([
    { isolated: false, SharedArrayBuffer },
    { isolated: undefined, SharedArrayBuffer: undefined },
  ])(
    "to share ($isolated, $SharedArrayBuffer) is not even tried: workers could not be given the memory",
    async ({ isolated, ...others }) => {
      const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
      const memory = await fresh();
      limitMemory(() => true, "made");
      vi.stubGlobal("crossOriginIsolated", isolated);
      vi.stubGlobal("SharedArrayBuffer", others.SharedArrayBuffer);
      expect(memory.isShared()).toBe(false);
      expect(asked).toEqual(["unshared 4"]);
      expect(warn).not.toHaveBeenCalled();
    },
  );

  test("WebAssembly gives memory that grows all the same", async () => {
    const memory = await fresh();
    vi.stubGlobal("WebAssembly", undefined);
    expect(memory.isShared()).toBe(false);
    expect(memory.memoryLimit()).toBe(2 ** 30 - 65536);
    const bytes = memory.linearMemory().buffer.byteLength;
    const before = memory.views.f32;
    before[300] = 1.5;
    expect(memory.growTo(bytes + 1)).toBe(true);
    expect(memory.views.f32[300]).toBe(1.5);
    expect(memory.views.u8.length).toBeGreaterThan(bytes);
    // A view that somebody kept by mistake writes nowhere.
    expect(before.length).toBe(0);
    expect(memory.growTo(2 ** 30)).toBe(false);
    expect(memory.growTo(2 ** 29)).toBe(true);
    expect(memory.views.f32[300]).toBe(1.5);
  });

  test("everything is a MemoryError that says why and what to do", async () => {
    const memory = await fresh();
    limitMemory(() => false, "made");
    // The module was loaded anew, and its error class with it.
    expect(() => memory.linearMemory()).toThrow(expect.objectContaining({ name: MemoryError.name, code: "MEMORY", message: REFUSED }));
    expect(asked).toEqual(["shared 4", "shared 2", "shared 1", "unshared 4", "unshared 2", "unshared 1"]);
  });
});

/** A process of its own under `ulimit -v`: Node cannot change its own limit. */
describe.runIf(process.platform === "linux")("under ulimit -v", () => {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-memory-"));
  const program = join(folder, "child.mjs");
  const GIBIBYTES = [1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.25, 2.5, 3, 4, 5, 6, 8];

  interface Outcome {
    gibibytes: number;
    /** Null where Node itself does not start. */
    said: { limit: number; shared: boolean; relu: number[]; had: number; message: string } | { name: string; message: string } | null;
    warnings: string[];
  }

  const outcomes: Outcome[] = [];

  beforeAll(async () => {
    const source = join(folder, "child.ts");
    const from = (path: string) => JSON.stringify(join(root, path));
    writeFileSync(
      source,
      `import { allocate } from ${from("src/memory/heap.ts")};
       import { isShared, memoryLimit, views } from ${from("src/memory/memory.ts")};
       import { useKernels } from ${from("src/kernels/load.ts")};
       import { relu } from ${from("src/kernels/generated.ts")};
       try {
         useKernels("simd");
         const at = allocate(64);
         views.f32.set([-1, 2, -3], at / 4);
         relu({ x: at, out: at }, 0, 3);
         let had = 0;
         let message = "";
         try {
           for (;;) { allocate(1 << 24); had += 1 << 24; }
         } catch (error) {
           message = error.message;
         }
         relu({ x: at, out: at }, 0, 3);
         console.log(JSON.stringify({ limit: memoryLimit(), shared: isShared(), relu: [...views.f32.subarray(at / 4, at / 4 + 3)], had, message }));
       } catch ({ name, message }) {
         console.log(JSON.stringify({ name, message }));
       }`,
    );
    await build({ entryPoints: [source], outfile: program, bundle: true, format: "esm", platform: "node", logLevel: "error" });
    for (const gibibytes of GIBIBYTES) {
      const command = `ulimit -v ${Math.round(gibibytes * 1024 * 1024)}; exec "$0" "$1"`;
      const { stdout, stderr } = spawnSync("bash", ["-c", command, process.execPath, program], { encoding: "utf8" });
      const warnings = stderr.split("\n").filter((line) => line.startsWith("simdgrad:"));
      outcomes.push({ gibibytes, said: stdout.startsWith("{") ? JSON.parse(stdout) : null, warnings });
    }
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const working = () => outcomes.filter(({ said }) => said !== null && "limit" in said);
  const failing = () => outcomes.filter(({ said }) => said !== null && "name" in said);

  test("every process works or says that it cannot", () => {
    expect(working().length).toBeGreaterThan(5);
    for (const { said } of working()) expect(said).toMatchObject({ relu: [0, 2, 0] });
    for (const { said } of failing()) {
      expect(said).toEqual({ name: "MemoryError", message: REFUSED.replace("RangeError: no room", reasonOf(said as { message: string })) });
    }
  });

  function reasonOf({ message }: { message: string }): string {
    return message.match(/unshared \((.*?\(\): .*?)\)\. The/)?.[1] ?? "";
  }

  test("one that cannot have 4 GiB takes 2 or 1 and says so once", () => {
    const smaller = working().filter(({ said }) => (said as { limit: number }).limit < 2 ** 31);
    expect(smaller.length).toBeGreaterThan(0);
    for (const { said, warnings } of smaller) {
      const { limit } = said as { limit: number };
      expect(warnings).toEqual([warned(limit === 2 ** 31 - 65536 ? "2 GiB" : "1 GiB")]);
    }
  });

  test("one that is promised 4 GiB gets as much as there is, and the error tells how much that was", () => {
    const promised = working().filter(({ said }) => (said as { limit: number }).limit === 2 ** 32 - 65536);
    expect(promised.length).toBeGreaterThan(2);
    for (const { said, warnings, gibibytes } of promised) {
      const { had, message } = said as { had: number; message: string };
      expect(warnings).toEqual([]);
      expect(message).toMatch(
        had > 4.2e9 ? /, 4\.0 GiB is the limit\./ : /, the platform refused to grow linear memory beyond [\d.]+ (MiB|GiB)\./,
      );
      expect(had).toBeLessThan(gibibytes * 2 ** 30);
    }
    expect(Math.max(...promised.map(({ said }) => (said as { had: number }).had))).toBeGreaterThan(4.2e9);
  });
});
