import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { FileError } from "../../src/io/error.js";
import { loadShakespeare } from "../../src/io/shakespeare.js";
import { dataFile } from "../support/data.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-text-"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  vi.unstubAllEnvs();
  vi.stubEnv("SIMDGRAD_DATA", "");
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
});

const file = dataFile("Tiny Shakespeare", "text/tinyshakespeare.txt");

describe.skipIf(file === null)("Tiny Shakespeare", () => {
  test("is what was published, nine tenths to train on", async () => {
    const { train, validation } = await loadShakespeare({ folder: dirname(file as string) });
    expect([train.length, validation.length]).toEqual([1003854, 111540]);
    expect(train).toMatch(/^First Citizen:\nBefore we proceed any further, hear me speak\.\n/);
    expect(new Set(train + validation).size).toBe(65);
  });

  test("is downloaded once, under its name in its home, and kept under ours", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", (url: string) => {
      asked.push(url);
      return Promise.resolve(new Response(readFileSync(file as string)));
    });
    const first = await loadShakespeare({ onProgress: null });
    expect(await loadShakespeare({ onProgress: null })).toEqual(first);
    expect(asked).toEqual(["https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"]);
    expect(readFileSync(join(folder, "cache/simdgrad/text/tinyshakespeare.txt")).equals(readFileSync(file as string))).toBe(true);
  });
});

test("another text is refused", async () => {
  const path = join(folder, "tinyshakespeare.txt");
  writeFileSync(path, "To be");
  await expect(loadShakespeare({ folder })).rejects.toThrow(
    new FileError(`loadShakespeare: ${path} is not the published file: it has 5 bytes, the published file 1115394. Get it again.`),
  );
});
