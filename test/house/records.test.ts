import { readFileSync } from "node:fs";
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
