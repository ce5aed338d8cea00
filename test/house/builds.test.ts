import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { piecesOf } from "../../scripts/host.mjs";
import { readKernels } from "../../scripts/records.mjs";
import type { Piece } from "../../src/kernels/piece.js";
import { bytesOf } from "../../src/kernels/text.js";
import { HEAP_BASE } from "../../src/memory/memory.js";
import { read, root } from "../support/repository.js";

/** What a browser downloads at most, compressed. */
const MULTIPLY_ADDS = ["f32x4.relaxed_madd", "f32x4.relaxed_nmadd", "f64x2.relaxed_madd", "f64x2.relaxed_nmadd"];
const LIMIT_KB = 60;

const declared = readKernels(join(root, "assembly"));
const pieces = piecesOf(declared);
const built = [...pieces.keys()].flatMap((piece) => ["simd", "relaxed"].map((build) => ({ piece, build })));

/** What a piece may import, in the names of instances. */
const env = () => ({
  memory: new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true }),
  table: new WebAssembly.Table({ element: "anyfunc", initial: 1 }),
});

describe.each(built)("the build of $piece for $build", ({ piece, build }) => {
  const isCore = piece === "core";
  const code = readFileSync(join(root, `build/kernels/${piece}.${build}.wasm`));
  const text = read(`build/kernels/${piece}.${build}.wat`);
  const module = new WebAssembly.Module(code);
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);

  test("imports only memory, and the core the table of functions", () => {
    const memory = { module: "env", name: "memory", kind: "memory" };
    const table = { module: "env", name: "table", kind: "table" };
    expect(WebAssembly.Module.imports(module)).toEqual(isCore ? [memory, table] : [memory]);
  });

  test("exports its kernels first, in the order of their numbers, and nothing but functions; inner ones by their indices", () => {
    const kernels = (pieces.get(piece) ?? []).map(({ name }) => name);
    expect(kernels.length).toBeGreaterThan(0);
    expect(names.slice(0, kernels.length)).toEqual(kernels);
    const others = ["heapBase", "setup", ...(isCore ? ["fork", "join", "rouse", "work", "replay"] : [])];
    expect(names.slice(kernels.length).filter((name) => !/^\$\d+$/.test(name))).toEqual(others);
    expect(new Set(WebAssembly.Module.exports(module).map(({ kind }) => kind))).toEqual(new Set(["function"]));
  });

  test("is what the library inlines", async () => {
    const inlined = (await import(/* @vite-ignore */ join(root, `src/kernels/generated/pieces/${piece}.ts`))) as Record<string, Piece>;
    expect(Buffer.from(bytesOf(inlined[piece][build as "simd" | "relaxed"])).equals(code)).toBe(true);
  });

  test("holds no allocator", () => {
    expect(text).not.toMatch(/\bmemory\.grow\b/);
    expect(names.filter((name) => /^__|alloc|^new$|^pin$|collect/i.test(name))).toEqual([]);
  });

  test("has no mutable globals but those of threads.ts, which are thread-local", () => {
    const globals = [...text.matchAll(/\(global \$(\S+) \(mut/g)].map(([, name]) => name);
    const own = ["assembly/threads/slab", "assembly/threads/status", "assembly/threads/wide"];
    expect(globals.filter((name) => !own.includes(name))).toEqual([]);
  });

  test(`has at most ${LIMIT_KB} kB compressed`, () => {
    expect(gzipSync(code, { level: 9 }).length / 1000).toBeLessThanOrEqual(LIMIT_KB);
  });

  test("rebuilds no constant in an innermost loop", () => {
    expect(constantsInLoops(text)).toEqual([]);
  });

  test("calls nothing through a table, but for kernels that threads share and those of a captured step", () => {
    const callers = text.split(/^ \(func /m).filter((body) => /\bcall_indirect\b/.test(body));
    const names = callers.map((body) => body.split(/\s/, 1)[0]).sort();
    expect(names).toEqual(isCore ? ["$assembly/forkJoin/fork", "$assembly/forkJoin/work", "$assembly/replay/replay"] : []);
  });

  test("uses relaxed SIMD only where it should, and only multiply-add", () => {
    const used = [...new Set(text.match(/\b[if]\d+x\d+\.relaxed_\w+/g))].sort();
    expect(used.filter((name) => build === "simd" || !MULTIPLY_ADDS.includes(name))).toEqual([]);
    if (isCore) expect(used.length).toBe(build === "relaxed" ? MULTIPLY_ADDS.length : 0);
  });
});

test.each(["simd", "relaxed"])("the pieces' tables lie behind each other and below the heap, %s", (build) => {
  let end = 1024;
  for (const piece of pieces.keys()) {
    const path = `build/kernels/${piece}.${build}`;
    const places = [...read(`${path}.wat`).matchAll(/^ \(data \$\S+ \(i32\.const (\d+)\)/gm)].map(([, place]) => Number(place));
    for (const place of places) expect(place).toBeGreaterThanOrEqual(end);
    const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(join(root, `${path}.wasm`))), { env: env() });
    end = (instance.exports as { heapBase(): number }).heapBase();
    if (piece === "core") expect(places.length).toBeGreaterThan(5);
  }
  expect(end).toBeLessThanOrEqual(HEAP_BASE);
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
