import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FileError } from "../../src/io/error.js";
import { readFile, writeFile } from "../../src/io/file.js";
import { parseSafetensors } from "../../src/io/safetensors.js";
import { saveWeights } from "../../src/io/weights.js";
import { tensor } from "../../src/tensor/creation.js";
import { withoutFiles } from "../support/data.js";

let folder = "";
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "simdgrad-file-")));
});
afterEach(() => {
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true });
});

const bytes = Uint8Array.from([1, 2, 3]);

test("what is written is read, by path or URL", async () => {
  await writeFile(join(folder, "a"), bytes);
  await writeFile(pathToFileURL(join(folder, "b c")), bytes);
  expect(await readFile(pathToFileURL(join(folder, "a")))).toEqual(bytes);
  const read = await readFile(join(folder, "b c"));
  expect(read).toEqual(bytes);
  expect(read.constructor).toBe(Uint8Array);
});

test("writing replaces a file and leaves nothing else", async () => {
  await writeFile(join(folder, "a"), new Uint8Array(1000));
  await writeFile(join(folder, "a"), bytes);
  expect(await readFile(join(folder, "a"))).toEqual(bytes);
  expect(readdirSync(folder)).toEqual(["a"]);
});

test("writing to a link replaces what it leads to", async () => {
  mkdirSync(join(folder, "elsewhere"));
  writeFileSync(join(folder, "elsewhere/real"), "old");
  symlinkSync(join(folder, "elsewhere/real"), join(folder, "link"));
  await writeFile(join(folder, "link"), bytes);
  expect(new Uint8Array(readFileSync(join(folder, "elsewhere/real")))).toEqual(bytes);
  expect(readdirSync(folder).sort()).toEqual(["elsewhere", "link"]);
});

test("writes at once to one file leave one of them whole", async () => {
  const all = Array.from({ length: 8 }, (_, i) => new Uint8Array(10_000).fill(i));
  await Promise.all(all.map((one) => writeFile(join(folder, "a"), one)));
  const found = await readFile(join(folder, "a"));
  expect(all).toContainEqual(found);
  expect(readdirSync(folder)).toEqual(["a"]);
});

describe("a failing write", () => {
  test("leaves what was there, and no temporary file", async () => {
    await writeFile(join(folder, "a"), bytes);
    // The step after the temporary file is whole.
    const fs = process.getBuiltinModule("node:fs/promises");
    const rename = vi.spyOn(fs, "rename").mockRejectedValueOnce(Object.assign(new Error("full"), { code: "ENOSPC" }));
    try {
      await expect(writeFile(join(folder, "a"), new Uint8Array(9), "save")).rejects.toThrow(
        new FileError(`save: cannot write ${join(folder, "a")}: no space left.`),
      );
    } finally {
      rename.mockRestore();
    }
    expect(await readFile(join(folder, "a"))).toEqual(bytes);
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  test("says why", async () => {
    await expect(writeFile(join(folder, "no/a"), bytes)).rejects.toThrow(
      new FileError(`writeFile: cannot write ${join(folder, "no/a")}: no such file or folder.`),
    );
    await expect(writeFile(folder, bytes)).rejects.toThrow(FileError);
    expect(readdirSync(join(folder, ".."))).not.toContainEqual(expect.stringMatching(/simdgrad-file-.*\.tmp$/));
  });
});

test("a failing read says why", async () => {
  await expect(readFile(join(folder, "no"))).rejects.toThrow(
    new FileError(`readFile: cannot read ${join(folder, "no")}: no such file or folder.`),
  );
  await expect(readFile(folder, "loadModel")).rejects.toThrow(new FileError(`loadModel: cannot read ${folder}: it is a folder.`));
  await expect(readFile(new URL("https://example.org/a"))).rejects.toThrow(
    new FileError("readFile: the path is https://example.org/a; expected a string or a file: URL."),
  );
});

test("without a file system the error says what to do", async () => {
  vi.stubGlobal("process", withoutFiles());
  const text = "there is no file system here; files need Node, Deno or Bun. In browsers";
  await expect(readFile("a")).rejects.toThrow(
    new FileError(`readFile: ${text} pass the bytes: new Uint8Array(await (await fetch(url)).arrayBuffer()).`),
  );
  await expect(writeFile("a", bytes, "save")).rejects.toThrow(
    new FileError(`save: ${text} take the bytes of serialize() or serializeSafetensors().`),
  );
});

test("saveWeights writes a safetensors file", async () => {
  await saveWeights(join(folder, "net.safetensors"), { x: tensor([1, 2]) }, { epoch: "3" });
  const { tensors, metadata } = parseSafetensors(await readFile(join(folder, "net.safetensors")));
  expect(tensors.get("x")?.toArray()).toEqual([1, 2]);
  expect(metadata).toEqual({ epoch: "3" });
});
