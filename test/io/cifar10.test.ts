import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ArgumentError } from "../../src/errors/errors.js";
import { loadCifar10, parseCifar10 } from "../../src/io/cifar10.js";
import { FileError } from "../../src/io/error.js";
import { dataFile } from "../support/data.js";
import { tar, tarEntry } from "../support/tar.js";

/** Whether the archive's checksum is compared. An archive made here has another. */
let checked = true;
vi.mock("../../src/io/download.js", async (original) => {
  const module = await original<typeof import("../../src/io/download.js")>();
  const differs: typeof module.differs = (op, file, bytes) =>
    file.name.endsWith(".tar.gz") && !checked ? Promise.resolve(null) : module.differs(op, file, bytes);
  return { ...module, differs };
});

const RECORD = 3073;
const [TRAIN, TEST] = ["cifar10-train-10k.bin.gz", "cifar10-test-1k.bin.gz"];
const folder = mkdtempSync(join(tmpdir(), "simdgrad-cifar-"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  checked = true;
  vi.unstubAllEnvs();
  vi.stubEnv("SIMDGRAD_DATA", "");
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network in tests")));
});

const file = dataFile("CIFAR-10", `cifar10/${TRAIN}`);

describe.skipIf(file === null)("the subset", () => {
  const home = dirname(file ?? "");

  test("is the first batch and the first thousand to test", async () => {
    const { train, test: held, classNames } = await loadCifar10({ folder: home, dtype: "uint8" });
    expect([train.x.shape, train.y.shape, held.x.shape, held.y.shape]).toEqual([[10000, 3, 32, 32], [10000], [1000, 3, 32, 32], [1000]]);
    expect([train.x.dtype, train.y.dtype]).toEqual(["uint8", "int32"]);
    const counts = new Array(10).fill(0);
    for (const label of train.y.view()) counts[label]++;
    expect(counts).toEqual([1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981]);
    expect([...train.y.view().subarray(0, 5)].map((label) => classNames[label])).toEqual(["frog", "truck", "truck", "deer", "automobile"]);
    // The second record, by hand: planes of red, green and blue, row by row.
    const record = gunzipSync(readFileSync(join(home, TRAIN))).subarray(RECORD, 2 * RECORD);
    expect(train.y.view()[1]).toBe(record[0]);
    expect([...train.x.view().subarray(3072, 3072 + 5)]).toEqual([...record.subarray(1, 6)]);
    expect(train.x.view()[3072 + 2 * 1024 + 3 * 32 + 7]).toBe(record[1 + 2 * 1024 + 3 * 32 + 7]);
  });

  test("is found by SIMDGRAD_DATA, as floats: byte / 255", async () => {
    vi.stubEnv("SIMDGRAD_DATA", dirname(home));
    const { test: held } = await loadCifar10();
    const { test: bytes } = await loadCifar10({ dtype: "uint8", subset: true });
    expect(held.x.dtype).toBe("float32");
    const wanted = bytes.x.view();
    expect(held.x.view().every((value, i) => value === Math.fround(wanted[i] / 255))).toBe(true);
  });

  test("damaged or half there is refused", async () => {
    const copy = join(folder, "copy");
    mkdirSync(copy);
    copyFileSync(join(home, TEST), join(copy, TEST));
    await expect(loadCifar10({ folder: copy })).rejects.toThrow(
      new FileError(
        `loadCifar10: there is no ${TRAIN} in ${copy} nor in ${join(copy, "cifar10")}. The subset is not downloaded: pass { folder } with ${TRAIN} and ${TEST}, or { subset: false }.`,
      ),
    );
    writeFileSync(join(copy, TRAIN), "damaged");
    await expect(loadCifar10({ folder: copy })).rejects.toThrow(
      new FileError(
        `loadCifar10: ${join(copy, TRAIN)} is not the published file: it has 7 bytes, the published file 28230024. Get it again.`,
      ),
    );
  });
});

/** Records of one class, whose pixels are all `pixel`. */
function records(n: number, label: number, pixel: number): Uint8Array {
  const bytes = new Uint8Array(n * RECORD).fill(pixel);
  for (let i = 0; i < n; i++) bytes[i * RECORD] = label;
  return bytes;
}

