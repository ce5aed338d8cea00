import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../src/errors/errors.js";
import type { Labelled } from "../../src/io/dataset.js";
import { loadDigits } from "../../src/io/digits.js";
import { manualSeed } from "../../src/tensor/seed.js";
import { dataFile } from "../support/data.js";

/** Samples as the rows of the published table, in order of their text. */
const table = (...parts: Labelled[]) =>
  parts
    .flatMap(({ x, y }) =>
      Array.from(y.view(), (label, i) =>
        [
          ...x
            .view()
            .subarray(64 * i, 64 * (i + 1))
            .map((ink) => 16 * ink),
          label,
        ].join(),
      ),
    )
    .sort();

const counts = (y: ArrayLike<number>) => Array.from({ length: 10 }, (_, label) => Array.from(y).filter((one) => one === label).length);

describe("digits", async () => {
  const { train, test: held, classNames } = await loadDigits();

  test("have their shapes and types", () => {
    expect([train.x.shape, train.y.shape, held.x.shape, held.y.shape]).toEqual([[1438, 64], [1438], [359, 64], [359]]);
    expect([train.x.dtype, train.y.dtype]).toEqual(["float32", "int32"]);
    expect(classNames).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect([Math.min(...train.x.view()), Math.max(...train.x.view())]).toEqual([0, 1]);
  });

  test("have the classes of the published set, in proportion", () => {
    const [inTrain, inTest] = [counts(train.y.view()), counts(held.y.view())];
    const published = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180];
    expect(inTrain.map((count, label) => count + inTest[label])).toEqual(published);
    for (const [label, count] of inTest.entries()) expect(Math.abs(count - published[label] * (359 / 1797))).toBeLessThan(1);
  });

  test("are split the same way whatever else is drawn, for ever", async () => {
    manualSeed(5);
    expect((await loadDigits()).test.x.view()).toEqual(held.x.view());
    manualSeed(0);
    const sum = createHash("sha256").update(new Uint8Array(held.x.data.buffer)).digest("hex");
    expect(sum).toBe("ff4730a886f0b8d589b1ba2f736205fa99358d26b90bf5504444cac0723a05a6");
  });

  test("come as images", async () => {
    const { train: images } = await loadDigits({ image: true });
    expect(images.x.shape).toEqual([1438, 1, 8, 8]);
    expect(images.x.view()).toEqual(train.x.view());
  });

  test("refuse unknown options", async () => {
    await expect(loadDigits({ images: true } as never)).rejects.toThrow(
      new ArgumentError('loadDigits: unknown option "images". Known: image. Did you mean "image"?'),
    );
  });

  const file = dataFile("digits.csv.gz", "tabular/digits.csv.gz");
  test.skipIf(file === null)("are the published table", () => {
    const published = gunzipSync(readFileSync(file as string))
      .toString("latin1")
      .trim()
      .split("\n")
      .sort();
    expect(table(train, held)).toEqual(published);
  });
});
