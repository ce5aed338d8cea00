import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { PeerError } from "../../../src/errors/errors.js";
import { decodeJpeg } from "../../../src/io/image/jpeg.js";
import type { Raster } from "../../../src/io/image/raster.js";
import { rejection } from "../../support/errors.js";

const MOST = 1_000_000;
const fixture = (name: string) => new Uint8Array(readFileSync(`test/fixtures/images/${name}`));
const read = (bytes: Uint8Array, maxPixels = MOST) => decodeJpeg("read", bytes, maxPixels);

/** The colour in the middle of each half: the images are red on the left, green on the right. */
function halves({ width, height, channels, bytes }: Raster): number[][] {
  const middle = (height >> 1) * width;
  return [width >> 2, (3 * width) >> 2].map((x) => [...bytes.subarray(channels * (middle + x), channels * (middle + x) + 3)]);
}

/** Puts a segment behind the first marker of a file. */
function withSegment(bytes: Uint8Array, marker: number, content: readonly number[]): Uint8Array {
  const length = content.length + 2;
  return Uint8Array.from([...bytes.subarray(0, 2), 0xff, marker, length >> 8, length & 255, ...content, ...bytes.subarray(2)]);
}

/** EXIF data that say only how the camera was held. */
const exif = (orientation: number) => [
  ...Buffer.from("Exif\0\0MM\0*\0\0\0\x08", "latin1"),
  ...[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0],
];

/** Where the frame's header begins, behind its marker. */
const frameOf = (bytes: Uint8Array) => bytes.findIndex((byte, i) => byte === 0xff && [0xc0, 0xc2].includes(bytes[i + 1])) + 2;

test.each(["baseline.jpg", "progressive.jpg"])("%s has the colours that were encoded", async (name) => {
  const image = await read(fixture(name));
  expect([image.width, image.height, image.channels]).toEqual([32, 16, 4]);
  const [left, right] = halves(image);
  for (const [i, value] of [200, 40, 60].entries()) expect(Math.abs(left[i] - value)).toBeLessThanOrEqual(3);
  for (const [i, value] of [20, 180, 90].entries()) expect(Math.abs(right[i] - value)).toBeLessThanOrEqual(3);
});

test("a grey file has the luma of the colours", async () => {
  const [left, right] = halves(await read(fixture("grey.jpg")));
  for (const value of left) expect(Math.abs(value - 90)).toBeLessThanOrEqual(2);
  for (const value of right) expect(Math.abs(value - 122)).toBeLessThanOrEqual(2);
});

test("a photograph is turned upright", async () => {
  const upright = await read(fixture("baseline.jpg"));
  // 3: it lies on its head; 6: it was held to the left.
  const turned = await read(withSegment(fixture("baseline.jpg"), 0xe1, exif(3)));
  expect(halves(turned)).toEqual(halves(upright).reverse());
  expect(await read(withSegment(fixture("baseline.jpg"), 0xe1, exif(6)))).toMatchObject({ width: 16, height: 32 });
});

test("segments of other programs, and what stands behind the image, are passed over", async () => {
  const bytes = fixture("baseline.jpg");
  const whole = await read(bytes);
  expect(await read(withSegment(bytes, 0xed, [0xff, 0xd9, 1, 2]))).toEqual(whole);
  expect(await read(Uint8Array.from([...bytes, 0xff, 0xd8, 1, 2, 3]))).toEqual(whole);
});

