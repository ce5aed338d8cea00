/**
 * `node scripts/build.mjs [kernels]`: generate the host side of the kernels, compile both Wasm builds and inline them;
 * without `kernels` also bundle what is published and emit its types. Nothing is rewritten that did not change.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { constantsSource, readConstants } from "./constants.mjs";
import { entrySource, hostSources } from "./host.mjs";
import { readKernels } from "./records.mjs";
import { sourcesIn } from "./source.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...parts) => join(root, ...parts);

function writeIfChanged(file, text) {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Every .ts file in a folder of the repository and its folders. */
const filesIn = (folder) => sourcesIn(at(folder)).map((file) => join(folder, file));

function hashOf(files) {
  const hash = createHash("sha256");
  for (const file of files.sort()) hash.update(file).update(readFileSync(at(file)));
  return hash.digest("hex");
}

function kernelsHash() {
  const sources = filesIn("assembly");
  return hashOf([
    ...sources,
    ...["build", "constants", "host", "records", "source"].map((script) => `scripts/${script}.mjs`),
    "asconfig.json",
  ]);
}

async function compile(target) {
  const { error, stderr } = await asc.main(["build/entry.ts", "--config", "asconfig.json", "--target", target], {
    readFile: (name, base) => {
      const file = join(root, base && base !== "." ? base : "", name);
      return existsSync(file) ? readFileSync(file, "utf8") : null;
    },
    writeFile: (name, contents) => writeFileSync(at(name), contents),
    listFiles: () => [],
  });
  if (error) {
    console.error(stderr.toString());
    throw error;
  }
}

async function buildKernels() {
  mkdirSync(at("build"), { recursive: true });
  const kernels = readKernels(at("assembly"));
  writeHost(hostSources(kernels).set("generated/constants.ts", constantsSource(readConstants(at("assembly")))));
  const stamp = at("build/kernels.sha256");
  const hash = kernelsHash();
  if (existsSync(stamp) && existsSync(at("src/kernels/wasm.ts")) && readFileSync(stamp, "utf8") === hash) return;
  writeFileSync(at("build/entry.ts"), entrySource(kernels));
  await compile("simd");
  await compile("relaxed");
  const inline = (target) => readFileSync(at(`build/kernels.${target}.wasm`)).toString("base64");
  writeIfChanged(
    at("src/kernels/wasm.ts"),
    `// Generated from assembly/ by \`npm run kernels\`; do not edit.\nexport const simd = "${inline("simd")}";\nexport const relaxed = "${inline("relaxed")}";\n`,
  );
  writeFileSync(stamp, hash);
}

/** The host's side; a family that is gone leaves no file behind. */
function writeHost(files) {
  for (const [file, text] of files) writeIfChanged(at("src/kernels", file), text);
  const wanted = new Set([...files.keys()].map((file) => at("src/kernels", file)));
  for (const file of filesIn("src/kernels/generated")) if (!wanted.has(at(file))) rmSync(at(file));
}

/** Everything that is published, unless nothing of it changed. */
async function buildPackage() {
  const stamp = at("build/package.sha256");
  const hash = packageHash();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  rmSync(stamp, { force: true });
  const { bundle, doors } = await import("./bundle.mjs");
  const { declarations } = await import("./declarations.mjs");
  await bundle();
  declarations(doors);
  const { measure, table } = await import("./sizes.mjs");
  console.log(table(await measure(root)));
  writeFileSync(stamp, hash);
}

function packageHash() {
  const files = ["build", "bundle", "declarations", "maps", "pure"].map((script) => `scripts/${script}.mjs`);
  return hashOf([...filesIn("src"), ...files, "package.json", "tsconfig.json", "tsconfig.build.json"]);
}

try {
  await buildKernels();
  if (process.argv[2] !== "kernels") await buildPackage();
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
}
