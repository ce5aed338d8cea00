import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { ArgumentError, DTypeError } from "../../src/errors/errors.js";
import { FileError } from "../../src/io/error.js";
import { loadIdx, parseIdx } from "../../src/io/idx.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-idx-"));
afterAll(() => rmSync(folder, { recursive: true }));

function idx(shape: readonly number[], elements: ArrayLike<number>, type = 8): Uint8Array {
  const extents = shape.flatMap((extent) => [extent >>> 24, (extent >>> 16) & 255, (extent >>> 8) & 255, extent & 255]);
  return Uint8Array.from([0, 0, type, shape.length, ...extents, ...Array.from(elements)]);
}

test("files are read, gzipped or not, from any bytes", async () => {
  const file = idx([2, 1, 3], [1, 2, 3, 4, 5, 255]);
  const within = new Uint8Array(file.length + 1);
  within.set(file, 1);
  for (const bytes of [
    file,
    file.buffer as ArrayBuffer,
    within.subarray(1),
    Buffer.from(file),
    gzipSync(file),
    new Uint8Array(gzipSync(file)),
  ]) {
    const x = await parseIdx(bytes);
    expect(x.dtype).toBe("uint8");
    expect(x.toArray()).toEqual([[[1, 2, 3]], [[4, 5, 255]]]);
  }
});

test("any shape and elements are read", async () => {
  const anyIdx = fc.array(fc.nat(5), { minLength: 1, maxLength: 5 }).chain((shape) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return fc.tuple(fc.constant(shape), fc.uint8Array({ minLength: length, maxLength: length }), fc.boolean());
  });
  await fc.assert(
    fc.asyncProperty(anyIdx, async ([shape, elements, zip]) => {
      const x = await parseIdx(zip ? gzipSync(idx(shape, elements)) : idx(shape, elements));
      expect(x.shape).toEqual(shape);
      expect(x.data).toEqual(Uint8Array.from(elements));
    }),
    { seed: 1 },
  );
});

test("the tensor has its own elements", async () => {
  const file = idx([2], [1, 2]);
  const x = await parseIdx(file);
  file.fill(9);
  expect(x.toArray()).toEqual([1, 2]);
});

test("a file on disk is read, by path or URL", async () => {
  const path = join(folder, "labels.gz");
  writeFileSync(path, gzipSync(idx([3], [7, 2, 1])));
  expect((await loadIdx(path)).toArray()).toEqual([7, 2, 1]);
  expect((await loadIdx(pathToFileURL(path))).toArray()).toEqual([7, 2, 1]);
});

describe("refused", () => {
  test.each<[string, Uint8Array, string]>([
    ["an empty file", new Uint8Array(0), "the file has 0 bytes; an IDX file has at least 8, so it is truncated."],
    ["a truncated header", idx([2, 2], []).subarray(0, 11), "the file has 11 bytes; the header alone has 12, so it is truncated."],
    ["truncated elements", idx([2, 2], [1, 2, 3]), "shape [2, 2] needs 4 bytes, 3 follow the header; it is truncated."],
    ["elements too many", idx([2, 2], [1, 2, 3, 4, 5]), "shape [2, 2] needs 4 bytes, 5 follow the header; it is too long."],
    [
      "a shape beyond all files",
      idx([4294967295, 4294967295], []),
      "shape [4294967295, 4294967295] needs 18446744065119617000 bytes, 0 follow the header; it is truncated.",
    ],
    [
      "another magic number",
      Uint8Array.from([0x50, 0x4b, 3, 4]),
      "the magic number is 0x504b0304; expected 0x000008 and the number of axes. This is no IDX file.",
    ],
    [
      "an unknown element type",
      idx([1], [1], 7),
      "the magic number is 0x00000701; expected 0x000008 and the number of axes. This is no IDX file.",
    ],
    ["no axes", Uint8Array.from([0, 0, 8, 0]), "the number of axes is 0; expected 1 to 8."],
    ["too many axes", Uint8Array.from([0, 0, 8, 9]), "the number of axes is 9; expected 1 to 8."],
    [
      "a truncated gzip file",
      gzipSync(idx([2, 2], [1, 2, 3, 4])).subarray(0, 24),
      "the gzip data (24 bytes) are damaged or truncated. Get the file again.",
    ],
    [
      "a gzip file that grows to a gigabyte, of which the header announces one byte",
      gzipSync(Buffer.concat([idx([1], [1]), Buffer.alloc(1 << 28)])),
      "shape [1] needs 1 bytes, more follow the header; it is too long.",
    ],
    [
      "a gzip file without its end",
      gzipSync(idx([2, 2], [1, 2, 3, 4])).subarray(0, -8),
      `the gzip data (${gzipSync(idx([2, 2], [1, 2, 3, 4])).length - 8} bytes) are damaged or truncated. Get the file again.`,
    ],
  ])("%s", async (_, file, text) => {
    await expect(parseIdx(file)).rejects.toThrow(new FileError(`parseIdx: ${text}`));
  });

  test("other element types", async () => {
    await expect(parseIdx(idx([1], [0, 0, 0, 0], 13))).rejects.toThrow(
      new DTypeError("parseIdx: the elements are float32 (type 0x0d); expected uint8 (0x08)."),
    );
  });

  test("what are no bytes", async () => {
    await expect(parseIdx([1, 2] as never)).rejects.toThrow(
      new ArgumentError("parseIdx: the bytes are an array of length 2; expected a Uint8Array or an ArrayBuffer."),
    );
  });

  test("a damaged file on disk, by its name", async () => {
    const path = join(folder, "broken");
    writeFileSync(path, idx([2], [1]));
    await expect(loadIdx(path)).rejects.toThrow(
      new FileError(`loadIdx: ${path}: shape [2] needs 2 bytes, 1 follow the header; it is truncated.`),
    );
  });
});
