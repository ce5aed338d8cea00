import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { folderOf } from "./folder.js";
import { root } from "./repository.js";

/**
 * Runs a program in a process of its own, whose memory nothing else has used.
 * @param source ends in a call of `report`; the library stands in it as `lib`
 * @param flags of Node
 * @returns what was passed to `report`
 */
export async function runProgram<T>(source: string, flags: readonly string[] = []): Promise<T> {
  const folder = folderOf({});
  const file = join(folder, "program.ts");
  const outfile = join(folder, "program.mjs");
  writeFileSync(
    file,
    `import * as lib from ${JSON.stringify(join(root, "src/index.ts"))};
     const report = (value: unknown): void => console.log("\\n" + JSON.stringify(value));
     ${source}`,
  );
  await build({ entryPoints: [file], outfile, bundle: true, format: "esm", platform: "node", logLevel: "error" });
  const env = { ...process.env, SIMDGRAD_THREADS: "1", SIMDGRAD_KERNELS: undefined };
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, outfile], { encoding: "utf8", env });
  if (status !== 0) throw new Error(`the program ended with ${status}: ${stderr}`);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) as string) as T;
}