describe("the archive", () => {
  const home = join(folder, "archive");
  const write = (files: Record<string, Uint8Array>): void => {
    mkdirSync(home, { recursive: true });
    const entries = Object.entries(files).map(([name, bytes]) => tarEntry(`cifar-10-batches-bin/${name}`, bytes));
    writeFileSync(join(home, "cifar-10-binary.tar.gz"), gzipSync(tar(entries)));
  };
  /** In another order than that of their numbers, as in the published archive. */
  const batches = (): Record<string, Uint8Array> => ({
    "test_batch.bin": records(3, 9, 90),
    "batches.meta.txt": new TextEncoder().encode("airplane\n"),
    ...Object.fromEntries([5, 3, 1, 2, 4].map((i) => [`data_batch_${i}.bin`, records(2, i, 10 * i)])),
  });

  test("is five batches in their order, and one to test", async () => {
    checked = false;
    write(batches());
    const { train, test: held } = await loadCifar10({ folder: home, dtype: "uint8" });
    expect([...train.y.view()]).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    expect([...train.x.view().filter((_, i) => i % 3072 === 3071)]).toEqual([10, 10, 20, 20, 30, 30, 40, 40, 50, 50]);
    expect([held.x.shape, [...held.y.view()]]).toEqual([
      [3, 3, 32, 32],
      [9, 9, 9],
    ]);
  });

  test("goes before the subset, unless that is asked for", async () => {
    checked = false;
    write(batches());
    writeFileSync(join(home, TRAIN), "of the subset");
    expect((await loadCifar10({ folder: home })).train.y.size).toBe(10);
    await expect(loadCifar10({ folder: home, subset: true })).rejects.toThrow(/cifar10-train-10k\.bin\.gz is not the published file/);
    rmSync(join(home, TRAIN));
  });

  test("that lacks a batch, or has one that is cut or no batch, is refused by name", async () => {
    checked = false;
    const { "data_batch_3.bin": third, ...others } = batches();
    write(others);
    await expect(loadCifar10({ folder: home })).rejects.toThrow(
      "loadCifar10: cifar-10-binary.tar.gz has no file cifar-10-batches-bin/data_batch_3.bin. Get it again.",
    );
    write({ ...others, "data_batch_3.bin": third.subarray(1) });
    await expect(loadCifar10({ folder: home })).rejects.toThrow(
      "loadCifar10: cifar-10-batches-bin/data_batch_3.bin has 6145 bytes; expected records of 3073: a label and 3 × 32 × 32 pixels.",
    );
    write({ ...others, "data_batch_3.bin": records(2, 10, 0) });
    await expect(loadCifar10({ folder: home })).rejects.toThrow(
      "loadCifar10: record 0 of cifar-10-batches-bin/data_batch_3.bin has label 10; expected 0 … 9. This is no CIFAR-10 file.",
    );
  });

  test("that is not the published one is refused", async () => {
    write(batches());
    await expect(loadCifar10({ folder: home })).rejects.toThrow(
      /is not the published file: it has \d+ bytes, the published file 170052171/,
    );
  });

  test("is told how to be had where there is no network", async () => {
    await expect(loadCifar10()).rejects.toThrow(
      new FileError(
        `loadCifar10: cannot download cifar-10-binary.tar.gz: https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz: no network in tests. Offline: put cifar-10-binary.tar.gz into a folder and pass { folder }, or into cifar10 in the folder that SIMDGRAD_DATA names, or into ${join(folder, "cache/simdgrad/cifar10")}.`,
      ),
    );
    await expect(loadCifar10({ subset: true })).rejects.toThrow(
      /^loadCifar10: there is no cifar10-train-10k\.bin\.gz in cifar10 of the folder/,
    );
  });
});

describe("a file of records", () => {
  test("packed or not", async () => {
    const bytes = records(2, 7, 51);
    for (const given of [bytes, gzipSync(bytes)]) {
      const { x, y } = await parseCifar10(given);
      expect([x.shape, x.dtype, x.view()[4000], [...y.view()]]).toEqual([[2, 3, 32, 32], "float32", Math.fround(0.2), [7, 7]]);
    }
  });

  test("that is no such file is refused", async () => {
    await expect(parseCifar10(new Uint8Array(0))).rejects.toThrow(/^parseCifar10: the file has 0 bytes; expected records of 3073/);
    await expect(parseCifar10(gzipSync(records(2, 7, 51)).subarray(0, 40))).rejects.toThrow(/damaged or truncated/);
    await expect(parseCifar10("bytes" as never)).rejects.toThrow(ArgumentError);
    await expect(parseCifar10(records(1, 1, 1), { dtype: "int32" as never })).rejects.toThrow(/expected "float32" or "uint8"/);
  });
});
