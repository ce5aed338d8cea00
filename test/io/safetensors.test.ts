import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { ArgumentError, DTypeError, ShapeError } from "../../src/errors/errors.js";
import { Dense, Linear, loadModel, loadWeights, Sequential, saveWeights } from "../../src/index.js";
import { FileError } from "../../src/io/error.js";
import { parseSafetensors, serializeSafetensors } from "../../src/io/safetensors.js";
import type { DType } from "../../src/memory/views.js";
import { tensor, zeros } from "../../src/tensor/creation.js";
import type { Tensor } from "../../src/tensor/tensor.js";
import { root } from "../support/repository.js";

/** Files that Python's safetensors 0.8.0 wrote. */
const fixture = (name: string) => new Uint8Array(readFileSync(join(root, "test/golden/safetensors", name)));

/** A file of any header text, element bytes and stated length. */
function fileOf(header: string, elements = 0, length = Buffer.byteLength(header)): Uint8Array {
  const text = Buffer.from(header);
  const file = new Uint8Array(8 + text.length + elements);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(text, 8);
  return file;
}

const entry = (begin: number, end: number, shape = [(end - begin) / 4], dtype = "F32") =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

/** dtype, shape and elements of every tensor. */
const plain = (tensors: Map<string, Tensor>) =>
  Object.fromEntries([...tensors].map(([name, { dtype, shape, data }]) => [name, [dtype, [...shape], [...data]]]));

const pythons = () => ({
  mask: tensor([[true, false]]),
  "fc.bias": tensor([-1.5, 2]),
  "fc.weight": tensor([0, 0.25, 0.5, 0.75, 1, 1.25], { shape: [2, 3] }),
  labels: tensor([3, 1, 2], { dtype: "uint8" }),
  empty: zeros([0, 3]),
  steps: tensor(7, { dtype: "int32" }),
  double: tensor([1 / 3], { dtype: "float64" }),
});

describe("Python's files", () => {
  test("are written to the byte", () => {
    expect(Buffer.from(serializeSafetensors(pythons(), { metadata: { format: "pt" } })).equals(fixture("python.safetensors"))).toBe(true);
  });

  test("are read", () => {
    const { tensors, metadata } = parseSafetensors(fixture("python.safetensors"));
    expect(metadata).toEqual({ format: "pt" });
    expect([...tensors.keys()]).toEqual(["double", "empty", "fc.bias", "fc.weight", "steps", "labels", "mask"]);
    expect(plain(tensors)).toEqual(plain(new Map(Object.entries(pythons()))));
  });

  test("with other element types become ours", () => {
    const { tensors, metadata } = parseSafetensors(fixture("python-converted.safetensors"));
    expect(metadata).toEqual({});
    expect(plain(tensors)).toEqual({
      half: ["float32", [6], [1.5, -2, 1 / 16777216, 65504, Number.POSITIVE_INFINITY, -0]],
      brain: ["float32", [3], [1.5, -2, Number.POSITIVE_INFINITY]],
      long: ["int32", [3], [-2147483648, -1, 2147483647]],
      short: ["int32", [2], [-5, 32767]],
      byte: ["int32", [3], [-128, 0, 127]],
      word: ["int32", [1], [65535]],
      unsigned: ["int32", [1], [2147483647]],
      wide: ["int32", [1], [9]],
    });
  });
});

test("every half-precision number has its value", () => {
  const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const file = fileOf(`{"x":${entry(0, 131072, [65536], "F16")}}`, 131072);
  file.set(new Uint8Array(halves.buffer), file.length - 131072);
  const read = (parseSafetensors(file).tensors.get("x") as Tensor).data;
  const wrong = halves.filter((half) => {
    const [exponent, fraction] = [(half >> 10) & 31, (half & 1023) / 1024];
    const size = exponent === 0 ? 2 ** -14 * fraction : 2 ** (exponent - 15) * (1 + fraction);
    const value = exponent < 31 ? size : fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
    return !Object.is(read[half], half >> 15 && !Number.isNaN(value) ? -value : value);
  });
  expect([...wrong]).toEqual([]);
});

