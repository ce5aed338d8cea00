import { describe, expect, test } from "vitest";
import { Arena, type Slot } from "../../src/memory/arena.js";
import { heapStatistics } from "../../src/memory/heap.js";
import { views } from "../../src/memory/memory.js";
import { random } from "../support/kernels.js";

const arena = new Arena();
const bytesOf = (at: number, bytes: number) => views.u8.subarray(at, at + bytes);
const isZero = (at: number, bytes: number) => bytesOf(at, bytes).every((byte) => byte === 0);

describe("placement", () => {
  test("parameters lie side by side, 64-byte aligned", () => {
    const [a, b, c] = [arena.place(100), arena.place(64), arena.place(1)];
    expect([a.bytes, b.bytes, c.bytes]).toEqual([128, 64, 64]);
    expect(a.at % 64).toBe(0);
    expect(b.at).toBe(a.at + 128);
    expect(c.at).toBe(b.at + 64);
    expect(b.chunk).toBe(a.chunk);
    expect(arena.used).toBe(256);
    for (const slot of [a, b, c]) arena.free(slot);
    expect(arena.used).toBe(0);
  });

  test("an empty parameter has a place too", () => {
    const slot = arena.place(0);
    expect(slot.bytes).toBe(64);
    arena.free(slot);
  });

  test("a freed place is used again, and is zero again", () => {
    const [a, b] = [arena.place(256), arena.place(64)];
    bytesOf(a.at, 256).fill(9);
    arena.free(a);
    const again = arena.place(256);
    expect(again.at).toBe(a.at);
    expect(isZero(again.at, 256)).toBe(true);
    arena.free(again);
    arena.free(b);
  });

  test.each([20 << 20, (17 << 20) + 64])("what is larger than a chunk (%d bytes) has a chunk of its own, for itself alone", (bytes) => {
    const small = arena.place(64);
    const large = arena.place(bytes);
    expect(large.chunk).not.toBe(small.chunk);
    expect(large.chunk.bytes).toBe(bytes);
    const others = Array.from({ length: 40 }, () => arena.place(1 << 20));
    expect(others.some(({ chunk }) => chunk === large.chunk)).toBe(false);
    for (const slot of [large, small, ...others]) arena.free(slot);
  });
});

describe("gaps", () => {
  test.each([[[0, 1, 2]], [[0, 2, 1]], [[1, 0, 2]], [[1, 2, 0]], [[2, 0, 1]], [[2, 1, 0]]])(
    "are joined when neighbours are freed in the order %j",
    (order) => {
      const slots = [arena.place(64), arena.place(128), arena.place(192)];
      const guard = arena.place(64);
      for (const i of order) arena.free(slots[i]);
      const joined = arena.place(64 + 128 + 192);
      expect(joined.at).toBe(slots[0].at);
      arena.free(joined);
      const [gap] = guard.chunk.gaps;
      expect([gap.at, gap.bytes]).toEqual([slots[0].at, 64 + 128 + 192]);
      arena.free(guard);
      expect(guard.chunk.gaps).toEqual([{ at: guard.chunk.at, bytes: guard.chunk.bytes }]);
    },
  );

  test("what the caller writes himself is left as it is, the rest up to the alignment is zeroed", () => {
    const [before, beside] = [arena.place(256), arena.place(64)];
    views.u8.fill(7, before.at, before.at + 256);
    arena.free(before);
    const again = arena.place(250, 250);
    const { at } = again;
    expect(at).toBe(before.at);
    expect(views.u8[at]).toBe(7);
    expect([...views.u8.slice(at + 250, at + 256)]).toEqual([0, 0, 0, 0, 0, 0]);
    arena.free(again);
    arena.free(beside);
  });

  test("cover exactly what is not placed, in order, over random steps", () => {
    const next = random(5);
    const live: Slot[] = [];
    for (let i = 0; i < 2000; i++) {
      if (live.length > 0 && next() < 0.48) arena.free(live.splice(Math.floor(next() * live.length), 1)[0]);
      else live.push(arena.place(Math.floor(next() * 5000)));
    }
    for (const chunk of new Set(live.map((slot) => slot.chunk))) {
      const placed = live.filter((slot) => slot.chunk === chunk).map(({ at, bytes }) => ({ at, bytes, gap: false }));
      const pieces = [...placed, ...chunk.gaps.map(({ at, bytes }) => ({ at, bytes, gap: true }))].sort((a, b) => a.at - b.at);
      let end = chunk.at;
      for (const [i, piece] of pieces.entries()) {
        expect(piece.at).toBe(end);
        expect(piece.gap && i > 0 && pieces[i - 1].gap).toBe(false);
        end += piece.bytes;
      }
      expect(end).toBe(chunk.at + chunk.bytes);
    }
    expect(arena.used).toBe(live.reduce((sum, { bytes }) => sum + bytes, 0));
    for (const slot of live) arena.free(slot);
    expect(arena.used).toBe(0);
  });
});

