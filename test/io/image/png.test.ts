import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { decodePng } from "../../../src/io/image/png.js";
import * as platform from "../../../src/kernels/platform.js";
import { rejection } from "../../support/errors.js";
import { PNG_BEGIN, type PngSpec, png, pngChunk, pngHeader, pngLines } from "../../support/png.js";

const MOST = 1_000_000;
const read = (bytes: Uint8Array, maxPixels = MOST) => decodePng("read", bytes, maxPixels);
const file = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat([PNG_BEGIN, ...parts]));
const END = pngChunk("IEND", new Uint8Array(0));

/** A sample that differs from its neighbours. */
const sample = (x: number, y: number, channel: number, most: number) => (x * 37 + y * 101 + channel * 59 + x * y) % (most + 1);

const kinds = ([0, 2, 4, 6] as const).flatMap((type) => (type === 0 ? [1, 2, 4, 8, 16] : [8, 16]).map((depth) => ({ type, depth })));

describe.each([false, true])("interlaced: %s", (interlaced) => {
  test.each(kinds)("colour type $type of $depth bits, in every extent from 1 × 1 to 9 × 9", async ({ type, depth }) => {
    const channels = { 0: 1, 2: 3, 4: 2, 6: 4 }[type];
    const most = 2 ** depth - 1;
    for (const [width, height] of [
      [1, 1],
      [2, 9],
      [9, 2],
      [3, 5],
      [8, 8],
      [9, 9],
    ]) {
      const pixel = (x: number, y: number) => Array.from({ length: channels }, (_, channel) => sample(x, y, channel, most));
      const image = await read(png({ width, height, type, depth, interlaced, pixel }));
      expect([image.width, image.height, image.channels]).toEqual([width, height, channels]);
      const expected: number[] = [];
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) expected.push(...pixel(x, y).map((v) => Math.round((v * 255) / most)));
      expect([...image.bytes]).toEqual(expected);
    }
  });

  test.each([1, 2, 4, 8])("a palette, its numbers of %i bits", async (depth) => {
    const colours = 2 ** depth;
    const palette = Array.from({ length: 3 * colours }, (_, i) => (i * 83) % 256);
    const index = (x: number, y: number) => sample(x, y, 0, colours - 1);
    const image = await read(png({ width: 9, height: 7, type: 3, depth, interlaced, palette, pixel: (x, y) => [index(x, y)] }));
    const expected: number[] = [];
    for (let y = 0; y < 7; y++) for (let x = 0; x < 9; x++) expected.push(...palette.slice(3 * index(x, y), 3 * index(x, y) + 3));
    expect(image.channels).toBe(3);
    expect([...image.bytes]).toEqual(expected);
  });
});

test("a file of another encoder", async () => {
  const image = await read(new Uint8Array(readFileSync("test/fixtures/images/rgb.png")));
  expect(image).toMatchObject({ width: 5, height: 3, channels: 3 });
  expect([...image.bytes]).toEqual(Array.from({ length: 45 }, (_, i) => i * 5));
});

const SPEC: PngSpec = { width: 4, height: 3, type: 2, depth: 8, pixel: (x, y) => [x, y, 9] };

test("where the platform has streams only, as in browsers, they unpack the pixels, and no more of them than there are", async () => {
  const whole = await read(png(SPEC));
  vi.spyOn(platform, "builtin").mockReturnValue(undefined);
  try {
    expect(await read(png(SPEC))).toEqual(whole);
    const header = pngHeader(4, 3, 8, 2);
    for (const bytes of [new Uint8Array(1 << 26), pngLines(SPEC).subarray(1)]) {
      expect(await rejection(() => read(file(header, pngChunk("IDAT", deflateSync(bytes)), END)))).toMatch(/^FILE .*do not hold 39 bytes/);
    }
  } finally {
    vi.restoreAllMocks();
  }
});

test("chunks of other programs, and what stands behind the end, are passed over", async () => {
  const bytes = png(SPEC);
  const end = bytes.length - END.length;
  const text = pngChunk("tEXt", Buffer.from("Author\0somebody"));
  expect(await read(new Uint8Array(Buffer.concat([bytes.subarray(0, end), text, END, Buffer.from("a film")])))).toEqual(await read(bytes));
});

