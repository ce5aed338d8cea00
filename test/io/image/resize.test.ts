import { describe, expect, test } from "vitest";
import { type Planes, planesOf } from "../../../src/io/image/raster.js";
import { resized, type Window } from "../../../src/io/image/resize.js";

/** A row of one plane, scaled. */
const row = (values: readonly number[], to: number) => [
  ...resized({ channels: 1, height: 1, width: values.length, bytes: Uint8Array.from(values) }, whole(values.length, 1), 1, to).bytes,
];
const whole = (width: number, height: number): Window => ({ left: 0, top: 0, width, height });

/** By the definition: each output is the mean of all inputs, weighed by a triangle around its place. */
function naive({ channels, width, height, bytes }: Planes, from: Window, toHeight: number, toWidth: number): number[] {
  const weight = (i: number, begin: number, size: number, outputs: number, j: number) => {
    const scale = size / outputs;
    return Math.max(0, 1 - Math.abs(j + 0.5 - (begin + (i + 0.5) * scale)) / Math.max(1, scale));
  };
  const out: number[] = [];
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < toHeight; y++) {
      for (let x = 0; x < toWidth; x++) {
        let [sum, all] = [0, 0];
        for (let j = 0; j < height; j++) {
          for (let i = 0; i < width; i++) {
            const w = weight(y, from.top, from.height, toHeight, j) * weight(x, from.left, from.width, toWidth, i);
            sum += w * bytes[(c * height + j) * width + i];
            all += w;
          }
        }
        out.push(sum / all);
      }
    }
  }
  return out;
}

describe("scaling", () => {
  test("a row, worked by hand", () => {
    // Half the width: the weights 1, 3, 3, 1 over 8; at the ends 3, 3, 1 over 7.
    expect(row([0, 0, 0, 80, 80, 80], 3)).toEqual([0, 40, 80]);
    expect(row([70, 0, 0, 0, 0, 0], 3)).toEqual([30, 0, 0]);
    // Twice the width: a quarter of the neighbour.
    expect(row([0, 100], 4)).toEqual([0, 25, 75, 100]);
  });

  test("any extent, and any part, by the definition", () => {
    const image: Planes = { channels: 3, width: 13, height: 7, bytes: Uint8Array.from({ length: 273 }, (_, i) => (i * 89 + i * i) % 256) };
    for (const from of [whole(13, 7), { left: 3, top: 0, width: 7, height: 7 }, { left: 2.5, top: 1.25, width: 8, height: 4.5 }]) {
      for (const [height, width] of [
        [7, 13],
        [1, 1],
        [3, 5],
        [20, 31],
        [2, 40],
        [14, 2],
      ]) {
        const { bytes } = resized(image, from, height, width);
        const expected = naive(image, from, height, width);
        expect(bytes.length).toBe(expected.length);
        for (const [i, value] of expected.entries()) expect(Math.abs(bytes[i] - value)).toBeLessThanOrEqual(0.5 + 1e-9);
      }
    }
  });

  test("an image of one colour keeps it", () => {
    for (const value of [0, 1, 127, 255]) expect(new Set(row(Array(101).fill(value), 37))).toEqual(new Set([value]));
  });
});

describe("planes", () => {
  const pixels = (channels: number, ...bytes: number[]) => ({
    width: bytes.length / channels,
    height: 1,
    channels,
    bytes: Uint8Array.from(bytes),
  });

  test("of grey, colour, and either with alpha, which is dropped", () => {
    expect([...planesOf(pixels(1, 7, 9), 3).bytes]).toEqual([7, 9, 7, 9, 7, 9]);
    expect([...planesOf(pixels(2, 7, 0, 9, 255), 1).bytes]).toEqual([7, 9]);
    expect([...planesOf(pixels(3, 1, 2, 3, 4, 5, 6), 3).bytes]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...planesOf(pixels(4, 1, 2, 3, 0, 4, 5, 6, 0), 3).bytes]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  test("grey is the luma of BT.601", () => {
    expect([...planesOf(pixels(3, 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255), 1).bytes]).toEqual([76, 150, 29, 255]);
  });
});
