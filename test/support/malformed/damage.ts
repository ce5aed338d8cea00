import fc from "fast-check";

/**
 * Damage as files meet it: bits that flip, parts that are lost, doubled or shifted, numbers that are huge, values of another type, nesting.
 * A change names its place as a share of the file, or a byte near its beginning, where headers are.
 */
type Change = (bytes: Buffer) => Buffer;

/** A place in a file of n bytes. */
const place = fc.oneof(
  fc.nat(255).map((byte) => (n: number) => Math.min(byte, n)),
  fc.double({ min: 0, max: 1, noNaN: true }).map((share) => (n: number) => Math.floor(share * n)),
  fc.nat(400).map((byte) => (n: number) => Math.max(0, n - byte)),
);

const splice = (bytes: Buffer, at: number, removed: number, added: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(Math.min(bytes.length, at + removed))]);

const over = (bytes: Buffer, at: number, added: Uint8Array): Buffer => splice(bytes, at, added.length, added);

const flip: fc.Arbitrary<Change> = fc.tuple(place, fc.nat(7)).map(([at, bit]) => (bytes) => {
  const changed = Buffer.from(bytes);
  if (changed.length > 0) changed[Math.min(at(bytes.length), bytes.length - 1)] ^= 1 << bit;
  return changed;
});

const truncate: fc.Arbitrary<Change> = place.map((at) => (bytes) => bytes.subarray(0, at(bytes.length)));
const remove: fc.Arbitrary<Change> = fc.tuple(place, fc.integer({ min: 1, max: 64 })).map(
  ([at, length]) =>
    (bytes) =>
      splice(bytes, at(bytes.length), length, Buffer.alloc(0)),
);
const insert: fc.Arbitrary<Change> = fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 32 })).map(
  ([at, added]) =>
    (bytes) =>
      splice(bytes, at(bytes.length), 0, added),
);
const overwrite: fc.Arbitrary<Change> = fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 32 })).map(
  ([at, added]) =>
    (bytes) =>
      over(bytes, at(bytes.length), added),
);
const blank: fc.Arbitrary<Change> = fc.tuple(place, fc.integer({ min: 1, max: 512 }), fc.constantFrom(0, 255, 32)).map(
  ([at, length, byte]) =>
    (bytes) =>
      over(bytes, at(bytes.length), Buffer.alloc(Math.min(length, bytes.length - at(bytes.length)), byte)),
);
const duplicate: fc.Arbitrary<Change> = fc.tuple(place, place, fc.integer({ min: 1, max: 600 })).map(
  ([from, to, length]) =>
    (bytes) =>
      splice(bytes, to(bytes.length), 0, bytes.subarray(from(bytes.length), from(bytes.length) + length)),
);

/** Numbers that a header should not have, in every width and order of bytes. */
const huge: fc.Arbitrary<Change> = fc
  .tuple(
    place,
    fc.constantFrom(0n, 1n, 255n, 65535n, 2n ** 31n - 1n, 2n ** 32n - 1n, 2n ** 50n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n),
    fc.constantFrom(2, 4, 8),
    fc.boolean(),
  )
  .map(([at, value, width, little]) => (bytes) => {
    const number = Buffer.alloc(8);
    if (little) number.writeBigUInt64LE(value);
    else number.writeBigUInt64BE(BigInt.asUintN(64, value << BigInt(64 - 8 * width)));
    return over(bytes, at(bytes.length), number.subarray(0, width));
  });

export const binaryChange: fc.Arbitrary<Change> = fc.oneof(flip, truncate, remove, insert, overwrite, blank, duplicate, huge);

/** Replaces one match of a pattern in a text. Every byte is a letter of it. */
const replaced = (pattern: RegExp, texts: readonly string[]): fc.Arbitrary<Change> =>
  fc.tuple(fc.nat(), fc.constantFrom(...texts)).map(([which, text]) => (bytes) => {
    const matches = [...bytes.toString("latin1").matchAll(pattern)];
    if (matches.length === 0) return bytes;
    const { index, 0: found } = matches[which % matches.length];
    return splice(bytes, index, found.length, Buffer.from(text, "latin1"));
  });

const NUMBERS = [
  "-1",
  "0",
  "1e999",
  "-0.5",
  "NaN",
  "99999999999999999999",
  "4294967296",
  "9007199254740993",
  "1e15",
  "",
  '"7"',
  "null",
  "0x10",
  "1,5",
];
const VALUES = ["null", "true", "{}", "[]", '""', "1e999", '"x"', "[[]]", '{"__proto__":{"a":1}}', "-1"];
const WORDS = ["__proto__", "constructor", "toString", "hasOwnProperty", "", "\\u0000", "x".repeat(5000), "\u00ff"];

/** Texts nested deeper than any stack. */
const nest: fc.Arbitrary<Change> = fc.tuple(place, fc.constantFrom("[", '{"a":', "(", "'", '"')).map(
  ([at, text]) =>
    (bytes) =>
      splice(bytes, at(bytes.length), 0, Buffer.from(text.repeat(200_000))),
);

/** Changes that only texts meet, and files with a text in them. */
const textChange: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: replaced(/-?\d+(\.\d+)?(e[+-]?\d+)?/g, NUMBERS) },
  { weight: 4, arbitrary: replaced(/"[^"]*"|-?\d+(\.\d+)?|true|false|null|\[\]|\{\}/g, VALUES) },
  { weight: 3, arbitrary: replaced(/[A-Za-z_]\w*/g, WORDS) },
  { weight: 2, arbitrary: replaced(/[,:{}[\]"\n]/g, ["", ",", ":", "{", "}", "[", "]", '"', "\n", "\r", "\0"]) },
  { weight: 1, arbitrary: nest },
);

/**
 * Damaged copies of some files: one to three changes of one of them, or bytes that have nothing to do with them.
 * @param samples whole files @param text whether they are texts, or have a text within
 */
export function damaged(samples: readonly Uint8Array[], text: boolean): fc.Arbitrary<Damaged> {
  const change = text ? fc.oneof(binaryChange, { weight: 2, arbitrary: textChange }) : binaryChange;
  const changed = fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([sample, changes]) => new Uint8Array(changes.reduce<Buffer>((bytes, apply) => apply(bytes), Buffer.from(sample))));
  const spliced = fc
    .tuple(fc.constantFrom(...samples), fc.constantFrom(...samples), place, place)
    .map(([a, b, to, from]) => new Uint8Array(Buffer.concat([a.subarray(0, to(a.length)), b.subarray(from(b.length))])));
  const strange = fc.uint8Array({ maxLength: 300 });
  return fc
    .oneof({ weight: 20, arbitrary: changed }, { weight: 2, arbitrary: spliced }, { weight: 1, arbitrary: strange })
    .map((bytes) => ({ bytes, [fc.toStringMethod]: () => shown(bytes) }));
}

/** A damaged file, which fast-check shows as an expression. */
export interface Damaged {
  readonly bytes: Uint8Array;
}

function shown(bytes: Uint8Array): string {
  const isText = bytes.every((byte) => byte >= 32 && byte < 127);
  return `Buffer.from(${JSON.stringify(Buffer.from(bytes).toString(isText ? "latin1" : "base64")).slice(0, 3000)}, "${isText ? "latin1" : "base64"}")`;
}
