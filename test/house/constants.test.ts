import { join } from "node:path";
import { expect, test } from "vitest";
import { constantsSource, readConstants, upperCase } from "../../scripts/constants.mjs";
import { ElementType } from "../../src/kernels/generated/constants.js";
import { DTYPES } from "../../src/memory/views.js";
import { folderOf } from "../support/folder.js";
import { files, read, root } from "../support/repository.js";

const hostOf = (...lines: string[]) => constantsSource(readConstants(folderOf({ "a/family.ts": lines })));

test("a constant, an enum and a layout of assembly/ stand on the host's side with their comments", () => {
  const text = hostOf(
    "/** Elements of a chunk. @host */",
    "export const CHUNK: u32 = 8 << 10;",
    "/** Bytes of two. @host */",
    "@inline const TWO_CHUNKS: usize = <usize>(CHUNK + 1) * 2;",
    "/**",
    " * What is done. @host",
    " */",
    "export enum ThisState {",
    "  Off = 0, // nothing",
    "  /** Something. */",
    "  On = 3,",
    "}",
    "/** Of a step. @host */",
    "@unmanaged",
    "class StepCell {",
    "  rate: f64; // how fast",
    "  count: u32;",
    "  factor: f64;",
    "}",
    "const PRIVATE: u32 = 7;",
  );
  expect(text.slice(text.indexOf("\n\n"))).toBe(`

/** Elements of a chunk. */
export const CHUNK = 8192;

/** Bytes of two. */
export const TWO_CHUNKS = 16386;

/**
 * What is done.
 */
export const ThisState = {
  /** nothing */
  Off: 0,
  /** Something. */
  On: 3,
} as const;

/** Of a step. */
export const STEP_CELL = {
  /** how fast */
  rate: 0,
  count: 2,
  factor: 2,
} as const;
export const STEP_CELL_BYTES = 24;
`);
});

test.each([
  [
    "a function",
    ["/** @host */", "export function f(): void {}"],
    'a/family.ts: cannot read what is declared for the host: "export function f(): void {}',
  ],
  ["a managed class", ["/** @host */", "class C {", "  x: u32;", "}"], 'cannot read what is declared for the host: "class C {'],
  ["a field of another type", ["/** @host */", "@unmanaged", "class C {", "  x: bool;", "}"], "a/family.ts: C: field x has the type bool"],
  ["a member without a number", ["/** @host */", "enum E {", "  A,", "}"], 'a/family.ts: E: cannot read the member "A,"'],
  ["an unknown name", ["/** @host */", "const A: u32 = B + 1;"], 'a/family.ts: A: cannot tell the value of "B"'],
  ["a call", ["/** @host */", "const A: usize = memory.data<f32>([1]);"], "a/family.ts: A: cannot tell the value of"],
  [
    "a name twice",
    ["/** @host */", "const A: u32 = 1;", "/** @host */", "const A: u32 = 2;"],
    "a/family.ts: A is declared for the host twice",
  ],
])("%s is refused by name", (_, lines, error) => {
  expect(() => hostOf(...lines)).toThrow(error);
});

test("element types have the numbers that records give them", () => {
  for (const [name, number] of Object.entries(ElementType)) expect(DTYPES[number]).toBe(name.toLowerCase());
  expect(Object.keys(ElementType).length).toBe(DTYPES.length);
});

test("what is declared for the host in assembly/ is declared nowhere else, and is used", () => {
  const declared = readConstants(join(root, "assembly")).map(({ name, kind }) => (kind === "class" ? upperCase(name) : name));
  const sources = files("src").filter((path) => path.endsWith(".ts"));
  expect(declared.length).toBeGreaterThan(10);
  const again = sources.flatMap((path) =>
    [...read(path).matchAll(/^(?:export )?(?:const|enum) (\w+)/gm)].flatMap(([, name]) =>
      declared.includes(name) ? [`${path}: ${name}`] : [],
    ),
  );
  expect(again).toEqual([]);
  const texts = [...sources, ...files("test")].map(read);
  expect(declared.filter((name) => !texts.some((text) => new RegExp(`\\b${name}\\b`).test(text)))).toEqual([]);
});
