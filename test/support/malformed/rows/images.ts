import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { type LoadImageOptions, loadImage } from "../../../../src/data.js";
import { png } from "../../png.js";
import { bytesOf } from "../judge.js";
import { type Reader, reader } from "../reader.js";

const image =
  (options: LoadImageOptions = {}) =>
  (bytes: Uint8Array) =>
    loadImage(bytes, { dtype: "uint8", ...options });

/** Images. */
export const images: readonly Reader[] = [
  reader({
    name: "loadImage, PNG",
    samples: () => [
      png({ width: 5, height: 4, type: 2, depth: 8, pixel: (x, y) => [x * 40, y * 50, 7] }),
      png({
        width: 9,
        height: 9,
        type: 3,
        depth: 4,
        interlaced: true,
        palette: Array.from({ length: 48 }, (_, i) => i * 5),
        pixel: (x, y) => [(x + y) % 16],
      }),
      png({ width: 3, height: 3, type: 0, depth: 16, pixel: (x, y) => [x * 20_000 + y] }),
    ],
    read: image(),
    // Every byte of a PNG file but the signature is under a checksum: what is read is what was written.
    judge: async (x, _, samples) => {
      const whole = await Promise.all(samples.map(image()));
      expect(whole.some((one) => bytesOf(one).equals(bytesOf(x)) && String(one.shape) === String(x.shape))).toBe(true);
    },
  }),
  reader({
    name: "loadImage, JPEG",
    samples: () => ["baseline", "progressive", "grey"].map((name) => new Uint8Array(readFileSync(`test/fixtures/images/${name}.jpg`))),
    read: image({ maxPixels: 4_000_000 }),
    // There is no checksum: the image has the extent that its frame tells, in either order.
    judge: (x, bytes) => {
      const [, height, width] = x.shape;
      const frames = [
        ...Buffer.from(bytes)
          .toString("latin1")
          .matchAll(/\xff[\xc0-\xc2].{3}(..)(..)/gs),
      ];
      const told = frames.map(([, h, w]) => [Buffer.from(h, "latin1").readUInt16BE(), Buffer.from(w, "latin1").readUInt16BE()]);
      expect(told.some(([h, w]) => (h === height && w === width) || (h === width && w === height))).toBe(true);
    },
  }),
];
