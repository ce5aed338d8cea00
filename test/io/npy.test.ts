import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { loadNpy, parseNpy, SimdgradError, saveNpy, serializeNpy, tensor, zeros } from "../../src/index.js";
import { failure, rejection } from "../support/errors.js";
import { root } from "../support/repository.js";

const fixture = join(root, "test/fixtures/numpy/c.npy");
const folder = mkdtempSync(join(tmpdir(), "simdgrad-npy-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file of any header text and elements. */
function fileOf(text: string, elements: Uint8Array | number = 0, version = 1): Uint8Array {
  const header = new TextEncoder().encode(text);
  const wide = version > 1;
  const bytes = typeof elements === "number" ? new Uint8Array(elements) : elements;
  const file = new Uint8Array((wide ? 12 : 10) + header.length + bytes.length);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(file.buffer);
  if (wide) view.setUint32(8, header.length, true);
  else view.setUint16(8, header.length, true);
  file.set(header, wide ? 12 : 10);
  file.set(bytes, file.length - bytes.length);
  return file;
}

const header = (descr: string, shape: string, order = "False") => `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
const refused = (bytes: Uint8Array) => failure(() => parseNpy(bytes));

describe("numpy's file", () => {
  const array = tensor(
    Array.from({ length: 12 }, (_, i) => i),
    { shape: [3, 4] },
  );

  test("is read, from bytes and from disk", async () => {
    for (const found of [parseNpy(new Uint8Array(readFileSync(fixture))), await loadNpy(fixture)]) {
      expect(found.toArray()).toEqual(array.toArray());
      expect(found.dtype).toBe("float32");
    }
  });

  test("is written to the byte", async () => {
    expect(Buffer.from(serializeNpy(array)).equals(readFileSync(fixture))).toBe(true);
    const path = join(folder, "c.npy");
    await saveNpy(path, array);
    expect(readFileSync(path).equals(readFileSync(fixture))).toBe(true);
  });
});

test("what is written is read", async () => {
  const tensors = [
    tensor([[0.1, Number.NaN, -0]]),
    tensor([1 / 3, Number.NEGATIVE_INFINITY], { dtype: "float64" }),
    tensor([-5, 2147483647], { dtype: "int32" }),
    tensor([[0], [255]], { dtype: "uint8" }),
    tensor([true, false, true]),
    tensor(7),
    zeros([0, 3]),
    zeros([1, 1, 1, 1, 1, 1, 1, 2]),
  ];
  for (const x of tensors) {
    const bytes = serializeNpy(x);
    // Elements begin at a multiple of 64, as numpy maps files into memory.
    expect((bytes.length - x.storage.bytes) % 64).toBe(0);
    const again = parseNpy(bytes);
    expect([again.dtype, again.shape, again.data]).toEqual([x.dtype, x.shape, x.data]);
  }
});

test("headers are read however Python writes them", () => {
  const elements = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
  for (const text of [
    `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}`,
    `{"shape": (2L, 3L), "fortran_order": False, "descr": "<f4"}   \n`,
    ` {'fortran_order':False,'shape':(2,3,),'descr':'=f4',}`,
  ])
    for (const version of [1, 2, 3]) expect(parseNpy(fileOf(text, elements, version)).toArray()).toEqual([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: one line
  const fortran = parseNpy(fileOf(header("'<f4'", "(2, 3)", "True"), elements));
  expect(fortran.toArray()).toEqual([[1, 3, 5], [2, 4, 6]]); // biome-ignore format: one line
});

test("bytes of any kind are read, and not shared", () => {
  const bytes = serializeNpy(tensor([1, 2]));
  const within = new Uint8Array(bytes.length + 3);
  within.set(bytes, 3);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  for (const given of [bytes, bytes.slice().buffer, Buffer.from(bytes), within.subarray(3), shared]) {
    const x = parseNpy(given);
    bytes.fill(0, 64);
    expect(x.toArray()).toEqual([1, 2]);
    bytes.set(serializeNpy(tensor([1, 2])));
  }
});

describe("refused", () => {
  test.each<[string, string]>([
    [
      "'|O'",
      'the elements, "|O", are Python objects; they are pickled, and what is pickled may run code. Save a.astype("float32") in Python.',
    ],
    ["'<U5'", 'the elements, "<U5", are strings. Save numbers in Python: np.unique(a, return_inverse=True)[1].'],
    ["'|S3'", 'the elements, "|S3", are strings of bytes. Save numbers in Python: np.unique(a, return_inverse=True)[1].'],
    ["'<c16'", 'the elements, "<c16", are complex numbers. Save a.real and a.imag in Python.'],
    ["'<f16'", 'the elements, "<f16", are longer than 64 bits. Save a.astype("float64") in Python.'],
    ["'<M8[ns]'", 'the elements, "<M8[ns]", are dates. Save the days or seconds since a date in Python.'],
    ["'<m8'", 'the elements, "<m8", are spans of time. Save a.astype("float64") in Python.'],
    ["'|V8'", 'the elements, "|V8", are records of several fields, or raw bytes. Save each field in Python: a["name"].'],
    ["[('x', '<f4'), ('y', '<i4')]", 'the elements, "[(\'x\', \'<f4\'), (\'y\', \'<i4\')]", are records of several fields, or raw bytes. Save each field in Python: a["name"].'], // biome-ignore format: one line
  ])("elements that are no numbers: %s", (descr, text) => {
    expect(refused(fileOf(header(descr, "(2,)"), 32))).toBe(`DTYPE parseNpy: ${text}`);
  });

  test.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(0), "the file has 0 bytes; the magic string, version and length alone have 10. This is no .npy file."],
    ["another file", new Uint8Array(20), "it does not begin with \\x93NUMPY. This is no .npy file."],
    ["a later version", fileOf("{}", 0, 4), "the version is 4.0; expected 1.0, 2.0 or 3.0."],
    ["a cut header", fileOf(header("'<f4'", "(2,)")).subarray(0, 40), "the header has 58 bytes, 30 are there; the file is truncated."],
    ["a header that claims much", Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 0, 0, 0, 255, 0), "the header has 4278190080 bytes; at most 65535 are read."], // biome-ignore format: one line
    ["no dictionary", fileOf("[1]"), 'bad header: it must begin with "{".'],
    ["an open dictionary", fileOf("{'descr': '<f4'"), "bad header: it cannot be read from \"'descr': '<f4'\" on."],
    ["code", fileOf("{'descr': exec('x')}"), "bad header: it cannot be read from \"'descr': exec('x')}\" on."],
    ["no element type", fileOf("{'fortran_order': False, 'shape': (2,)}"), "bad header: descr is missing; expected an element type."],
    ["an unknown element type", fileOf(header("'<q4'", "(2,)")), 'bad header: descr is "<q4"; expected an element type.'],
    ["no order", fileOf("{'descr': '<f4', 'shape': (2,)}"), "bad header: fortran_order is missing; expected True or False."],
    [
      "no shape",
      fileOf("{'descr': '<f4', 'fortran_order': False}"),
      "bad header: shape is missing; expected whole numbers, such as (2, 3).",
    ],
    ["a number as a shape", fileOf(header("'<f4'", "(2)"), 8), 'bad header: shape is "(2)"; expected whole numbers, such as (2, 3).'],
    ["a shape with a gap", fileOf(header("'<f4'", "(2,,3)"), 24), 'bad header: shape is "(2,,3)"; expected whole numbers, such as (2, 3).'],
    ["a name twice", fileOf("{'descr': '<f4', 'descr': '<f8'}"), 'bad header: "descr" is named twice.'],
    ["a name too many", fileOf("{'descr': '<f4', 'more': True}"), 'bad header: it has "more"; expected descr, fortran_order and shape.'],
    [
      "too few elements",
      fileOf(header("'<f4'", "(2, 3)"), 23),
      "shape [2, 3] of F32 needs 24 bytes, 23 follow the header; it is truncated.",
    ],
    ["too many elements", fileOf(header("'<f4'", "(2, 3)"), 25), "shape [2, 3] of F32 needs 24 bytes, 25 follow the header; a file of one array ends there."], // biome-ignore format: one line
    ["a shape that claims much", fileOf(header("'<f8'", "(1125899906842624, 1125899906842624)"), 8), "shape [1125899906842624, 1125899906842624] of F64 needs 10141204801825835211973625643008 bytes, 8 follow the header; it is truncated."], // biome-ignore format: one line
    ["an extent above 2⁵³", fileOf(header("'<f8'", "(9007199254740993,)"), 8), 'bad header: shape is "(9007199254740993,)"; expected whole numbers, such as (2, 3).'], // biome-ignore format: one line
    ["a bool of 2", fileOf(header("'|b1'", "(2,)"), Uint8Array.of(1, 2)), 'tensor "array" (BOOL) has 2 at element 1; expected 0 or 1.'],
    ["an int64 that does not fit", fileOf(header("'<i8'", "(1,)"), Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0)), 'tensor "array" (I64) has 4294967296 at element 0; expected a number that int32 holds.'], // biome-ignore format: one line
  ])("%s", (_, bytes, text) => {
    expect(refused(bytes)).toBe(`FILE parseNpy: ${text}`);
  });

  test("more axes than tensors have", () => {
    expect(refused(fileOf(header("'<f4'", "(1, 1, 1, 1, 1, 1, 1, 1, 1)"), 4))).toBe("SHAPE parseNpy: the array has 9 axes; at most 8.");
  });

  test("what is no tensor, and no bytes", async () => {
    expect(failure(() => serializeNpy([1] as never))).toMatch(/^ARGUMENT serializeNpy: x is an array of length 1; expected a tensor\./);
    expect(await rejection(() => saveNpy("never.npy", 3 as never))).toMatch(/^ARGUMENT saveNpy: x is 3; expected a tensor\./);
    expect(failure(() => parseNpy("x" as never))).toBe('ARGUMENT parseNpy: the bytes are "x"; expected a Uint8Array or an ArrayBuffer.');
  });

  test("a file on disk, by its name", async () => {
    const path = join(folder, "bad.npy");
    writeFileSync(path, readFileSync(fixture));
    truncateSync(path, 170);
    expect(await rejection(() => loadNpy(path))).toBe(
      `FILE loadNpy: ${path}: shape [3, 4] of F32 needs 48 bytes, 42 follow the header; it is truncated.`,
    );
    truncateSync(path, 5);
    expect(await rejection(() => loadNpy(path))).toMatch(/the file has 5 bytes/);
  });
});

test("a file with any byte changed, cut or longer is read or refused, at once", () => {
  const bytes = serializeNpy(tensor([[1, 2], [3, 4]])); // biome-ignore format: one line
  for (let length = 0; length < bytes.length; length++) expect(refused(bytes.subarray(0, length))).toMatch(/^FILE /);
  const mutated = fc.record({ at: fc.nat(bytes.length - 1), byte: fc.nat(255), more: fc.nat(1) });
  fc.assert(
    fc.property(mutated, ({ at, byte, more }) => {
      const changed = new Uint8Array(bytes.length + more);
      changed.set(bytes);
      changed[at] = byte;
      try {
        expect(parseNpy(changed).size).toBeLessThanOrEqual(16);
      } catch (error) {
        if (!(error instanceof SimdgradError)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

test("a long header of any characters is read in a moment", () => {
  for (const text of [
    `{'descr': '<f4', ${"'".repeat(60_000)}`,
    `{'shape': (${"1,".repeat(30_000)}`,
    `{'descr': [${"]".repeat(60_000)}`,
    " ".repeat(65_000),
  ])
    expect(refused(fileOf(text))).toMatch(/^FILE parseNpy: bad header: /);
});
