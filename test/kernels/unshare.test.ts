import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { unshareMemoryImport } from "../../src/kernels/unshare.js";
import { root } from "../support/repository.js";

interface Exports {
  setup(scratch: number, status: number): void;
  relu(args: number, from: number, to: number): void;
}

describe.each(["simd", "relaxed"])("the %s build over a memory that is not shared", (build) => {
  const code = new Uint8Array(readFileSync(join(root, `build/kernels/core.${build}.wasm`)));
  const patched = unshareMemoryImport(code);
  const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
  const memory = () => new WebAssembly.Memory({ initial: 128, maximum: 16384, shared: false });

  test("needs the patch", () => {
    expect(() => new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory: memory(), table } })).toThrow(
      WebAssembly.LinkError,
    );
  });

  test("differs in one bit", () => {
    const places = [...code.keys()].filter((i) => code[i] !== patched[i]);
    expect(places.length).toBe(1);
    expect(code[places[0]] ^ patched[places[0]]).toBe(2);
  });

  test("runs", () => {
    const target = memory();
    const kernels = new WebAssembly.Instance(new WebAssembly.Module(patched as BufferSource), { env: { memory: target, table } })
      .exports as unknown as Exports;
    kernels.setup(4 << 20, 64);
    const x = new Float32Array(target.buffer, 1 << 20, 7).fill(-1);
    x[3] = 5;
    new Uint32Array(target.buffer, 256, 2).set([1 << 20, 2 << 20]);
    kernels.relu(256, 0, 7);
    expect([...new Float32Array(target.buffer, 2 << 20, 7)]).toEqual([0, 0, 0, 5, 0, 0, 0]);
  });
});

test("the memory is found behind other imports", () => {
  const name = (text: string) => [text.length, ...[...text].map((c) => c.charCodeAt(0))];
  // A table with a maximum, a function of type 0, a global; then a shared memory of 1 to 2 pages.
  const before = [
    ...name("e"),
    ...name("t"),
    1,
    0x70,
    1,
    1,
    200,
    1,
    ...name("e"),
    ...name("f"),
    0,
    0,
    ...name("e"),
    ...name("g"),
    3,
    0x7f,
    0,
  ];
  const imports = [4, ...before, ...name("e"), ...name("m"), 2, 3, 1, 2];
  const code = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, imports.length, ...imports]);
  expect(WebAssembly.validate(code)).toBe(true);
  const places = [...code.keys()].filter((i) => code[i] !== unshareMemoryImport(code)[i]);
  expect(places).toEqual([code.length - 3]);
});

test("a module without a memory import stays as it is", () => {
  const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  expect(unshareMemoryImport(empty)).toEqual(empty);
});
