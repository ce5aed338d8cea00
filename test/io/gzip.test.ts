import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { FileError } from "../../src/io/error.js";
import { gunzip, gunzipped, isGzip } from "../../src/io/gzip.js";
import { withoutFiles } from "../support/data.js";

afterEach(() => vi.unstubAllGlobals());

const [first, second] = ["a,b\n1,x\n".repeat(9000), "-2.5,y\n"];
const members = [gzipSync(first), gzipSync(second)];
const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** Bytes in pieces whose memory is one, as files are read. */
function* pieces(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  const space = new Uint8Array(length);
  for (let at = 0; at < bytes.length; at += length) {
    const piece = bytes.subarray(at, at + length);
    space.set(piece);
    yield space.subarray(0, piece.length);
  }
}

async function unpacked(bytes: Uint8Array, length: number): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of gunzipped("read", "of t.gz", pieces(bytes, length))) parts.push(part.slice());
  return Buffer.concat(parts).toString();
}

describe.each([1, 7, 20, 64, 1 << 20])("in pieces of %i bytes", (length) => {
  test("members stand one behind the other, zeros may follow", async () => {
    expect(await unpacked(joined(...members), length)).toBe(first + second);
    expect(await unpacked(joined(...members, new Uint8Array(500)), length)).toBe(first + second);
    expect(await unpacked(joined(gzipSync(""), members[1], gzipSync("")), length)).toBe(second);
  });

  test("what is damaged in, between or behind members is refused", async () => {
    const [one, other] = members;
    const flipped = (at: number) => other.map((byte, i) => (i === at ? byte ^ 1 : byte));
    const zeroed = other.map((byte, i) => (i === 0 ? 0 : byte));
    const cuts = Array.from({ length: other.length - 1 }, (_, i) => joined(one, other.subarray(0, i + 1)));
    const damaged = [joined(one, flipped(0)), joined(one, flipped(1)), joined(one, flipped(other.length - 6)), joined(one, zeroed)];
    const strange = [
      joined(one, new Uint8Array(9), other),
      joined(one, new Uint8Array(600), Uint8Array.of(1)),
      joined(one, Uint8Array.of(9)),
    ];
    for (const bytes of [...cuts, ...damaged, ...strange, one.subarray(0, 30), Uint8Array.of(0x1f, 0x8b)])
      await expect(unpacked(bytes, length)).rejects.toThrow(
        new FileError("read: the gzip data of t.gz are damaged or truncated. Get the file again."),
      );
  });
});

test("what the pieces throw is thrown", async () => {
  async function* failing() {
    yield members[0].subarray(0, 40);
    throw new FileError("read: the network is away.");
  }
  const read = async () => {
    for await (const _ of gunzipped("read", "of t.gz", failing()));
  };
  await expect(read()).rejects.toThrow(/^read: the network is away\.$/);
});

test("a whole file is unpacked, and no more of it than it announces", async () => {
  expect(Buffer.from(await gunzip("read", joined(...members), () => 1e6)).toString()).toBe(first + second);
  const bomb = gzipSync(new Uint8Array(1 << 26));
  expect((await gunzip("read", bomb, () => 10)).length).toBeLessThan(1 << 20);
});

test("browsers unpack one member, and say so where they fail", async () => {
  vi.stubGlobal("process", withoutFiles());
  expect(isGzip(members[0])).toBe(true);
  expect(await unpacked(members[0], 50)).toBe(first);
  await expect(unpacked(members[0].subarray(0, 30), 1 << 20)).rejects.toThrow(
    "read: the gzip data of t.gz are damaged or truncated. Get the file again; browsers read no gzip file of several members.",
  );
});
