/** Where memory ends. Blocks far up are had by taking all below them: pages that nobody touches cost nothing. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MemoryError } from "../../src/errors/errors.js";
import * as kernels from "../../src/kernels/generated.js";
import { allocate, classBytes, heapStatistics, release, sizeClass } from "../../src/memory/heap.js";
import { type Holder, registerHolders } from "../../src/memory/holders.js";
import { PAGE } from "../../src/memory/linearMemory.js";
import { growTo, views } from "../../src/memory/memory.js";
import { Block, builds, normals, withBuild } from "../support/kernels.js";

const LIMIT = 2 ** 32 - PAGE;
const N = 1037;

/** What the tests of this file hold, from the lowest address up. */
const taken: { at: number; bytes: number }[] = [];

function take(bytes: number): number {
  const at = allocate(bytes);
  taken.push({ at, bytes });
  return at;
}

function messageOf(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    if (error instanceof MemoryError) return error.message;
    throw error;
  }
  throw new Error("expected a MemoryError");
}

/** All builds compute the same from and to where `place` puts blocks. */
function checkKernels(place: (floats: number) => Block): void {
  const input = normals(N, 6);
  const [x, y, out] = [place(N), place(N), place(N)];
  x.view().set(input);
  y.view().set(input.map((value, i) => (i % 3) - value));
  const strides = { n1: 1, n2: 1, n3: N, a0: 0, a1: 0, a2: 0, a3: 1, b0: 0, b1: 0, b2: 0, b3: 1 };
  for (const build of builds) {
    withBuild(build, () => {
      out.view().fill(-7);
      kernels.relu({ x: x.at, out: out.at }, 0, N);
      expect([...out.read()], `${build}: relu`).toEqual([...input].map((value) => Math.max(value, 0)));
      kernels.add({ a: x.at, b: y.at, out: out.at, ...strides }, 0, N);
      expect([...out.read()], `${build}: add`).toEqual([...input].map((value, i) => Math.fround(value + y.view()[i])));
      kernels.copy({ x: x.at, out: out.at }, 5, N);
      expect([...out.read()].slice(5), `${build}: copy`).toEqual([...input].slice(5));
      expect([...x.read()]).toEqual([...input]);
    });
  }
  for (const block of [x, y, out]) block.free();
}

beforeAll(() => {
  // The builds take their scratch while there is room.
  for (const build of builds) withBuild(build, () => undefined);
});

afterAll(() => {
  for (const { at, bytes } of taken) release(at, bytes);
});

describe("past 2 GiB", () => {
  test("kernels read and write blocks", () => {
    take(2 ** 31);
    checkKernels((floats) => new Block(floats));
    expect(take(64)).toBeGreaterThan(2 ** 31);
  });

  test("a block may lie across 2 GiB", () => {
    const across = taken[0];
    expect(across.at).toBeLessThan(2 ** 31);
    expect(across.at + across.bytes).toBeGreaterThan(2 ** 31);
    // The last elements below and the first above: a range that starts inside the block.
    const first = (2 ** 31 - across.at) / 4 - 9;
    for (const build of builds) {
      withBuild(build, () => {
        for (let i = -9; i < 9; i++) views.f32[2 ** 29 + i] = i;
        kernels.relu({ x: across.at, out: across.at }, first, first + 18);
        const seen = Array.from({ length: 18 }, (_, i) => views.f32[2 ** 29 + i - 9]);
        expect(seen, build).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
      });
    }
  });
});

describe("near 4 GiB", () => {
  /** Blocks of N floats that end at the very end of what is handed out. */
  const bytes = classBytes(sizeClass(4 * (N + 16)));

  test("the heap fills up to the last page and not beyond", () => {
    for (let block = 2 ** 30; block >= bytes; block /= 2) {
      while (heapStatistics().reservedBytes + classBytes(sizeClass(block)) + 4 * bytes <= LIMIT) take(block);
    }
    expect(LIMIT - heapStatistics().reservedBytes).toBeGreaterThanOrEqual(3 * bytes);
    checkKernels((floats) => new Block(floats));
    while (heapStatistics().reservedBytes + bytes <= LIMIT) take(bytes);
    while (heapStatistics().reservedBytes + 64 <= LIMIT) take(64);
    expect(heapStatistics().reservedBytes).toBe(LIMIT);
    expect(views.u8.length).toBe(2 ** 32);
    expect(growTo(LIMIT + 1)).toBe(false);
    expect(Math.max(...taken.map(({ at, bytes: n }) => at + n))).toBe(LIMIT);
  });

  test("no page was touched for it", () => {
    expect(process.memoryUsage().rss).toBeLessThan(1e9);
  });

  test("running out says what was asked, what is live and what to do", () => {
    const { liveBlocks } = heapStatistics();
    expect(messageOf(() => allocate(2 ** 24))).toBe(
      `memory: 16 MiB do not fit: 4.0 GiB in ${liveBlocks} blocks are live, 4.0 GiB is the limit. ` +
        "Use a smaller batch, wrap inference in noGrad, or compute parts of the model again with recompute.",
    );
  });

  test.each([2 ** 32, 2 ** 32 + 1, 5e9, 2 ** 40])("a request of %d bytes is refused like any other", (request) => {
    expect(messageOf(() => allocate(request))).toMatch(/^memory: [\d.]+ GiB do not fit: /);
  });

  test("it names the five largest holders", () => {
    const { liveBlocks } = heapStatistics();
    const holder = (what: string, mebibytes: number): Holder => ({ kind: "data", what, bytes: mebibytes * 2 ** 20 });
    registerHolders(() => [holder("a", 3), holder("b", 1)]);
    registerHolders(() => ["c", "d", "e", "f"].map((what, i) => holder(what, i + 4)));
    expect(messageOf(() => allocate(20 * 2 ** 20))).toBe(
      `memory: 20 MiB do not fit: 4.0 GiB in ${liveBlocks} blocks are live (copies of data 26 MiB), 4.0 GiB is the limit; ` +
        "largest: f 7 MiB, e 6 MiB, d 5 MiB, c 4 MiB, a 3 MiB. " +
        "Use a smaller batch, and call unpin() on tensors that you do not use in every step.",
    );
  });

  test("a refused request leaves the heap as it was, and usable", () => {
    const before = heapStatistics();
    for (let i = 0; i < 5; i++) expect(() => allocate(2 ** 28)).toThrow(MemoryError);
    expect(heapStatistics()).toEqual(before);
    const last = taken.findLastIndex((block) => block.bytes === bytes);
    const [{ at }] = taken.splice(last, 1);
    release(at, bytes);
    expect(allocate(bytes)).toBe(at);
    release(at, bytes);
  });
});