test("a file that claims more pixels than it may is refused before anything is allocated", async () => {
  const claim = file(pngHeader(100_000, 100_000, 8, 6), pngChunk("IDAT", deflateSync(new Uint8Array(100))), END);
  const told =
    "FILE read: the image says that it is 100000 × 100000 pixels; at most 1000000 are read. If the image is really so large, raise maxPixels.";
  expect(await rejection(() => read(claim))).toBe(told);
  // Even where so many are allowed, no more is taken than the file holds.
  const before = process.memoryUsage().arrayBuffers;
  expect(await rejection(() => read(claim, 2 ** 40))).toMatch(/do not hold/);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 24);
});

describe("a file is refused, and the error says why", () => {
  const data = pngChunk("IDAT", deflateSync(pngLines(SPEC)));
  const header = pngHeader(4, 3, 8, 2);
  const indexed = pngHeader(4, 1, 8, 3);
  const row = pngChunk("IDAT", deflateSync(Uint8Array.from([0, 0, 1, 2, 3])));
  const cases: [string, Uint8Array, RegExp][] = [
    ["truncated", png(SPEC).subarray(0, -13), /has no end at \d+ bytes; it is truncated/],
    ["without pixels", file(header, END), /it has no pixels/],
    ["without a header", file(data, END), /the first chunk is IDAT; expected IHDR/],
    ["two headers", file(header, header, data, END), /two headers/],
    ["a short header", file(pngChunk("IHDR", new Uint8Array(12)), data, END), /the PNG header has 12 bytes; expected 13/],
    ["3 bits", file(pngHeader(4, 3, 3, 0), data, END), /colour type 0 of 3 bits/],
    ["colour type 7", file(pngHeader(4, 3, 8, 7), data, END), /colour type 7 of 8 bits/],
    ["another compression", file(pngHeader(4, 3, 8, 2, [1, 0, 0]), data, END), /compression 1/],
    ["another filter", file(pngHeader(4, 3, 8, 2, [0, 1, 0]), data, END), /filter 1/],
    ["another interlace", file(pngHeader(4, 3, 8, 2, [0, 0, 2]), data, END), /interlace 2/],
    ["no extent", file(pngHeader(0, 3, 8, 2), data, END), /is 0 × 3 pixels/],
    ["torn pixels", file(header, data, pngChunk("tEXt", new Uint8Array(3)), data, END), /torn apart/],
    ["an unknown chunk that matters", file(header, pngChunk("ABCD", new Uint8Array(0)), data, END), /the chunk ABCD is unknown/],
    ["no palette", file(indexed, row, END), /it has no palette/],
    ["half a colour", file(indexed, pngChunk("PLTE", new Uint8Array(4)), row, END), /a palette of 4 bytes/],
    ["a late palette", file(indexed, row, pngChunk("PLTE", new Uint8Array(12)), END), /a palette of 12 bytes/],
    ["a colour too many", file(indexed, pngChunk("PLTE", new Uint8Array(9)), row, END), /a pixel of colour 3; its palette has 3 colours/],
    ["another filter of a row", file(header, pngChunk("IDAT", deflateSync(new Uint8Array(39).fill(5))), END), /row 0 .* has filter 5/],
    ["too few rows", file(header, pngChunk("IDAT", deflateSync(pngLines(SPEC).subarray(13))), END), /do not hold 39 bytes/],
    ["a bomb", file(header, pngChunk("IDAT", deflateSync(new Uint8Array(1 << 26))), END), /do not hold 39 bytes/],
    ["no zlib data", file(header, pngChunk("IDAT", new Uint8Array(20)), END), /are damaged/],
  ];
  test.each(cases)("%s", async (_, bytes, expected) => {
    const told = await rejection(() => read(bytes));
    expect(told).toMatch(/^FILE read: /);
    expect(told).toMatch(expected);
  });

  test("any bit that is flipped", async () => {
    const whole = png(SPEC);
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const bytes = whole.slice();
      bytes[bit >> 3] ^= 1 << (bit & 7);
      if (bit < 64) continue;
      expect(await rejection(() => read(bytes)), `bit ${bit}`).toMatch(/^FILE /);
    }
  });
});
