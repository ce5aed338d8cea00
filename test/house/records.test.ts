import { join } from "node:path";
import { expect, test } from "vitest";
import { entrySource, hostSources, piecesOf } from "../../scripts/host.mjs";
import { readKernels } from "../../scripts/records.mjs";
import { assemble } from "../support/assemble.js";
import { folderOf } from "../support/folder.js";
import { root } from "../support/repository.js";

test("records lie in memory as the compiler lays them out", async () => {
  const { records } = readKernels(join(root, "assembly"));
  const declared = [...records.values()].map(({ name, fields, family }) => ({ record: name, fields, family }));
  const probe = declared.flatMap(({ record, fields, family }) => [
    `import { ${record} } from "./assembly/${family}";`,
    ...fields.map(({ name }) => `export function ${record}_${name}(): usize { return offsetof<${record}>("${name}"); }`),
    `export function ${record}_(): usize { return offsetof<${record}>(); }`,
  ]);
  const offsets = new WebAssembly.Instance(new WebAssembly.Module(await assemble(probe.join("\n"))), { env: { abort() {} } })
    .exports as Record<string, () => number>;
  expect(declared.length).toBeGreaterThan(5);
  for (const { record, fields } of declared) {
    const compiled = fields.map(({ name }) => [name, offsets[`${record}_${name}`]()]);
    expect(Object.fromEntries(compiled), record).toEqual(Object.fromEntries(fields.map(({ name, offset }) => [name, offset])));
    // No field is missing: the last one we know ends where the compiler's record ends.
    const end = Math.max(0, ...fields.map(({ type, offset }) => offset + (type === "f64" ? 8 : 4)));
    expect(offsets[`${record}_`](), record).toBe(end);
  }
});

const RECORD = ["/** @cost n @flops 2 * n */", "@unmanaged", "export class FamilyArgs {", "  x: usize;", "  n: u32;", "  scale: f32;", "}"];
const CHUNK = "/** @host */ const CHUNK: u32 = 512;";
const DOUBLE = "export function double(r: FamilyArgs, from: u32, to: u32): void {}";

test("what a kernel computes and moves is an expression over whole numbers of its record", () => {
  const read = (tags: string) => readKernels(folderOf({ "family.ts": [CHUNK, ...RECORD, `/** Doubles. ${tags} */`, DOUBLE] })).kernels[0];
  expect(read("@bytes x ? 8 : 4 * n")).toMatchObject({ cost: "args.n", flops: "2 * args.n", bytes: "args.x ? 8 : 4 * args.n" });
  expect(read("@bytes 4 * n / ceil(n / CHUNK)").bytes).toBe("4 * args.n / Math.ceil(args.n / 512)");
  expect(read("@flops n @cost 3")).toMatchObject({ cost: "3", flops: "args.n", bytes: undefined });
  expect(() => read("@bytes 4 * m")).toThrow('family.ts: kernel double: its @bytes names "m", which its record has not');
  expect(() => read("@bytes 4 * scale")).toThrow('its @bytes names "scale" of type f32; it may name usize, u32');
});

test("a kernel has a cost or says that it runs alone", () => {
  const read = (tags: string, recordTags = "") =>
    readKernels(folderOf({ "family.ts": [`/** ${recordTags} */`, ...RECORD.slice(1), `/** Doubles. ${tags} */`, DOUBLE] })).kernels[0].cost;
  expect(() => read("")).toThrow(
    "family.ts: kernel double has no @cost: give its nanoseconds a unit of the range, or say @alone if threads never share it",
  );
  expect(read("@cost 2 * n")).toBe("2 * args.n");
  expect(read("@alone")).toBe(undefined);
  expect(read("@alone", "@cost n")).toBe(undefined);
});

test("what kernels compute and move stands in a file of its own", () => {
  const other = hostSources(readKernels(folderOf({ "family.ts": [...RECORD, "/** Doubles. @bytes 4 * n */", DOUBLE] })));
  expect(other.get("generated/work.ts")).toContain("  double: { flops: (u, r) => 2 * u[r + 1], bytes: (u, r) => 4 * u[r + 1] },");
});

test("a family is the path of its file: folders are read, and the host's files lie as they do", () => {
  const declared = readKernels(
    folderOf({ "family.ts": RECORD, "fast/double.ts": ["/** Doubles. */", DOUBLE], "fast/deep/half.ts": DOUBLE.replace("double", "half") }),
  );
  expect(declared.kernels.map(({ family, name }) => `${family}.${name}`)).toEqual(["fast/deep/half.half", "fast/double.double"]);
  expect(declared.records.get("FamilyArgs")?.family).toBe("family");
  const files = hostSources(declared);
  expect([...files.keys()].sort()).toEqual([
    "generated.ts",
    "generated/family.ts",
    "generated/fast/deep/half.ts",
    "generated/fast/double.ts",
    "generated/work.ts",
  ]);
  const half = files.get("generated/fast/deep/half.ts");
  expect(half).toContain('import * as twins from "../../../js/fast/deep/half.js";');
  expect(half).toContain('import { type FamilyArgs, familyArgs, writeFamilyArgs } from "../../family.js";');
  expect(half?.match(/function write/g)).toBe(null);
  expect(files.get("generated/family.ts")?.match(/function writeFamilyArgs/g)).toHaveLength(1);
  expect(files.get("generated.ts")).toContain('export { double, doubleKernel } from "./generated/fast/double.js";');
  expect(half).toContain('import { fast } from "../../pieces/fast.js";');
  const pieces = piecesOf(declared);
  expect([...pieces].map(([piece, kernels]) => [piece, kernels.map(({ name }) => name)])).toEqual([
    ["core", []],
    ["fast", ["half", "double"]],
  ]);
  const entry = entrySource("fast", pieces.get("fast") ?? [], "../assembly");
  expect(entry).toContain('export { half } from "../assembly/fast/deep/half";');
  expect(entry).not.toContain("replay");
});

