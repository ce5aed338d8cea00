import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { HEAP_BASE } from "../../src/memory/memory.js";
import { read, root } from "../support/repository.js";

/** What a browser downloads at most, compressed. */
const LIMIT_KB = 60;

describe.each(["simd", "relaxed"])("the %s build", (build) => {
  const code = readFileSync(join(root, `build/kernels.${build}.wasm`));
  const text = read(`build/kernels.${build}.wat`);
  const module = new WebAssembly.Module(code);
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);

  test("imports only memory", () => {
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
  });

  test("is what the library inlines", async () => {
    const inlined = (await import("../../src/kernels/wasm.js")) as Record<string, string>;
    expect(Buffer.from(inlined[build], "base64").equals(code)).toBe(true);
  });

  test("holds no allocator", () => {
    expect(text).not.toMatch(/\bmemory\.grow\b/);
    expect(names.filter((name) => /^__|alloc|^new$|^pin$|collect/i.test(name))).toEqual([]);
  });

  test("has no mutable globals but the two of threads.ts, which are thread-local", () => {
    const globals = [...text.matchAll(/\(global \$(\S+) \(mut/g)].map(([, name]) => name);
    expect(globals.sort()).toEqual(["assembly/threads/slab", "assembly/threads/status"]);
  });

  test(`has at most ${LIMIT_KB} kB compressed`, () => {
    expect(gzipSync(code, { level: 9 }).length / 1000).toBeLessThanOrEqual(LIMIT_KB);
  });

  test("keeps its tables below the heap", () => {
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true });
    const { heapBase } = new WebAssembly.Instance(module, { env: { memory } }).exports as { heapBase(): number };
    expect(heapBase()).toBeGreaterThan(1024);
    expect(heapBase()).toBeLessThanOrEqual(HEAP_BASE);
  });

  test("rebuilds no constant in an innermost loop", () => {
    expect(constantsInLoops(text)).toEqual([]);
  });

  test("calls nothing through a table, but for kernels that threads share and those of a captured step", () => {
    const callers = text.split(/^ \(func /m).filter((body) => /\bcall_indirect\b/.test(body));
    const names = callers.map((body) => body.split(/\s/, 1)[0]).sort();
    expect(names).toEqual(["$assembly/forkJoin/fork", "$assembly/forkJoin/work", "$assembly/replay/replay"]);
  });

  test("uses relaxed SIMD only where it should, and only multiply-add", () => {
    const used = [...new Set(text.match(/\b[if]\d+x\d+\.relaxed_\w+/g))].sort();
    expect(used).toEqual(build === "relaxed" ? ["f32x4.relaxed_madd", "f32x4.relaxed_nmadd"] : []);
  });
});

test("a constant in an innermost loop is found", () => {
  const text = [
    "(func $f",
    " v128.const i32x4 0x1 0x1 0x1 0x1",
    " loop $outer",
    "  v128.const i32x4 0x2 0x2 0x2 0x2",
    "  loop $inner",
    "   v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000",
    "   if",
    "    v128.const i32x4 0x00000000 0x3 0x3 0x3",
    "   end",
    "  end",
    " end",
    ")",
  ].join("\n");
  expect(constantsInLoops(text)).toEqual(["$f: v128.const i32x4 0x00000000 0x3 0x3 0x3"]);
});

interface Loop {
  innermost: boolean;
}

/**
 * `function: instruction` for every v128.const in a loop that holds no other loop: V8 builds it again in each turn, which
 * doubles the time of such a loop. (What an outer loop starts its sums with is built once a row; zero is no constant to
 * V8, it clears a register.)
 */
function constantsInLoops(text: string): string[] {
  const constants: { loop: Loop; where: string }[] = [];
  let name = "";
  // Blocks that are open, null where the block is not a loop.
  let open: (Loop | null)[] = [];
  for (const line of text.split("\n")) {
    const [word, next] = line.trim().split(/\s+/);
    if (word === "(func") {
      name = next;
      open = [];
    } else if (word === "block" || word === "if") open.push(null);
    else if (word === "end") open.pop();
    else if (word === "loop") {
      for (const outer of open) if (outer) outer.innermost = false;
      open.push({ innermost: true });
    } else if (word === "v128.const" && /0x0*[1-9a-f]/.test(line)) {
      const loop = open.filter((block) => block !== null).at(-1);
      if (loop) constants.push({ loop, where: `${name}: ${line.trim()}` });
    }
  }
  return constants.filter(({ loop }) => loop.innermost).map(({ where }) => where);
}
