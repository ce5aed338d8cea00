import { describe, expect, test } from "vitest";
import { FileError } from "../../src/io/error.js";
import { untar } from "../../src/io/tar.js";
import { tar, tarEntry } from "../support/tar.js";

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

test("files by their names, whatever their length, and nothing else", () => {
  const long = "x".repeat(513);
  const archive = tar([
    tarEntry("folder/", "", { type: "5" }),
    tarEntry("folder/a.txt", "alpha"),
    tarEntry("empty", ""),
    tarEntry("exact", "y".repeat(512)),
    tarEntry("link", "", { type: "2" }),
    tarEntry("old", "of a tar before POSIX", { type: "\0" }),
    tarEntry("long", long, { prefix: "deep/er" }),
  ]);
  const files = untar("read", archive);
  expect([...files.keys()]).toEqual(["folder/a.txt", "empty", "exact", "old", "deep/er/long"]);
  expect(text(files.get("folder/a.txt"))).toBe("alpha");
  expect([files.get("empty")?.length, text(files.get("exact")), text(files.get("deep/er/long"))]).toEqual([0, "y".repeat(512), long]);
});

describe("refused", () => {
  const archive = tar([tarEntry("a", "alpha"), tarEntry("b", "beta")]);

  test.each([0, 300, 512, 1024, 1500, 2048])("an archive of %i bytes, which are not all", (length) => {
    expect(() => untar("read", archive.subarray(0, length))).toThrow(FileError);
  });

  test("a file that is cut off, by name", () => {
    expect(() => untar("read", tar([tarEntry("a", "alpha", { size: 5000 })]))).toThrow(
      "read: a in the tar archive needs 5000 bytes, 1536 follow; it is truncated. Get it again.",
    );
  });

  test("a header that was changed", () => {
    const damaged = archive.slice();
    damaged[1024] ^= 1;
    expect(() => untar("read", damaged)).toThrow(/^read: the tar header at byte 1024 has checksum \d+, its bytes \d+\. Get it again\.$/);
    damaged.fill(255, 1024 + 148, 1024 + 156);
    expect(() => untar("read", damaged)).toThrow(/^read: the tar header at byte 1024 has checksum NaN/);
  });

  test("a size that is no number", () => {
    expect(() => untar("read", tar([tarEntry("a", "alpha", { size: Number.NaN })]))).toThrow(/^read: a in the tar archive needs NaN bytes/);
  });
});
