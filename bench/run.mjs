/**
 * `node bench/run.mjs [filter …] [--quick] [--json FILE]`: bundles every bench/*.bench.ts with the suite and runs the bundle.
 * Each file has the rows of a family of kernels. A new file is found by its name. SIMDGRAD_WIDE=0 leaves out the wide variants.
 */
import { mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const outfile = join(here, "../build/bench.mjs");
const families = readdirSync(here).filter((name) => name.endsWith(".bench.ts"));

mkdirSync(dirname(outfile), { recursive: true });
await build({
  stdin: {
    contents: [
      `import { run } from "./suite.js";`,
      ...families.map((file, i) => `import { rows as rows${i} } from "./${file}";`),
      `export const main = () => run([${families.map((_, i) => `...rows${i}`).join(", ")}]);`,
    ].join("\n"),
    resolveDir: here,
  },
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  sourcemap: "inline",
  logLevel: "error",
});
process.env.SIMDGRAD_WIDE ??= "auto";
const { main } = await import(pathToFileURL(outfile).href);
await main();
