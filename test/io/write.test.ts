import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FileError } from "../../src/io/error.js";
import { readFile } from "../../src/io/file.js";
import { makeFolder } from "../../src/io/makeFolder.js";
import { temporaryBeside } from "../../src/io/temporary.js";
import { writeFile } from "../../src/io/write.js";

let folder = "";
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "simdgrad-write-")));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const bytes = Uint8Array.from([1, 2, 3]);
const isLinux = process.platform === "linux";

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

test("a folder is made with those above it, and where none can be made the error says why", () => {
  const at = (path: string): string => join(folder, path);
  makeFolder("op", at("a/b/c"));
  makeFolder("op", at("a/b/c"));
  expect(readdirSync(at("a/b"))).toEqual(["c"]);
  writeFileSync(at("file"), "");
  expect(() => makeFolder("op", at("file"))).toThrow(/^op: cannot make the folder .*file: .*file is a file\.$/);
  expect(() => makeFolder("op", at("file/a/b"))).toThrow(/a\/b: .*file is a file\.$/);
});

test.skipIf(!isLinux)("a folder in /proc is refused at once", () => {
  expect(() => makeFolder("op", "/proc/simdgrad/runs")).toThrow(
    new FileError("op: cannot make the folder /proc/simdgrad/runs: the system makes none there."),
  );
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
    const fs = process.getBuiltinModule("node:fs").promises;
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

describe("what stands there", () => {
  test("keeps its mode", async () => {
    for (const mode of [0o600, 0o640, 0o755]) {
      writeFileSync(join(folder, "a"), "old");
      chmodSync(join(folder, "a"), mode);
      await writeFile(join(folder, "a"), bytes);
      expect((statSync(join(folder, "a")).mode & 0o777).toString(8)).toBe(mode.toString(8));
    }
    await writeFile(join(folder, "new"), bytes);
    writeFileSync(join(folder, "usual"), bytes);
    expect(statSync(join(folder, "new")).mode).toBe(statSync(join(folder, "usual")).mode);
  });

  test("keeps its hard links", async () => {
    writeFileSync(join(folder, "a"), "old and longer");
    linkSync(join(folder, "a"), join(folder, "b"));
    await writeFile(join(folder, "a"), bytes);
    expect(new Uint8Array(readFileSync(join(folder, "b")))).toEqual(bytes);
    expect(statSync(join(folder, "a")).ino).toBe(statSync(join(folder, "b")).ino);
    expect(readdirSync(folder).sort()).toEqual(["a", "b"]);
  });

  test("is not lost with the new bytes where the copy into it fails half-way", async () => {
    writeFileSync(join(folder, "a"), "old");
    linkSync(join(folder, "a"), join(folder, "b"));
    const fs = process.getBuiltinModule("node:fs").promises;
    vi.spyOn(fs, "copyFile").mockRejectedValueOnce(Object.assign(new Error(), { code: "ENOSPC" }));
    const failed = writeFile(join(folder, "a"), bytes, "save");
    await expect(failed).rejects.toThrow(FileError);
    const message = await failed.then(String, (error: Error) => error.message);
    const [temporary] = readdirSync(folder).filter((name) => name.endsWith(".tmp"));
    expect(message).toBe(
      `save: cannot write ${join(folder, "a")}: no space left; the file is damaged. The new bytes are whole in ${join(folder, temporary)}.`,
    );
    expect(new Uint8Array(readFileSync(join(folder, temporary)))).toEqual(bytes);
  });

  test("is written in place where nothing can be made beside it, or take its name", async () => {
    writeFileSync(join(folder, "a"), "old and longer");
    const { ino } = statSync(join(folder, "a"));
    const fs = process.getBuiltinModule("node:fs");
    const refused = (code: string) => Object.assign(new Error(), { code });
    const open = vi.spyOn(fs, "openSync").mockImplementationOnce(() => {
      throw refused("EACCES");
    });
    await writeFile(join(folder, "a"), bytes);
    expect(open).toHaveBeenCalledTimes(2);
    expect(new Uint8Array(readFileSync(join(folder, "a")))).toEqual(bytes);
    // A file that a container has mounted cannot be renamed over.
    vi.spyOn(fs.promises, "rename").mockRejectedValueOnce(refused("EBUSY"));
    await writeFile(join(folder, "a"), Uint8Array.of(9));
    expect(new Uint8Array(readFileSync(join(folder, "a")))).toEqual(Uint8Array.of(9));
    expect(statSync(join(folder, "a")).ino).toBe(ino);
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  test("a link that leads to no file yet is followed, over several links", async () => {
    mkdirSync(join(folder, "elsewhere"));
    symlinkSync("elsewhere/real", join(folder, "one"));
    symlinkSync(join(folder, "one"), join(folder, "two"));
    await writeFile(join(folder, "two"), bytes);
    expect(new Uint8Array(readFileSync(join(folder, "elsewhere/real")))).toEqual(bytes);
    expect(lstatSync(join(folder, "two")).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(folder, "one")).isSymbolicLink()).toBe(true);
    symlinkSync("b", join(folder, "a"));
    symlinkSync("a", join(folder, "b"));
    await expect(writeFile(join(folder, "a"), bytes)).rejects.toThrow(
      new FileError(`writeFile: cannot write ${join(folder, "a")}: its links lead in a circle.`),
    );
  });

  test.runIf(isLinux)("a device and a pipe are written through", async () => {
    await writeFile("/dev/null", bytes);
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
    await expect(writeFile("/dev/full", bytes)).rejects.toThrow(new FileError("writeFile: cannot write /dev/full: no space left."));
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const reader = spawn("cat", [pipe]);
    const parts: Buffer[] = [];
    reader.stdout.on("data", (part: Buffer) => parts.push(part));
    const ended = new Promise((resolve) => reader.on("close", resolve));
    await writeFile(pipe, new Uint8Array(200_000).fill(5));
    await ended;
    expect(Buffer.concat(parts).equals(Buffer.alloc(200_000, 5))).toBe(true);
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  test.runIf(isLinux)("is left alone where it is protected", async () => {
    const fs = process.getBuiltinModule("node:fs");
    writeFileSync(join(folder, "a"), "old");
    // Root may write everything, so the system's answer is given here.
    vi.spyOn(fs, "accessSync").mockImplementationOnce(() => {
      throw Object.assign(new Error(), { code: "EACCES" });
    });
    await expect(writeFile(join(folder, "a"), bytes)).rejects.toThrow(
      new FileError(`writeFile: cannot write ${join(folder, "a")}: permission denied.`),
    );
    expect(readFileSync(join(folder, "a"), "utf8")).toBe("old");
  });
});

test("names as long as the system takes are written, and a longer one is named as the reason", async () => {
  for (const name of ["a".repeat(255), "ä".repeat(127), "漢".repeat(85), "🙂".repeat(63)]) {
    await writeFile(join(folder, name), bytes);
    expect(new Uint8Array(readFileSync(join(folder, name)))).toEqual(bytes);
  }
  await expect(writeFile(join(folder, "a".repeat(256)), bytes)).rejects.toThrow(/its name is too long\.$/);
});

test("the bytes are those of the call, whatever is changed while the disk is waited for", async () => {
  const own = Uint8Array.from([1, 2, 3]);
  const writing = writeFile(join(folder, "a"), own);
  own.fill(0);
  await writing;
  expect(new Uint8Array(readFileSync(join(folder, "a")))).toEqual(bytes);
});

test("pieces of linear memory, which threads share, are written", async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(8), 2, 3);
  shared.set(bytes);
  await writeFile(join(folder, "a"), [shared, bytes]);
  expect(new Uint8Array(readFileSync(join(folder, "a")))).toEqual(Uint8Array.of(1, 2, 3, 1, 2, 3));
});

describe("temporary files of killed saves", () => {
  const names = () => readdirSync(folder).sort();

  test("are cleared by the next save of the same file, and only they", async () => {
    const target = join(folder, "model.safetensors");
    const child = spawn(process.execPath, ["-e", ""]);
    await new Promise((resolve) => child.on("close", resolve));
    const name = temporaryBeside("save", target).path;
    const dead = name.replace(`.${process.pid}.`, `.${child.pid}.`);
    writeFileSync(dead, "torn");
    writeFileSync(join(folder, "notes.tmp"), "mine");
    writeFileSync(temporaryBeside("save", join(folder, "other.safetensors")).path.replace(`.${process.pid}.`, `.${child.pid}.`), "torn");
    await writeFile(target, bytes);
    expect(names().filter((found) => found.endsWith(".tmp"))).toEqual([
      expect.stringMatching(/^\.other\.safetensors\.[0-9a-f]{8}\..*\.tmp$/),
      "notes.tmp",
    ]);
  });

  test("stay while their writer may still be at work", async () => {
    const target = join(folder, "a");
    const living = temporaryBeside("save", target).path.replace(`.${process.pid}.`, `.${process.ppid}.`);
    const thread = temporaryBeside("save", target);
    thread.end();
    const elsewhere = temporaryBeside("save", target).path.replace(/\.[0-9a-f]{8}\.\d+\./, ".00000000.1.");
    for (const path of [living, thread.path, elsewhere]) writeFileSync(path, "at work");
    await writeFile(target, bytes);
    expect(names().filter((name) => name.endsWith(".tmp")).length).toBe(3);
    // One of another computer is given a day; one that is older than this process, of the same number, belongs to a process before.
    const old = new Date(Date.now() - 2 * 24 * 3600 * 1000);
    for (const path of [thread.path, elsewhere]) utimesSync(path, old, old);
    await writeFile(target, bytes);
    expect(names().filter((name) => name.endsWith(".tmp")).length).toBe(1);
    expect(hostname()).not.toBe("");
  });
});