test("names of generated files are not given to families", () => {
  const read = (file: string) => () => hostSources(readKernels(folderOf({ "family.ts": RECORD, [file]: DOUBLE })));
  expect(read("constants.ts")).toThrow("constants.ts: this name is taken by a file that is generated");
  expect(read("work.ts")).toThrow("work.ts: this name is taken");
  expect(read("pieces/core.ts")).toThrow("pieces/core.ts: this name is taken");
});

test("a signature may stand on several lines, with comments", () => {
  const lines = [
    "/** Doubles. @even */",
    "export function double(",
    "  r: FamilyArgs, // the record",
    "  from: u32,",
    "  to: u32,",
    "): void {",
    "}",
  ];
  expect(readKernels(folderOf({ "family.ts": [...RECORD, ...lines] })).kernels).toMatchObject([
    { name: "double", record: "FamilyArgs", even: true },
  ]);
});

test("what is commented out, generic or not exported is no kernel", () => {
  const lines = [`// ${DOUBLE}`, `/* ${DOUBLE} */`, DOUBLE.replace("double", "double<F>"), DOUBLE.replace("export ", "")];
  expect(readKernels(folderOf({ "family.ts": [...RECORD, ...lines] })).kernels).toEqual([]);
});

test.each([
  ["another integer type", "export function double(r: FamilyArgs, from: i32, to: u32): void {}"],
  ["a further parameter", "export function double(r: FamilyArgs, from: u32, to: u32, by: f32): void {}"],
  ["a result", "export function double(r: FamilyArgs, from: u32, to: u32): u32 { return 0; }"],
  ["no result type", "export function double(r: FamilyArgs, from: u32, to: u32) {}"],
  ["a record alone", "export function double(r: FamilyArgs): void {}"],
  ["an address for the record", "export function double(r: usize, from: u32, to: u32): void {}"],
  ["several lines", "export function double(\n  r: FamilyArgs,\n  from: u32\n): void {}"],
  ["a constant", "export const double = (r: FamilyArgs, from: u32, to: u32): void => {};"],
])("an exported function that looks like a kernel is refused by name: %s", (_, text) => {
  expect(() => readKernels(folderOf({ "a/family.ts": [...RECORD, text] }))).toThrow(
    /^a\/family\.ts: function double: cannot read its signature ".+"; a kernel's is "\(r: XxxArgs, from: u32, to: u32\): void"/,
  );
});

test.each([
  ["managed", "export class OddArgs {\n  x: usize;\n}", 'f.ts: record OddArgs: cannot read "export class OddArgs {"'],
  [
    "of a base",
    "@unmanaged\nexport class OddArgs extends A {\n  x: usize;\n}",
    'cannot read "@unmanaged export class OddArgs extends A {"',
  ],
  ["with a method", "@unmanaged\nexport class OddArgs {\n  f(): void {}\n}", 'f.ts: OddArgs: cannot read the field "f(): void {"'],
  ["with another type", "@unmanaged\nexport class OddArgs {\n  x: u8;\n}", "f.ts: OddArgs: field x has the type u8"],
  ["with a gap", "@unmanaged\nexport class OddArgs {\n  x: usize;\n  y: f64;\n}", "f.ts: OddArgs: there is a gap before the field y"],
  ["in place of nothing", "/** @inplace y */\n@unmanaged\nexport class OddArgs {\n  x: usize;\n}", 'its @inplace names "y"'],
])("a record that is %s is refused by name", (_, text, error) => {
  expect(() => readKernels(folderOf({ "f.ts": text }))).toThrow(error);
});

test("a name is declared once, and a kernel's record is declared", () => {
  expect(() => readKernels(folderOf({ "a.ts": RECORD, "b.ts": RECORD }))).toThrow("b.ts: record FamilyArgs is declared twice");
  expect(() => readKernels(folderOf({ "a.ts": [...RECORD, DOUBLE], "b.ts": DOUBLE }))).toThrow("b.ts: kernel double is declared twice");
  expect(() => readKernels(folderOf({ "b.ts": DOUBLE }))).toThrow("b.ts: kernel double takes FamilyArgs, which no file declares");
});
