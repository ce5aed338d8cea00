import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FileError } from "../../src/io/error.js";
import { checkBytes, readFile, withFile } from "../../src/io/file.js";
import { parseSafetensors } from "../../src/io/safetensors.js";
import { saveWeights } from "../../src/io/weights.js";
import { writeFile } from "../../src/io/write.js";
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

test("a file that is larger than a piece, one without a size and a pipe are read whole", async () => {
  const large = new Uint8Array((64 << 20) + 5).fill(7);
  large[large.length - 1] = 9;
  writeFileSync(join(folder, "large"), large);
  const found = await readFile(join(folder, "large"));
  expect(found.length).toBe(large.length);
  expect([found[64 << 20], found[found.length - 1]]).toEqual([7, 9]);
  // The system tells 0 as the size of its own files.
  if (process.platform !== "linux") return;
  expect(new TextDecoder().decode(await readFile("/proc/self/status"))).toMatch(/^Name:/);
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const writer = spawn("sh", ["-c", `head -c 300000 /dev/zero > "${join(folder, "pipe")}"`]);
  expect((await readFile(join(folder, "pipe"))).length).toBe(300_000);
  writer.kill();
});

test("a file that becomes shorter while it is read is an error", async () => {
  writeFileSync(join(folder, "a"), new Uint8Array(100));
  const reading = withFile(join(folder, "a"), "loadModel", async ({ size, read }) => {
    truncateSync(join(folder, "a"), 40);
    return read(0, size);
  });
  await expect(reading).rejects.toThrow(
    new FileError(`loadModel: ${join(folder, "a")} ends at byte 40; it became shorter while it was read.`),
  );
});

test("bytes of another realm are bytes", () => {
  const foreign = runInNewContext("new Uint8Array([1, 2, 3])") as Uint8Array;
  const found = checkBytes("parseIdx", foreign);
  expect(found).toEqual(bytes);
  expect(found).toBeInstanceOf(Uint8Array);
  expect(checkBytes("parseIdx", runInNewContext("new Uint8Array([1, 2, 3]).buffer"))).toEqual(bytes);
  expect(() => checkBytes("parseIdx", new Float32Array(2))).toThrow(
    "parseIdx: the bytes are a Float32Array; expected a Uint8Array or an ArrayBuffer.",
  );
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
  await saveWeights(join(folder, "net.safetensors"), { x: tensor([1, 2]) }, { metadata: { epoch: "3" } });
  const { tensors, metadata } = parseSafetensors(await readFile(join(folder, "net.safetensors")));
  expect(tensors.get("x")?.toArray()).toEqual([1, 2]);
  expect(metadata).toEqual({ epoch: "3" });
});
