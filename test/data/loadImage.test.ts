import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { type LoadImageOptions, loadImage } from "../../src/data/loadImage.js";
import { rejection } from "../support/errors.js";
import { png } from "../support/png.js";

const folder = "test/fixtures/images";
/** Left half black, right half white. */
const HALVES = png({ width: 8, height: 4, type: 0, depth: 8, pixel: (x) => [x < 4 ? 0 : 255] });

test("a file by its path or URL, and bytes, are a tensor with the channels first", async () => {
  const x = await loadImage(join(folder, "rgb.png"));
  expect([x.shape, x.dtype]).toEqual([[3, 3, 5], "float32"]);
  const red = Array.from({ length: 15 }, (_, i) => Math.fround((15 * i) / 255));
  expect([...x.data.slice(0, 15)]).toEqual(red);
  const bytes = readFileSync(join(folder, "rgb.png"));
  for (const source of [pathToFileURL(join(folder, "rgb.png")), bytes, new Uint8Array(bytes).buffer]) {
    expect((await loadImage(source)).data).toEqual(x.data);
  }
});

test("as grey, as bytes, scaled, cut", async () => {
  const load = async (options: LoadImageOptions) =>
    (await loadImage(HALVES, { dtype: "uint8", colorMode: "grayscale", ...options })).toArray();
  expect(await load({})).toEqual([Array(4).fill([0, 0, 0, 0, 255, 255, 255, 255])]);
  expect(await load({ size: [1, 2] })).toEqual([[[36, 219]]]);
  // Stretched, the halves stay halves; of the middle four columns two are black.
  expect(await load({ size: 4, cropToAspectRatio: true })).toEqual([Array(4).fill([0, 0, 255, 255])]);
  expect((await loadImage(HALVES, { size: [2, 6] })).shape).toEqual([3, 2, 6]);
  expect((await loadImage(join(folder, "progressive.jpg"), { size: 8 })).shape).toEqual([3, 8, 8]);
});

test("a wrong file or option is told", async () => {
  expect(await rejection(() => loadImage("package.json"))).toMatch(
    /^FILE loadImage: package\.json: the file begins with 7b 0a .*; a PNG file begins with 89 50/,
  );
  expect(await rejection(() => loadImage("nowhere.png"))).toMatch(/^FILE loadImage: cannot read nowhere\.png: no such file/);
  expect(await rejection(() => loadImage(new Uint8Array(0)))).toMatch(/^FILE loadImage: the file begins with nothing/);
  expect(await rejection(() => loadImage(HALVES.subarray(0, 20)))).toMatch(/^FILE loadImage: .* truncated/);
  expect(await rejection(() => loadImage(HALVES, { maxPixels: 31 }))).toMatch(/^FILE loadImage: .* 8 × 4 pixels; at most 31 are read/);
  expect(await rejection(() => loadImage(7 as never))).toMatch(/^ARGUMENT loadImage: the bytes are 7/);
  expect(await rejection(() => loadImage(HALVES, { size: 0 }))).toMatch(/^ARGUMENT loadImage: size is 0/);
  expect(await rejection(() => loadImage(HALVES, { imageSize: 8 } as never))).toMatch(/size/);
});