describe("a file is refused, and the error says why", () => {
  const changed = (change: (bytes: Uint8Array, frame: number) => void) => {
    const bytes = fixture("baseline.jpg");
    change(bytes, frameOf(bytes));
    return bytes;
  };
  const bytes = fixture("baseline.jpg");
  const cases: [string, Uint8Array, RegExp][] = [
    ["truncated in its header", bytes.subarray(0, 100), /has no end at 100 bytes; it is truncated/],
    ["truncated in its pixels", bytes.subarray(0, -3), /it is truncated/],
    ["truncated, with an end", Uint8Array.from([...bytes.subarray(0, -20), 0xff, 0xd9]), /is damaged: /],
    ["pixels that are missing", Uint8Array.from([...bytes.subarray(0, -40), ...bytes.subarray(-20)]), /is damaged: /],
    ["pixels that come twice", Uint8Array.from([...bytes.subarray(0, -4), ...bytes.subarray(-24)]), /extraneous bytes/],
    ["only the markers of begin and end", Uint8Array.from([0xff, 0xd8, 0xff, 0xd9]), /it has no pixels/],
    ["no extent", changed((b, at) => b.fill(0, at + 3, at + 5)), /is 32 × 0 pixels/],
    ["12 bits", changed((b, at) => b.fill(12, at + 2, at + 3)), /12 bits a sample; 8 are read/],
    ["lossless", changed((b, at) => b.fill(0xc3, at - 1, at)), /is not read: the frame is of the kind 0xc3/],
    ["a frame of another length", changed((b, at) => b.fill(4, at + 7, at + 8)), /frame of 4 components has 15 bytes/],
    ["the pixels before their size", Uint8Array.from([0xff, 0xd8, 0xff, 0xda, 0, 2, 0xff, 0xd9]), /its pixels stand before its size/],
    ["more pixels than bits", changed((b, at) => b.fill(3, at + 3, at + 4)), /cannot hold its 25088 pixels|is damaged/],
    [
      "thousands of scans",
      Uint8Array.from([...bytes.subarray(0, -2), ...Array(200).fill([0xff, 0xda, 0, 2]).flat(), 0xff, 0xd9]),
      /more than 100 scans/,
    ],
  ];
  test.each(cases)("%s", async (_, damaged, expected) => {
    const told = await rejection(() => read(damaged));
    expect(told).toMatch(/^FILE read: /);
    expect(told).toMatch(expected);
  });

  test("more pixels than it may have", async () => {
    const large = changed((b, at) => b.fill(0xff, at + 3, at + 7));
    expect(await rejection(() => read(large))).toMatch(/says that it is 65535 × 65535 pixels; at most 1000000 are read/);
    expect(await rejection(() => read(large, 2 ** 40))).toMatch(/cannot hold its 4294836225 pixels/);
  });

  test("CMYK", async () => {
    const frame = [8, 0, 16, 0, 32, 4, ...[1, 2, 3, 4].flatMap((id) => [id, 0x11, 0])];
    const cmyk = Uint8Array.from([0xff, 0xd8, 0xff, 0xc0, 0, 20, ...frame, 0xff, 0xda, 0, 2, 0xff, 0xd9]);
    expect(await rejection(() => read(cmyk))).toMatch(/its colours are CMYK; grey and RGB are read/);
  });

  test("and the next file is read as if nothing had been", async () => {
    const whole = await read(bytes);
    for (let i = 0; i < 20; i++) {
      await rejection(() => read(bytes.subarray(0, 300)));
      await rejection(() => read(changed((b) => b.fill(0xaa, 200, 300))));
      expect(await read(bytes)).toEqual(whole);
    }
  });
});

describe("without the decoder", () => {
  afterEach(() => {
    vi.doUnmock("@jsquash/jpeg/codec/dec/mozjpeg_dec.js");
    vi.resetModules();
  });

  test("the error names the command that installs it", async () => {
    vi.resetModules();
    vi.doMock("@jsquash/jpeg/codec/dec/mozjpeg_dec.js", () => {
      throw new Error("Cannot find package '@jsquash/jpeg'");
    });
    const fresh = await import("../../../src/io/image/jpeg.js");
    const failed = fresh.decodeJpeg("read", fixture("baseline.jpg"), MOST);
    await expect(failed).rejects.toThrow(
      /^read: JPEG files need the library @jsquash\/jpeg, which cannot be loaded: .+\. Run: npm install @jsquash\/jpeg$/s,
    );
    await expect(failed).rejects.toMatchObject({ code: "PEER", name: PeerError.name });
  });
});
