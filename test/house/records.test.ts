import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import asc from "assemblyscript/asc";
import { expect, test } from "vitest";
import { readKernels } from "../../scripts/records.mjs";
import { files, read, root } from "../support/repository.js";

test("records lie in memory as the compiler lays them out", async () => {
  const { records } = readKernels(join(root, "assembly"));
  const declared = [...records].map(([record, fields]) => ({ record, fields, file: fileOf(record) }));
  const probe = declared.flatMap(({ record, fields, file }) => [
    `import { ${record} } from "./${file.replace(/\.ts$/, "")}";`,
    ...fields.map(({ name }) => `export function ${record}_${name}(): usize { return offsetof<${record}>("${name}"); }`),
    `export function ${record}_(): usize { return offsetof<${record}>(); }`,
  ]);
  const offsets = await compile(probe.join("\n"));
  expect(declared.length).toBeGreaterThan(5);
  for (const { record, fields } of declared) {
    const compiled = fields.map(({ name }) => [name, offsets[`${record}_${name}`]()]);
    expect(Object.fromEntries(compiled), record).toEqual(Object.fromEntries(fields.map(({ name, offset }) => [name, offset])));
    // No field is missing: the last one we know ends where the compiler's record ends.
    const end = Math.max(0, ...fields.map(({ type, offset }) => offset + (type === "f64" ? 8 : 4)));
    expect(offsets[`${record}_`](), record).toBe(end);
  }
});

test("what a kernel computes and moves is an expression over whole numbers of its record", () => {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-"));
  const declare = (tags: string) =>
    writeFileSync(
      join(folder, "family.ts"),
      [
        "/** @cost n @flops 2 * n */",
        "@unmanaged",
        "export class FamilyArgs {",
        "  x: usize;",
        "  n: u32;",
        "  scale: f32;",
        "}",
        `/** Doubles. ${tags} */`,
        "export function double(r: FamilyArgs, from: u32, to: u32): void {",
        "}",
      ].join("\n"),
    );
  try {
    declare("@bytes x ? 8 : 4 * n");
    expect(readKernels(folder).kernels[0]).toMatchObject({ cost: "args.n", flops: "2 * args.n", bytes: "args.x ? 8 : 4 * args.n" });
    declare("@flops n @cost 3");
    expect(readKernels(folder).kernels[0]).toMatchObject({ cost: "3", flops: "args.n", bytes: undefined });
    declare("@bytes 4 * m");
    expect(() => readKernels(folder)).toThrow('family.ts: kernel double: its @bytes names "m", which its record has not');
    declare("@bytes 4 * scale");
    expect(() => readKernels(folder)).toThrow('its @bytes names "scale" of type f32; it may name usize, u32');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function fileOf(record: string): string {
  const file = files("assembly").find((path) => new RegExp(`^export class ${record} `, "m").test(read(path)));
  if (file === undefined) throw new Error(`no file declares ${record}`);
  return file;
}

async function compile(source: string): Promise<Record<string, () => number>> {
  let code: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ["probe.ts", "--outFile", "probe.wasm", "--runtime", "stub", "--enable", "simd,relaxed-simd,threads,bulk-memory"],
    {
      readFile: (name) => {
        if (name === "probe.ts") return source;
        if (name === "asconfig.json") return null;
        try {
          return readFileSync(join(root, name), "utf8");
        } catch {
          return null;
        }
      },
      writeFile: (name, contents) => {
        if (name === "probe.wasm") code = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error || !code) throw new Error(stderr.toString());
  return new WebAssembly.Instance(new WebAssembly.Module(code as BufferSource), { env: { abort() {} } }).exports as Record<
    string,
    () => number
  >;
}