/** The format as its description has it, and nothing of ours. */
function readByTheBook(file: Uint8Array): Record<string, { dtype: string; shape: number[]; bytes: Uint8Array }> {
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const header = JSON.parse(Buffer.from(file.subarray(8, 8 + length)).toString("utf8"));
  delete header.__metadata__;
  const named = Object.entries(header) as [string, { dtype: string; shape: number[]; data_offsets: [number, number] }][];
  const places = named.map(([, { data_offsets }]) => data_offsets).sort(([a, b], [c, d]) => a - c || b - d);
  expect(places.map(([begin]) => begin)).toEqual([0, ...places.map(([, end]) => end)].slice(0, places.length));
  expect(file.length).toBe(8 + length + (places.at(-1)?.[1] ?? 0));
  return Object.fromEntries(
    named.map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [begin, end],
        },
      ]) => {
        const width = { F64: 8, F32: 4, I32: 4, U8: 1, BOOL: 1 }[dtype] as number;
        expect(begin % width).toBe(0);
        return [name, { dtype, shape, bytes: file.slice(8 + length + begin, 8 + length + end) }];
      },
    ),
  );
}

const anyTensor = fc
  .record({
    dtype: fc.constantFrom<DType>("float32", "float64", "int32", "uint8", "bool"),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
  })
  .chain(({ dtype, shape }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const element = { float32: fc.float(), float64: fc.double(), int32: fc.integer(), uint8: fc.nat(255), bool: fc.nat(1) }[dtype];
    return fc.array(element, { minLength: size, maxLength: size }).map((values) => tensor(values, { dtype, shape }));
  });
const anyText = fc.string({ unit: "binary" });
const anyName = anyText.filter((name) => name !== "__metadata__");
const anyTensors = fc.array(fc.tuple(anyName, anyTensor), { maxLength: 6 }).map((pairs) => new Map(pairs));
const anyMetadata = fc.dictionary(anyText, anyText, { maxKeys: 3 });

test("what is written is read", () => {
  fc.assert(
    fc.property(anyTensors, anyMetadata, (tensors, metadata) => {
      const bytes = serializeSafetensors(tensors, { metadata });
      const read = parseSafetensors(bytes);
      expect(read.metadata).toEqual({ ...metadata });
      expect(plain(read.tensors)).toEqual(plain(tensors));
      const names = { float64: "F64", float32: "F32", int32: "I32", uint8: "U8", bool: "BOOL" };
      const expected = [...tensors].map(([name, { dtype, shape, data }]) => {
        return [name, { dtype: names[dtype], shape: [...shape], bytes: new Uint8Array(data.buffer) }];
      });
      expect(readByTheBook(bytes)).toEqual(Object.fromEntries(expected));
    }),
    { numRuns: 200, seed: 1 },
  );
});

test("the bytes do not depend on the order of the tensors", () => {
  const reversed = new Map(Object.entries(pythons()).reverse());
  expect(serializeSafetensors(reversed, { metadata: { format: "pt" } })).toEqual(
    serializeSafetensors(pythons(), { metadata: { format: "pt" } }),
  );
});

test("bytes of any kind and place are read, and not shared", () => {
  const bytes = serializeSafetensors({ x: tensor([1, 2]) });
  const within = new Uint8Array(bytes.length + 3);
  within.set(bytes, 3);
  for (const given of [bytes, bytes.buffer as ArrayBuffer, within.subarray(3), Buffer.from(bytes)]) {
    const x = parseSafetensors(given).tensors.get("x") as Tensor;
    new Uint8Array(given instanceof ArrayBuffer ? given : given.buffer).fill(0);
    expect(x.toArray()).toEqual([1, 2]);
    within.set(serializeSafetensors({ x: tensor([1, 2]) }), 3);
    if (given === bytes) bytes.set(serializeSafetensors({ x: tensor([1, 2]) }));
  }
});

test("a file cut anywhere, or longer by a byte, is refused", () => {
  const file = fixture("python.safetensors");
  for (let length = 0; length < file.length; length++) {
    expect(() => parseSafetensors(file.subarray(0, length)), `${length} bytes`).toThrow(/truncated/);
  }
  expect(() => parseSafetensors(new Uint8Array([...file, 0]))).toThrow(
    new FileError("parseSafetensors: the tensors have 49 bytes, 50 are there; the rest belongs to no tensor."),
  );
});

test("a file with any byte changed is read or refused as a bad file", () => {
  const file = fixture("python.safetensors");
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.nat(255), (at, byte) => {
      const changed = file.slice();
      changed[at] = byte;
      try {
        parseSafetensors(changed);
      } catch (error) {
        if (!(error instanceof FileError || error instanceof DTypeError)) throw error;
      }
    }),
    { numRuns: 3000, seed: 1 },
  );
});