describe("chunks", () => {
  test("grow with what is placed: a few bytes take 64 KiB, and no more than a quarter is free", () => {
    const before = heapStatistics().liveBytes;
    const live: Slot[] = [];
    const taken = () => heapStatistics().liveBytes - before;
    live.push(arena.place(100));
    expect(taken()).toBe(64 << 10);
    while (arena.used < 8 << 20) live.push(arena.place(3000));
    expect(taken()).toBeLessThan(1.25 * arena.used + (64 << 10));
    expect(new Set(live.map(({ chunk }) => chunk)).size).toBeLessThan(30);
    for (const slot of live) arena.free(slot);
  });

  test("are at most 16 MiB unless one place needs more", () => {
    const large = arena.place(100 << 20);
    const next = arena.place(20 << 20);
    const small = [arena.place(10 << 20), arena.place(10 << 20)];
    expect(large.chunk.bytes).toBeLessThanOrEqual(112 << 20);
    expect(next.chunk.bytes).toBe(20 << 20);
    for (const { chunk } of small) expect([large.chunk.bytes, 16 << 20]).toContain(chunk.bytes);
    for (const slot of [large, next, ...small]) arena.free(slot);
  });

  test("go back to the heap with the last place in them, their sister with them", () => {
    const before = heapStatistics();
    const slots = [arena.place(1 << 20), arena.place(64), arena.place(3 << 20)];
    for (const { chunk } of slots) chunk.sister();
    expect(heapStatistics().liveBytes - before.liveBytes).toBeGreaterThan(8 << 20);
    for (const slot of slots) arena.free(slot);
    expect(heapStatistics()).toMatchObject({ liveBytes: before.liveBytes, liveBlocks: before.liveBlocks });
    expect(slots.some(({ at }) => arena.holds(at))).toBe(false);
  });
});

describe("the sister", () => {
  test("is one chunk of the same size, zero where something is placed", () => {
    const slot = arena.place(1000);
    const sister = slot.chunk.sister();
    expect(slot.chunk.sister()).toBe(sister);
    expect(sister % 64).toBe(0);
    expect(isZero(sister + slot.at - slot.chunk.at, slot.bytes)).toBe(true);
    expect(arena.holds(sister + slot.chunk.bytes - 1)).toBe(true);
    arena.free(slot);
  });

  test("holds what belongs to a place at the same offset", () => {
    const slots = [arena.place(64), arena.place(640)];
    const { chunk } = slots[0];
    const places = slots.map(({ at, bytes }) => bytesOf(chunk.sister() + at - chunk.at, bytes));
    for (const [i, place] of places.entries()) place.fill(i + 1);
    for (const [i, place] of places.entries()) expect(place.every((byte) => byte === i + 1)).toBe(true);
    for (const slot of slots) arena.free(slot);
  });

  test("is zero where something is placed anew", () => {
    const guard = arena.place(64);
    const slot = arena.place(512);
    const at = slot.chunk.sister() + slot.at - slot.chunk.at;
    bytesOf(at, 512).fill(3);
    arena.free(slot);
    const again = arena.place(512);
    expect(again.at).toBe(slot.at);
    expect(isZero(at, 512)).toBe(true);
    for (const placed of [guard, again]) arena.free(placed);
  });
});
