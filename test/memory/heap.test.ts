import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allocate, classBytes, heapStatistics, release, sizeClass } from "../../src/memory/heap.js";
import { HEAP_BASE, views } from "../../src/memory/memory.js";
import { random } from "../support/kernels.js";

const CLASSES = sizeClass(2 ** 32) + 1;
const size = fc.oneof(fc.integer({ min: 1, max: 4096 }), fc.integer({ min: 1, max: 2 ** 32 - 1 }), fc.constant(2 ** 32));

describe("size classes", () => {
  test("are multiples of 64 bytes, four an octave, rising to 4 GiB", () => {
    const classes = Array.from({ length: CLASSES }, (_, i) => classBytes(i));
    expect(classes.slice(0, 13)).toEqual([64, 128, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1280]);
    expect(classes.at(-1)).toBe(2 ** 32);
    for (let i = 0; i < CLASSES; i++) {
      expect(classes[i] % 64).toBe(0);
      if (i > 0) expect(classes[i]).toBeGreaterThan(classes[i - 1]);
      if (i >= 8) expect(classes[i]).toBe(2 * classes[i - 4]);
    }
  });

  test("an empty block is a block", () => {
    expect(sizeClass(0)).toBe(0);
  });

  test("hold what is asked, and no smaller class does", () => {
    fc.assert(
      fc.property(size, (bytes) => {
        const index = sizeClass(bytes);
        expect(classBytes(index)).toBeGreaterThanOrEqual(bytes);
        if (index > 0) expect(classBytes(index - 1)).toBeLessThan(bytes);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test("are exact at their own bounds", () => {
    for (let i = 0; i < CLASSES; i++) {
      expect(sizeClass(classBytes(i))).toBe(i);
      if (i + 1 < CLASSES) expect(sizeClass(classBytes(i) + 1)).toBe(i + 1);
    }
  });

  test("are monotone", () => {
    fc.assert(
      fc.property(size, size, (a, b) => sizeClass(Math.min(a, b)) <= sizeClass(Math.max(a, b))),
      { seed: 2, numRuns: 2000 },
    );
  });

  test("waste less than a quarter above 256 bytes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 257, max: 2 ** 32 }), (bytes) => classBytes(sizeClass(bytes)) < 1.25 * bytes + 64),
      { seed: 3, numRuns: 2000 },
    );
  });
});

describe("allocate and release", () => {
  test("blocks are 64-byte aligned, above the tables, and do not overlap", () => {
    const next = random(4);
    const blocks = Array.from({ length: 300 }, () => {
      const bytes = 1 + Math.floor(next() * 100_000);
      return { at: allocate(bytes), bytes };
    });
    blocks.sort((a, b) => a.at - b.at);
    for (const [i, { at, bytes }] of blocks.entries()) {
      expect(at % 64).toBe(0);
      expect(at).toBeGreaterThanOrEqual(i === 0 ? HEAP_BASE : blocks[i - 1].at + blocks[i - 1].bytes);
      expect(at + bytes).toBeLessThanOrEqual(views.u8.length);
    }
    for (const { at, bytes } of blocks) release(at, bytes);
  });

  test("a released block is the next of its class, also for another size of the class", () => {
    const at = allocate(1000);
    release(at, 1000);
    expect(allocate(1024)).toBe(at);
    release(at, 1024);
    expect(allocate(897)).toBe(at);
    const other = allocate(1000);
    expect(other).not.toBe(at);
    release(at, 897);
    release(other, 1000);
  });

  test("keep the content of a block while others come and go", () => {
    const at = allocate(4096);
    views.u8.fill(7, at, at + 4096);
    for (let i = 1; i < 200; i++) {
      const other = allocate(i * 100);
      views.u8.fill(i, other, other + i * 100);
      if (i % 3 > 0) release(other, i * 100);
    }
    expect(views.u8.subarray(at, at + 4096).every((byte) => byte === 7)).toBe(true);
    release(at, 4096);
  });

  test("nothing grows over 20,000 alternating steps", () => {
    // Two kinds of steps, as training and validation alternate: the same sizes in another order, one of them larger.
    const sizes = [
      [512, 40_000, 1024, 4, 40_000, 320],
      [40_000, 1024, 512, 320, 80_000, 4],
    ];
    const step = (bytes: readonly number[]): void => {
      const blocks = bytes.map((n) => allocate(n));
      for (const [i, at] of blocks.entries()) release(at, bytes[i]);
    };
    step(sizes[0]);
    step(sizes[1]);
    const { reservedBytes, liveBytes, liveBlocks } = heapStatistics();
    const buffer = views.u8;
    for (let i = 0; i < 20_000; i++) step(sizes[i % 2]);
    expect(heapStatistics()).toMatchObject({ reservedBytes, liveBytes, liveBlocks });
    expect(views.u8).toBe(buffer);
  });
});

test("statistics count what is live in the bytes of its class, and remember the peak", () => {
  const before = heapStatistics();
  const a = allocate(65);
  const b = allocate(1_000_000);
  const during = heapStatistics();
  expect(during.liveBytes - before.liveBytes).toBe(128 + 1_048_576);
  expect(during.liveBlocks - before.liveBlocks).toBe(2);
  expect(during.peakBytes).toBeGreaterThanOrEqual(during.liveBytes);
  release(a, 65);
  release(b, 1_000_000);
  const { liveBytes, liveBlocks, peakBytes, limitBytes } = heapStatistics();
  expect({ liveBytes, liveBlocks }).toEqual({ liveBytes: before.liveBytes, liveBlocks: before.liveBlocks });
  expect(peakBytes).toBe(during.peakBytes);
  expect(limitBytes).toBe(2 ** 32 - 65536);
});
