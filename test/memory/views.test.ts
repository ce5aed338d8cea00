import { expect, test } from "vitest";
import { allocate, release } from "../../src/memory/heap.js";
import { PAGE } from "../../src/memory/linearMemory.js";
import { growTo, isShared, linearMemory, views } from "../../src/memory/memory.js";
import { allocateArray, BYTES, blockView, copyBlock, type DType, viewOf } from "../../src/memory/views.js";

const DTYPES = Object.keys(BYTES) as DType[];

test("views are made anew when memory grows, and show the same elements", () => {
  const at = allocate(64);
  views.f32[at / 4] = 1.5;
  const old = views.f32;
  const bytes = views.u8.length;
  expect(growTo(bytes + 1)).toBe(true);
  expect(views.u8.length).toBeGreaterThan(bytes);
  expect(views.f32).not.toBe(old);
  expect(views.f32[at / 4]).toBe(1.5);
  expect(views.f64.byteLength).toBe(views.u8.length);
  expect(views.i32.buffer).toBe(linearMemory().buffer);
  expect(views.u32.buffer).toBe(linearMemory().buffer);
  // A shared memory does not detach what was seen before: an old view reads on, but ends where memory ended.
  expect(old.length).toBe(isShared() ? bytes / 4 : 0);
  release(at, 64);
});

test("memory does not grow without need", () => {
  const buffer = views.u8;
  expect(growTo(views.u8.length - PAGE)).toBe(true);
  expect(views.u8).toBe(buffer);
});

test("a page behind the last byte of the heap is memory still: vector loads may reach over the end of a block", () => {
  const end = views.u8.length - 4;
  expect(growTo(end)).toBe(true);
  expect(views.u8.length - end).toBeGreaterThanOrEqual(PAGE);
});

test.each(DTYPES)("%s: blocks, views and arrays agree", (dtype) => {
  const at = allocate(5 * BYTES[dtype]);
  const block = blockView(dtype, at, 5);
  block.set([1, 0, 1, 1, 0]);
  expect(block.BYTES_PER_ELEMENT).toBe(BYTES[dtype]);
  expect(block.byteOffset).toBe(at);
  expect(viewOf(dtype)[at / BYTES[dtype] + 3]).toBe(1);
  const array = allocateArray(dtype, 5);
  expect(array.constructor).toBe(block.constructor);
  expect([...array]).toEqual([0, 0, 0, 0, 0]);
  release(at, 5 * BYTES[dtype]);
});

test.each(DTYPES)("a block of %s is copied, short or long", (dtype) => {
  for (const length of [0, 1, 32, 33, 100]) {
    const bytes = Math.max(1, length * BYTES[dtype]);
    const at = allocate(bytes);
    const right = allocateArray(dtype, length).map((_, i) => (3 * i) % 200);
    blockView(dtype, at, length).set(right);
    const copy = copyBlock(dtype, at, length);
    expect(copy).toEqual(right);
    expect(copy.byteLength).toBe(length * BYTES[dtype]);
    blockView(dtype, at, length).fill(7);
    expect(copy).toEqual(right);
    release(at, bytes);
  }
});