const long = `{"x":${entry(0, 8, [1], "I64")}}`;
const withWord = (header: string, value: bigint) => {
  const file = fileOf(header, 8);
  new DataView(file.buffer).setBigInt64(file.length - 8, value, true);
  return file;
};

describe("refused", () => {
  test.each<[string, Uint8Array, string]>([
    ["no header length", new Uint8Array(3), "the file has 3 bytes; the header's length alone has 8, so it is truncated."],
    [
      "an oversized header",
      fileOf("{}", 0, 100_000_001),
      "the header's length is 100000001 bytes; at most 100000000 are allowed. This is no safetensors file.",
    ],
    [
      "another file",
      new Uint8Array(Buffer.from("PK\x03\x04 an archive")),
      "the header's length is 2336912046786038608 bytes; at most 100000000 are allowed. This is no safetensors file.",
    ],
    ["a truncated header", fileOf("{}", 0, 9), "the header has 9 bytes, 2 are there; the file is truncated."],
    ["an empty header", fileOf(""), 'bad header: it must begin with "{" and is empty.'],
    ["a header that is no object", fileOf("[]"), 'bad header: it must begin with "{".'],
    ["a header after a space", fileOf(" {}"), 'bad header: it must begin with "{".'],
    ["a header after a byte order mark", fileOf("\ufeff{}"), 'bad header: it must begin with "{".'],
    ["a header that is no JSON", fileOf('{"x":}'), "bad header: it is not JSON."],
    ["two headers", fileOf("{}{}"), "bad header: it is not JSON."],
    ["a header that is no UTF-8", new Uint8Array([4, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22, 0xff, 0x7d]), "bad header: it is not UTF-8."],
    ["a tensor named twice", fileOf(`{"x":${entry(0, 4)},"\\u0078":${entry(0, 4)}}`, 4), 'bad header: "x" is named twice.'],
    [
      "a property named twice",
      fileOf(`{"x":{"dtype":"F32","shape":[1],"shape" :[1],"data_offsets":[0,4]}}`, 4),
      'bad header: "shape" is named twice.',
    ],
    ["metadata that are no object", fileOf('{"__metadata__":[]}'), "bad header: __metadata__ is no object; expected texts by name."],
    [
      "metadata that are no texts",
      fileOf('{"__metadata__":{"a":"b","epoch":3}}'),
      'bad header: __metadata__ has "epoch": 3; expected texts by name.',
    ],
    ["a tensor that is no object", fileOf('{"x":3}'), 'bad header: tensor "x" is no object; expected dtype, shape and data_offsets.'],
    ["a tensor without dtype", fileOf('{"x":{"shape":[],"data_offsets":[0,4]}}', 4), 'bad header: tensor "x" has no dtype.'],
    ["a tensor without shape", fileOf('{"x":{"dtype":"F32","data_offsets":[0,4]}}', 4), 'bad header: tensor "x" has no shape.'],
    ["a tensor without place", fileOf('{"x":{"dtype":"F32","shape":[]}}', 4), 'bad header: tensor "x" has no data_offsets.'],
    [
      "a negative extent",
      fileOf(`{"x":${entry(0, 4, [-1, -1])}}`, 4),
      'bad header: tensor "x" has shape [-1, -1]; expected an array of whole numbers ≥ 0.',
    ],
    [
      "a place backwards",
      fileOf('{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}', 4),
      'bad header: tensor "x" has data_offsets [4, 0]; expected [begin, end] with begin ≤ end.',
    ],
    [
      "a shape of another size",
      fileOf(`{"x":${entry(0, 16, [2, 3])}}`, 16),
      'bad header: tensor "x" of F32 and shape [2, 3] needs 24 bytes; its data_offsets [0, 16] hold 16.',
    ],
    [
      "a shape beyond all numbers",
      fileOf(`{"x":${entry(0, 4, [9007199254740991, 9007199254740991])}}`, 4),
      'bad header: tensor "x" of F32 and shape [9007199254740991, 9007199254740991] needs 324518553658426654725561982648324 bytes; its data_offsets [0, 4] hold 4.',
    ],
    [
      "overlapping bytes",
      fileOf(`{"x":${entry(0, 8)},"y":${entry(4, 12)}}`, 12),
      'tensors "x" and "y" overlap: "y" begins at byte 4, "x" ends at 8.',
    ],
    [
      "missing bytes between tensors",
      fileOf(`{"y":${entry(8, 12)},"x":${entry(0, 4)}}`, 12),
      'missing bytes: 4 to 8, between tensor "x" and tensor "y", belong to no tensor.',
    ],
    [
      "missing bytes at the start",
      fileOf(`{"x":${entry(4, 8)}}`, 8),
      'missing bytes: 0 to 4, between the header and tensor "x", belong to no tensor.',
    ],
    ["missing bytes at the end", fileOf(`{"x":${entry(0, 8)}}`, 4), "the tensors have 8 bytes, 4 are there; the file is truncated."],
    ["bytes after the end", fileOf(`{"x":${entry(0, 8)}}`, 9), "the tensors have 8 bytes, 9 are there; the rest belongs to no tensor."],
    [
      "a bool of another value",
      new Uint8Array([...fileOf(`{"x":${entry(0, 2, [2], "BOOL")}}`), 1, 2]),
      'tensor "x" (BOOL) has 2 at element 1; expected 0 or 1.',
    ],
    [
      "a long integer above int32",
      withWord(long, 2n ** 31n),
      'tensor "x" (I64) has 2147483648 at element 0; expected a number that int32 holds.',
    ],
    [
      "a long integer below int32",
      withWord(long, -(2n ** 31n) - 1n),
      'tensor "x" (I64) has -2147483649 at element 0; expected a number that int32 holds.',
    ],
    [
      "a long unsigned integer",
      withWord(long.replace("I64", "U64"), -1n),
      'tensor "x" (U64) has 18446744073709551615 at element 0; expected a number that int32 holds.',
    ],
    [
      "an unsigned integer",
      withWord(`{"x":${entry(0, 8, [2], "U32")}}`, -(2n ** 32n)),
      'tensor "x" (U32) has 4294967295 at element 1; expected a number that int32 holds.',
    ],
  ])("%s", (_, file, text) => {
    expect(() => parseSafetensors(file)).toThrow(new FileError(`parseSafetensors: ${text}`));
  });

  test("a wrong element type", () => {
    expect(() => parseSafetensors(fileOf(`{"x":${entry(0, 4, [4], "F8_E4M3")}}`, 4), "loadModel: net.safetensors")).toThrow(
      new DTypeError(
        'loadModel: net.safetensors: tensor "x" has dtype "F8_E4M3". Known: F64, F32, I32, U8, BOOL, F16, BF16, I8, I16, U16, U32, I64, U64.',
      ),
    );
    expect(() => parseSafetensors(fileOf(`{"x":${entry(0, 4, [1], "f32")}}`, 4))).toThrow(
      /has dtype "f32"\. Known: .*\. Did you mean "F32"\?$/,
    );
  });

  test.each(["__metadata__", "shape", "dtype", "data_offsets"])("a value that is nested 20,000 deep as %s", (place) => {
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const header =
      place === "__metadata__"
        ? `{"__metadata__":{"a":${deep}}}`
        : `{"x":${JSON.stringify({ dtype: "F32", shape: [1], data_offsets: [0, 4], [place]: 0 }).replace(`"${place}":0`, `"${place}":${deep}`)}}`;
    let found: unknown;
    try {
      parseSafetensors(fileOf(header, 4));
    } catch (error) {
      found = error;
    }
    expect(found).toBeInstanceOf(place === "dtype" ? DTypeError : FileError);
    expect((found as Error).message.length).toBeLessThan(300);
  });

  test("names of a megabyte, which the error cuts", () => {
    const long = "n".repeat(1 << 20);
    for (const header of [
      `{"${long}":3}`,
      `{"x":{"dtype":"${long}","shape":[1],"data_offsets":[0,4]}}`,
      `{"__metadata__":{"${long}":[]}}`,
      `{"${long}":${entry(0, 4)},"${long}":${entry(0, 4)}}`,
      `{"${long}":${entry(0, 4)},"y":${entry(2, 6)}}`,
    ]) {
      const text = messageOf(() => parseSafetensors(fileOf(header, 6)));
      expect(text.length).toBeLessThan(400);
      expect(text).toContain("nnn…");
    }
    const state = new Map([[long, tensor([1])]]);
    expect(messageOf(() => new Linear(1, 1).loadStateDict(state)).length).toBeLessThan(400);
  });

  test("more axes than tensors have", () => {
    expect(() => parseSafetensors(fileOf(`{"x":${entry(0, 4, [1, 1, 1, 1, 1, 1, 1, 1, 1])}}`, 4))).toThrow(
      new ShapeError('parseSafetensors: tensor "x" has 9 axes, shape [1, 1, 1, 1, 1, 1, 1, 1, …]; at most 8.'),
    );
  });

  test("what are no bytes", () => {
    expect(() => parseSafetensors("net.safetensors" as never)).toThrow(
      new ArgumentError('parseSafetensors: the bytes are "net.safetensors"; expected a Uint8Array or an ArrayBuffer.'),
    );
  });

  test.each<[string, () => unknown, string]>([
    [
      "no tensors",
      () => serializeSafetensors({ x: [1] } as never),
      '"x" is an array of length 1; expected a tensor. Wrap it with tensor(…).',
    ],
    [
      "the format's own name",
      () => serializeSafetensors({ __metadata__: tensor(1) }),
      '"__metadata__" is no name for a tensor; the format keeps it.',
    ],
    [
      "half a character",
      () => serializeSafetensors({ "\ud800": tensor(1) }),
      'the name is "\\ud800"; expected a string of whole characters.',
    ],
    ["metadata", () => serializeSafetensors({}, { metadata: { epoch: 3 } } as never), 'the metadata\'s "epoch" is 3; expected a string.'],
  ])("to write: %s", (_, write, text) => {
    expect(write).toThrow(new ArgumentError(`serializeSafetensors: ${text}`));
  });
});

