import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import {
  Dense,
  loadNpz,
  manualSeed,
  parseNpz,
  randn,
  Sequential,
  SimdgradError,
  saveNpz,
  serializeNpy,
  serializeNpz,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.js";
import { npyPieces } from "../../src/io/npy.js";
import { type PackedFile, stored, zipArchive } from "../../src/io/zipWrite.js";
import { rejection } from "../support/errors.js";
import { root } from "../support/repository.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-npz-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Files that numpy 1.24 wrote. */
const numpys = (name: string) => join(root, "test/fixtures/numpy", name);
const plain = (arrays: Map<string, Tensor>) =>
  Object.fromEntries([...arrays].map(([name, { dtype, shape, data }]) => [name, [dtype, [...shape], [...data]]]));
const refused = (bytes: Uint8Array) => rejection(() => parseNpz(bytes));
const joined = (pieces: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(pieces));

describe("numpy's files", () => {
  test("of every element type and order are read", async () => {
    const found = plain(await loadNpz(numpys("arrays.npz")));
    const { f2, f4, f8, ...whole } = { f2: "float32", f4: "float32", f8: "float64", i1: "int32", i2: "int32", i4: "int32", i8: "int32" };
    const expected: Record<string, unknown> = {};
    for (const order of ["little", "big"]) {
      for (const [type, dtype] of Object.entries({ f2, f4, f8 }))
        expected[`${order}_${type}`] = [dtype, [2, 3], [-0.5, -0.25, 0, 0.25, 0.5, 0.75]];
      for (const [type, dtype] of Object.entries(whole)) expected[`${order}_${type}`] = [dtype, [2, 3], [-2, -1, 0, 1, 2, 3]];
      for (const [type, dtype] of Object.entries({ u1: "uint8", u2: "int32", u4: "int32", u8: "int32" }))
        expected[`${order}_${type}`] = [dtype, [2, 3], [0, 1, 2, 3, 4, 5]];
    }
    expect(found).toEqual({
      ...expected,
      b1: ["bool", [2, 3], [1, 0, 1, 0, 1, 0]],
      fortran: ["float32", [2, 3, 4], Array.from({ length: 24 }, (_, i) => i)],
      fortran_big_f2: ["float32", [3, 2], [0, 0.5, 1, 1.5, 2, 2.5]],
      scalar: ["float32", [], [1.5]],
      empty: ["float32", [0, 3], []],
      one: ["int32", [5], [0, 1, 2, 3, 4]],
      "größe/ß": ["uint8", [1], [1]],
      specials: ["float32", [5], [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -0, 1 / 16777216]],
    });
  });

  test.each(["compressed.npz", "streamed.npz"])("that are deflated are read, with sizes before or behind the data: %s", async (name) => {
    const rows = Array.from({ length: 25 }, () => Array.from({ length: 40 }, (_, i) => i));
    const arrays = await parseNpz(new Uint8Array(readFileSync(numpys(name))));
    expect([...arrays.keys()]).toEqual(["w", "b"]);
    expect(arrays.get("w")?.toArray()).toEqual(rows);
    expect(arrays.get("b")?.data).toEqual(new Float64Array(100));
  });

  test("with the records of large files, a comment, and headers of each version are read", async () => {
    const row = ["float32", [3], [0, 1, 2]];
    expect(plain(await loadNpz(numpys("zip64.npz")))).toEqual({ v1: row, v2: row, v3: row });
  });
});

const state = () => ({
  w: tensor([[0.5, -1]]),
  "0.größe": tensor([3], { dtype: "int32" }),
  d: tensor([1 / 3], { dtype: "float64" }),
  none: zeros([0, 2]),
  one: tensor(7),
  flag: tensor([true, false]),
  small: tensor([1, 255], { dtype: "uint8" }),
});
const expected = plain(new Map(Object.entries(state())));

describe("what is written", () => {
  test.each([false, true])("is read; the same tensors give the same bytes (compressed: %s)", async (compress) => {
    const bytes = await serializeNpz(state(), { compress });
    expect(plain(await parseNpz(bytes))).toEqual(expected);
    expect(await serializeNpz(new Map(Object.entries(state())), { compress })).toEqual(bytes);
    const path = join(folder, `${compress}.npz`);
    await saveNpz(path, state(), { compress });
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
    expect(plain(await loadNpz(path))).toEqual(expected);
  });

  test.each([false, true])("is read into arrays of its own kind (compressed: %s)", async (compress) => {
    const bytes = await serializeNpz({ u: zeros([200], { dtype: "uint8" }), f: zeros([200]) }, { compress });
    const arrays = await parseNpz(bytes);
    bytes.fill(255);
    for (const [name, kind] of [
      ["u", Uint8Array],
      ["f", Float32Array],
    ] as const) {
      const found = arrays.get(name) as Tensor;
      expect(found.max().item()).toBe(0);
      expect(Object.getPrototypeOf(found.view())).toBe(kind.prototype);
    }
  });

  test("is smaller where it is compressed", async () => {
    const much = { x: zeros([10_000]) };
    expect((await serializeNpz(much)).length).toBeGreaterThan(40_000);
    expect((await serializeNpz(much, { compress: true })).length).toBeLessThan(1_000);
  });

  test("is unpacked as a stream where it is large", async () => {
    const path = join(folder, "large.npz");
    await saveNpz(path, { x: zeros([9 << 20], { dtype: "float64" }) }, { compress: true });
    const { shape, dtype } = (await loadNpz(path)).get("x") as Tensor;
    expect([shape, dtype]).toEqual([[9 << 20], "float64"]);
  });

  test("goes into a model", async () => {
    manualSeed(1);
    const [from, to] = [1, 2].map((seed) => {
      manualSeed(seed);
      return new Sequential([new Dense(3, { inputShape: [4] })]);
    });
    await saveNpz(join(folder, "net.npz"), from.stateDict());
    to.loadStateDict(await loadNpz(join(folder, "net.npz")));
    expect(plain(to.stateDict())).toEqual(plain(from.stateDict()));
  });

  test.each([false, true])("is of the moment of the call (compressed: %s)", async (compress) => {
    const path = join(folder, "moment.npz");
    const x = randn([1000]);
    const before = x.toArray();
    const [saving, bytes] = [saveNpz(path, { x }, { compress }), serializeNpz({ x }, { compress })];
    x.fill(0);
    await saving;
    expect((await loadNpz(path)).get("x")?.toArray()).toEqual(before);
    expect((await parseNpz(await bytes)).get("x")?.toArray()).toEqual(before);
  });

  test("is zip64 where something is large", async () => {
    const files = Object.entries(state()).map(([name, x]) => stored(`${name}.npy`, npyPieces(x)));
    for (const limit of [0, 1, 130, 300, 600]) {
      const bytes = joined(zipArchive(files, limit));
      expect(plain(await parseNpz(bytes))).toEqual(expected);
      expect(Buffer.from(bytes).includes("PK\x06\x06")).toBe(true);
    }
    expect(Buffer.from(joined(zipArchive(files))).includes("PK\x06\x06")).toBe(false);
  });

  test("no tensors are an archive without files", async () => {
    expect((await parseNpz(await serializeNpz({}))).size).toBe(0);
  });
});

describe("refused", () => {
  const npy = serializeNpy(tensor([1, 2]));
  const file = (changes: Partial<PackedFile> = {}): PackedFile => ({ ...stored("x.npy", [npy]), ...changes });
  const archive = (...files: PackedFile[]) => joined(zipArchive(files));
  const deflated = (content: Uint8Array) => ({
    ...stored("x.npy", [content]),
    method: 8,
    pieces: [new Uint8Array(deflateRawSync(content))],
  });
  const AGAIN = " Get the file again.";

  test.each<[string, () => Uint8Array, string]>([
    [
      "nothing",
      () => new Uint8Array(0),
      "the file of 0 bytes has no record of a zip archive's end. This is no zip archive, or its end is missing.",
    ],
    [
      "a .npy file",
      () => npy,
      "the file of 136 bytes has no record of a zip archive's end. This is no zip archive, or its end is missing.",
    ],
    [
      "another file in it",
      () => archive(file(), file({ name: "readme.txt" })),
      'the archive has "readme.txt"; a .npz file has .npy files only.',
    ],
    ["a file of torch.save", () => archive(file({ name: "archive/data.pkl" })), 'the archive has "archive/data.pkl"; a .npz file has .npy files only. A file of torch.save is pickled; write it as safetensors in Python.'], // biome-ignore format: one line
    ["a name twice", () => archive(file(), file()), `the zip archive is damaged: "x.npy" is in it twice.${AGAIN}`],
    ["another method", () => archive(file({ method: 12 })), "x.npy: it is bzip2; stored and deflated entries are read."],
    ["an unknown method", () => archive(file({ method: 77 })), "x.npy: it is packed by method 77; stored and deflated entries are read."],
    [
      "a wrong checksum",
      () => archive(file({ crc: 1 })),
      `x.npy: its checksum is ${stored("", [npy]).crc.toString(16)}; the archive says 1.${AGAIN}`,
    ],
    ["a wrong checksum of deflated data", () => archive({ ...deflated(npy), crc: 1 }), `x.npy: its checksum is ${stored("", [npy]).crc.toString(16)}; the archive says 1.${AGAIN}`], // biome-ignore format: one line
    ["a wrong size", () => archive(file({ size: 137 })), `x.npy: it is stored, but has 136 bytes in place of 137.${AGAIN}`],
    [
      "less than it claims",
      () => archive({ ...deflated(npy), size: 137 }),
      "x.npy: the deflated data (40 bytes) are damaged, or do not hold 137 bytes.",
    ],
    [
      "more than it claims",
      () => archive({ ...deflated(npy), size: 135 }),
      "x.npy: the deflated data (40 bytes) are damaged, or do not hold 135 bytes.",
    ],
    [
      "what claims to fill the memory",
      () => archive({ ...deflated(npy), size: 2 ** 50 }),
      `x.npy: 40 bytes claim to be ${2 ** 50}; deflate packs 1032 to one at most.${AGAIN}`,
    ],
    [
      "what is no .npy inside",
      () => archive(stored("x.npy", [new Uint8Array(99)])),
      "x: it does not begin with \\x93NUMPY. This is no .npy file.",
    ],
    ["something before it", () => joined([new Uint8Array(7), archive(file())]), `the zip archive is damaged: its directory of 51 bytes at 171 does not end where its end begins, at 229.${AGAIN}`], // biome-ignore format: one line
    ["something behind it", () => joined([archive(file()), new Uint8Array(1)]), "the file of 245 bytes has no record of a zip archive's end. This is no zip archive, or its end is missing."], // biome-ignore format: one line
  ])("%s", async (_, bytes, text) => {
    expect(
      (await refused(bytes()))
        .replace(/\d+ bytes\) are/, "40 bytes) are")
        .replace(/: \d+ bytes claim/, ": 40 bytes claim")
        .replace(" Get the file again.", ""),
    ).toBe(`FILE parseNpz: ${text.replace(AGAIN, "")}`);
  });

  test("entries that are encrypted, or lie on each other", async () => {
    const bytes = archive(file());
    bytes[171 + 8] |= 1;
    expect(await refused(bytes)).toBe("FILE parseNpz: x.npy: it is encrypted. Write the archive without a password.");
    const two = archive(file(), file({ name: "y.npy" }));
    // The second entry's place becomes that of the first.
    const second = two.length - 22 - 51;
    new DataView(two.buffer).setUint32(second + 42, 0, true);
    expect(await refused(two)).toMatch(
      /^FILE parseNpz: x\.npy: its 136 bytes at 0 reach over 0, where another entry or the directory begins\./,
    );
  });

  test("names that no archive has, and what is no tensor", async () => {
    expect(await rejection(() => serializeNpz({ ["é".repeat(40_000)]: tensor(1) }))).toMatch(
      /^ARGUMENT serializeNpz: the name "é+…" has 80000 bytes; at most 65531\.$/,
    );
    expect(await rejection(() => serializeNpz([1] as never))).toMatch(/^ARGUMENT serializeNpz: the tensors are an array/);
    expect(await rejection(() => saveNpz("never.npz", { x: 1 } as never))).toMatch(/^ARGUMENT saveNpz: "x" is 1; expected a tensor/);
    expect(await rejection(() => saveNpz("never.npz", {}, { compressed: true } as never))).toMatch(
      /^ARGUMENT saveNpz: unknown option "compressed".*Did you mean "compress"/,
    );
  });

  test("a file on disk, by its name and the array's", async () => {
    const path = join(folder, "bad.npz");
    writeFileSync(path, archive(stored("a/b.npy", [npy.subarray(0, 130)])));
    expect(await rejection(() => loadNpz(path))).toBe(
      `FILE loadNpz: ${path}: a/b: shape [2] of F32 needs 8 bytes, 2 follow the header; it is truncated.`,
    );
    truncateSync(path, statSync(path).size - 1);
    expect(await rejection(() => loadNpz(path))).toMatch(/has no record of a zip archive's end/);
  });
});

/** Every array of the file is the one that was written. */
async function isWhole(bytes: Uint8Array, names: readonly string[]): Promise<boolean> {
  let found: Record<string, unknown>;
  try {
    found = plain(await parseNpz(bytes));
  } catch (error) {
    if (!(error instanceof SimdgradError)) throw error;
    return true;
  }
  return JSON.stringify(found) === JSON.stringify(Object.fromEntries(names.map((name) => [name, expected[name]])));
}

describe.each([false, true])("a damaged file (compressed: %s)", (compress) => {
  test("is refused wherever it is cut", async () => {
    const bytes = await serializeNpz(state(), { compress });
    for (let length = 0; length < bytes.length; length += 3) expect(await refused(bytes.subarray(0, length))).toMatch(/^FILE /);
  });

  test("with any byte changed is refused, or has the arrays that were written", async () => {
    const { w, small } = state();
    const bytes = await serializeNpz({ w, small }, { compress });
    for (let at = 0; at < bytes.length; at++)
      for (const bits of [1, 128, 255]) {
        const changed = bytes.slice();
        changed[at] ^= bits;
        expect(await isWhole(changed, ["w", "small"]), `byte ${at}`).toBe(true);
      }
  });

  test("two entries that are said to lie behind the directory are refused", async () => {
    const bytes = await serializeNpz(state(), { compress });
    const changed = bytes.slice();
    const view = new DataView(changed.buffer);
    // The places of the entries, in the directory.
    for (let at = 0; at + 46 < bytes.length; at++)
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 42, (bytes.length << 4) + (at << 12), true);
    expect(await refused(changed)).toMatch(/^FILE /);
  });

  test("with many bytes changed is refused, at once", async () => {
    const bytes = await serializeNpz(state(), { compress });
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.constantFrom(0, 255, 1, 80, 75)), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(changes, fc.nat(40), async (list, cut) => {
        const changed = bytes.slice(0, bytes.length - (cut > 20 ? 0 : cut));
        for (const [at, byte] of list) if (at < changed.length) changed[at] = byte;
        return isWhole(changed, Object.keys(expected));
      }),
      { numRuns: 400 },
    );
  });
});
