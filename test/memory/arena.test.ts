import { describe, expect, test } from "vitest";
import { freeParameter, parameterBytes, placeParameter, type Slot } from "../../src/memory/arena.js";
import { views } from "../../src/memory/memory.js";
import { random } from "../support/kernels.js";

const bytesOf = (at: number, bytes: number) => views.u8.subarray(at, at + bytes);
const isZero = (at: number, bytes: number) => bytesOf(at, bytes).every((byte) => byte === 0);

describe("placement", () => {
  test("parameters lie side by side, 64-byte aligned", () => {
    const [a, b, c] = [placeParameter(100), placeParameter(64), placeParameter(1)];
    expect([a.bytes, b.bytes, c.bytes]).toEqual([128, 64, 64]);
    expect(a.at % 64).toBe(0);
    expect(b.at).toBe(a.at + 128);
    expect(c.at).toBe(b.at + 64);
    expect(b.chunk).toBe(a.chunk);
    expect(parameterBytes()).toBe(256);
    for (const slot of [a, b, c]) freeParameter(slot);
    expect(parameterBytes()).toBe(0);
  });

  test("an empty parameter has a place too", () => {
    const slot = placeParameter(0);
    expect(slot.bytes).toBe(64);
    freeParameter(slot);
  });

  test("a freed place is used again, and is zero again", () => {
    const [a, b] = [placeParameter(256), placeParameter(64)];
    bytesOf(a.at, 256).fill(9);
    freeParameter(a);
    const again = placeParameter(256);
    expect(again.at).toBe(a.at);
    expect(isZero(again.at, 256)).toBe(true);
    freeParameter(again);
    freeParameter(b);
  });

  test("what is larger than a chunk has a chunk of its own", () => {
    const small = placeParameter(64);
    const large = placeParameter(20 << 20);
    expect(large.chunk).not.toBe(small.chunk);
    expect(large.chunk.bytes).toBe(20 << 20);
    freeParameter(large);
    freeParameter(small);
  });
});

describe("gaps", () => {
  test.each([[[0, 1, 2]], [[0, 2, 1]], [[1, 0, 2]], [[1, 2, 0]], [[2, 0, 1]], [[2, 1, 0]]])(
    "are joined when neighbours are freed in the order %j",
    (order) => {
      const slots = [placeParameter(64), placeParameter(128), placeParameter(192)];
      const guard = placeParameter(64);
      for (const i of order) freeParameter(slots[i]);
      const joined = placeParameter(64 + 128 + 192);
      expect(joined.at).toBe(slots[0].at);
      freeParameter(joined);
      freeParameter(guard);
      expect(guard.chunk.gaps).toEqual([{ at: guard.chunk.at, bytes: guard.chunk.bytes }]);
    },
  );

  test("cover exactly what is not placed, in order, over random steps", () => {
    const next = random(5);
    const live: Slot[] = [];
    for (let i = 0; i < 2000; i++) {
      if (live.length > 0 && next() < 0.48) freeParameter(live.splice(Math.floor(next() * live.length), 1)[0]);
      else live.push(placeParameter(Math.floor(next() * 5000)));
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
    expect(parameterBytes()).toBe(live.reduce((sum, { bytes }) => sum + bytes, 0));
    for (const slot of live) freeParameter(slot);
    expect(parameterBytes()).toBe(0);
  });
});

describe("sisters", () => {
  test("are one chunk a name, of the same size, zero where parameters lie", () => {
    const slot = placeParameter(1000);
    const gradients = slot.chunk.sister("gradients");
    expect(slot.chunk.sister("gradients")).toBe(gradients);
    expect(slot.chunk.sister("moments")).not.toBe(gradients);
    expect(gradients % 64).toBe(0);
    expect(isZero(gradients + slot.at - slot.chunk.at, slot.bytes)).toBe(true);
    freeParameter(slot);
  });

  test("hold what belongs to a parameter at the parameter's offset, and never each other's", () => {
    const slots = [placeParameter(64), placeParameter(640)];
    const { chunk } = slots[0];
    const names = ["gradients", "m", "v"];
    const place = (name: string, slot: Slot) => bytesOf(chunk.sister(name) + slot.at - chunk.at, slot.bytes);
    for (const [i, name] of names.entries()) for (const [j, slot] of slots.entries()) place(name, slot).fill(10 * i + j + 1);
    for (const [i, name] of names.entries()) {
      for (const [j, slot] of slots.entries()) expect(place(name, slot).every((byte) => byte === 10 * i + j + 1)).toBe(true);
    }
    for (const slot of slots) freeParameter(slot);
  });

  test("are zero where a parameter is placed anew", () => {
    const slot = placeParameter(512);
    const at = slot.chunk.sister("momentum") + slot.at - slot.chunk.at;
    bytesOf(at, 512).fill(3);
    freeParameter(slot);
    const again = placeParameter(512);
    expect(again.at).toBe(slot.at);
    expect(isZero(at, 512)).toBe(true);
    freeParameter(again);
  });

  test("are zero again after they were given back", () => {
    const slot = placeParameter(256);
    const first = slot.chunk.sister("square");
    bytesOf(first + slot.at - slot.chunk.at, 256).fill(5);
    slot.chunk.dropSister("square");
    slot.chunk.dropSister("square");
    const second = slot.chunk.sister("square");
    expect(second).toBe(first);
    expect(isZero(second + slot.at - slot.chunk.at, 256)).toBe(true);
    freeParameter(slot);
  });
});