test("the errors have a code", () => {
  expect(new FileError("loadIdx: no.")).toMatchObject({ name: "FileError", code: "FILE" });
});

test("names of Object.prototype are names", () => {
  const tensors = new Map([
    ["__proto__", tensor([1])],
    ["constructor", tensor([2])],
  ]);
  const read = parseSafetensors(serializeSafetensors(tensors, { metadata: JSON.parse('{"__proto__":"x"}') }));
  expect(read.tensors.get("__proto__")?.toArray()).toEqual([1]);
  expect(read.tensors.get("constructor")?.toArray()).toEqual([2]);
  expect(Object.entries(read.metadata)).toEqual([["__proto__", "x"]]);
});

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("in pieces", () => {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-pieces-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  // A matcher would compare four million elements one by one.
  const isSame = (found: Tensor | undefined, values: Float32Array) =>
    found !== undefined && Buffer.from(found.data.buffer).equals(Buffer.from(values.buffer));
  /** Elements of four bytes that fill more than a piece of 16 MiB. */
  const many = (4 << 20) + 3;

  test("a tensor of more than one piece comes back, and into a model too", async () => {
    const values = Float32Array.from({ length: many }, (_, i) => i);
    await saveWeights(join(folder, "large"), { x: tensor(values), y: tensor([1, 2]) });
    const found = await loadWeights(join(folder, "large"));
    expect(isSame(found.get("x"), values)).toBe(true);
    expect(found.get("y")?.data).toEqual(Float32Array.of(1, 2));
    const model = new Sequential([new Dense(1, { inputShape: [many], bias: false })]);
    model.parameters()[0].assign(tensor(values).reshape([1, many]));
    await model.save(join(folder, "model"));
    const again = await loadModel(join(folder, "model"));
    expect(isSame(again.parameters()[0], values)).toBe(true);
  });

  test("an element that does not fit is named by its place in the tensor", async () => {
    const bytes = fileOf(`{"x":{"dtype":"BOOL","shape":[${(16 << 20) + 9}],"data_offsets":[0,${(16 << 20) + 9}]}}`, (16 << 20) + 9);
    bytes[bytes.length - 2] = 7;
    writeFileSync(join(folder, "wrong"), bytes);
    await expect(loadWeights(join(folder, "wrong"))).rejects.toThrow(
      new FileError(`loadWeights: tensor "x" (BOOL) has 7 at element ${(16 << 20) + 7}; expected 0 or 1.`),
    );
  });

  test("a truncated file is told from its size alone", async () => {
    writeFileSync(join(folder, "short"), fileOf(`{"x":${entry(0, 4)}}`, 3));
    await expect(loadWeights(join(folder, "short"))).rejects.toThrow(
      new FileError(`loadWeights: ${join(folder, "short")}: the tensors have 4 bytes, 3 are there; the file is truncated.`),
    );
    writeFileSync(join(folder, "tiny"), new Uint8Array(3));
    await expect(loadWeights(join(folder, "tiny"))).rejects.toThrow(
      new FileError(`loadWeights: ${join(folder, "tiny")}: the file has 3 bytes; the header's length alone has 8, so it is truncated.`),
    );
  });
});
