/** What happens when linear memory has run out: free neighbours are joined, and relievers are asked. Untouched pages cost nothing. */
import { afterEach, expect, test } from "vitest";
import { MemoryError } from "../../src/errors/errors.js";
import { FreeRanges } from "../../src/memory/freeRanges.js";
import { allocate, heapStatistics, registerReliever, release } from "../../src/memory/heap.js";
import { random } from "../support/kernels.js";

const GIB = 2 ** 30;
const MIB = 2 ** 20;

interface Block {
  readonly at: number;
  readonly bytes: number;
}

let held: Block[] = [];
const take = (bytes: number): Block => {
  const block = { at: allocate(bytes), bytes };
  held.push(block);
  return block;
};
const give = (block: Block): void => {
  held = held.filter((other) => other !== block);
  release(block.at, block.bytes);
};
/** Takes blocks until memory has run out. */
function fill(bytes: number): Block[] {
  const blocks: Block[] = [];
  try {
    for (;;) blocks.push(take(bytes));
  } catch (error) {
    if (!(error instanceof MemoryError)) throw error;
  }
  return blocks;
}

afterEach(() => {
  for (const { at, bytes } of held) release(at, bytes);
  held = [];
});

test("ranges are joined with their neighbours, and the smallest that is large enough is cut", () => {
  const ranges = new FreeRanges();
  ranges.add([
    { at: 640, bytes: 64 },
    { at: 64, bytes: 128 },
    { at: 192, bytes: 64 },
    { at: 1024, bytes: 256 },
  ]);
  expect([ranges.cut(64), ranges.cut(128), ranges.cut(192), ranges.cut(512)]).toEqual([640, 64, 1024, 0]);
  ranges.add([
    { at: 640, bytes: 64 },
    { at: 704, bytes: 512 },
  ]);
  // Now one range reaches from 640 to 1280.
  expect([ranges.withdraw(1024), ranges.withdraw(1280), ranges.withdraw(256), ranges.isEmpty]).toEqual([1024, 640, 192, true]);
});

test("large blocks that were given back serve small requests, and small ones large requests", () => {
  const large = fill(GIB);
  expect(large).toHaveLength(3);
  fill(MIB);
  give(large[1]);
  const small = Array.from({ length: 1024 }, () => take(MIB));
  expect(small.every(({ at }) => at >= large[1].at && at < large[1].at + GIB)).toBe(true);
  expect(() => take(2 * MIB)).toThrow(MemoryError);
  for (const block of small) give(block);
  expect(take(GIB).at).toBe(large[1].at);
  for (const block of held) release(block.at, block.bytes);
  held = [];
  // The end of memory moves down again, as far as it is free.
  const most = allocate(3.5 * GIB);
  expect(heapStatistics().reservedBytes).toBe(most + 3.5 * GIB);
  release(most, 3.5 * GIB);
});

test("blocks never overlap, also after neighbours were joined many times", () => {
  const next = random(11);
  fill(256 * MIB);
  const blocks: Block[] = [];
  for (let round = 0; round < 2000; round++) {
    if (next() < 0.4 && blocks.length > 0) give(blocks.splice(Math.floor(next() * blocks.length), 1)[0]);
    else {
      try {
        blocks.push(take(1 + Math.floor(2 ** (10 + 18 * next()))));
      } catch {
        for (const block of blocks.splice(0, 1 + Math.floor(blocks.length / 2))) give(block);
      }
    }
  }
  const all = [...held].sort((a, b) => a.at - b.at);
  for (let i = 1; i < all.length; i++) expect(all[i].at).toBeGreaterThanOrEqual(all[i - 1].at + all[i - 1].bytes);
});

test("relievers are asked in order, as long as they give something back and the request is not met", () => {
  const asked: string[] = [];
  let spare: Block[] = [];
  registerReliever((bytes) => {
    asked.push(`first ${bytes / MIB}`);
    return false;
  });
  registerReliever((bytes) => {
    asked.push(`second ${bytes / MIB}`);
    const block = spare.shift();
    if (block === undefined) return false;
    give(block);
    return true;
  });
  const blocks = fill(512 * MIB);
  fill(MIB);
  asked.length = 0;
  spare = [blocks[2], blocks[3]];
  const place = take(GIB);
  expect(place.at).toBe(Math.min(blocks[2].at, blocks[3].at));
  expect(asked).toEqual(["first 1024", "second 1024", "second 1024"]);
  expect(() => take(GIB)).toThrow(MemoryError);
  expect(asked.slice(3)).toEqual(["first 1024", "second 1024"]);
});
