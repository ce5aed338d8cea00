/**
 * `node scripts/build.mjs [kernels]`: generate the host side of the kernels, compile the pieces for both Wasm builds, bundle the scripts of pages;
 * without `kernels` also bundle what is published and emit its types. Nothing is rewritten that did not change.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { exposeInner } from "./closure.mjs";
import { constantsSource, readConstants } from "./constants.mjs";
import { entrySource, hostSources, pieceSource, piecesOf } from "./host.mjs";
import { buildPages } from "./pages.mjs";
import { readKernels, readNarrow } from "./records.mjs";
import { sourcesIn } from "./source.mjs";
import { byFrequency, textOf } from "./text.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...parts) => join(root, ...parts);

function writeIfChanged(file, text) {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** All .ts files in a folder of the repository and in its sub-folders. */
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
    ...["build", "closure", "constants", "host", "records", "source", "text"].map((script) => `scripts/${script}.mjs`),
    "asconfig.json",
  ]);
}

const BUILDS = ["simd", "relaxed"];
/** Where the tables of constants begin: below lie status and records. */
const MEMORY_BASE = 1024;

/** The path of a piece's build without its ending: `.wasm`, and `.wat` to be read. */
const pathOf = (piece, build) => `build/kernels/${piece}.${build}`;

async function compile(piece, build, memoryBase) {
  const file = pathOf(piece, build);
  const args = [`build/kernels/${piece}.ts`, "--config", "asconfig.json", "--target", build, "--memoryBase", String(memoryBase)];
  const { error, stderr } = await asc.main([...args, "--outFile", `${file}.wasm`, "--textFile", `${file}.wat`], {
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
  return { code: readFileSync(at(`${file}.wasm`)), text: readFileSync(at(`${file}.wat`), "utf8") };
}

/**
 * Checks what the host relies on, by the text: this Node may be too old to load every build.
 * @returns where the tables of the next piece may begin
 */
function endOf(text, kernels) {
  const names = [...text.matchAll(/^ \(export "(\w+)"/gm)].map(([, name]) => name);
  const wrong = kernels.find(({ name }, i) => names[i] !== name);
  if (wrong) throw new Error(`kernel ${wrong.name} is not exported in its place`);
  return Number(text.match(/\(func \$assembly\/threads\/heapBase \(result i32\)\n\s*i32\.const (\d+)/)[1]);
}

async function buildKernels() {
  mkdirSync(at("build/kernels"), { recursive: true });
  const declared = readKernels(at("assembly"));
  const pieces = piecesOf(declared);
  writeHost(new Map([...hostSources(declared), ["generated/constants.ts", constantsSource(readConstants(at("assembly")))]]), [
    ...[...pieces.keys()].map((piece) => `generated/pieces/${piece}.ts`),
  ]);
  const stamp = at("build/kernels.sha256");
  const hash = kernelsHash();
  const files = [...pieces.keys()].map((piece) => at(`src/kernels/generated/pieces/${piece}.ts`));
  if (existsSync(stamp) && files.every(existsSync) && readFileSync(stamp, "utf8") === hash) return;
  const codes = new Map();
  const inner = new Map();
  const narrow = readNarrow(at("assembly"));
  // All pieces lie in one memory: the tables of each behind those of the one before.
  let memoryBase = MEMORY_BASE;
  for (const [piece, kernels] of pieces) {
    writeFileSync(at(`build/kernels/${piece}.ts`), entrySource(piece, kernels, "../../assembly"));
    const ends = [];
    for (const build of BUILDS) {
      const { code, text } = await compile(piece, build, memoryBase);
      ends.push(endOf(text, kernels));
      const wide = kernels.filter((kernel) => kernel.wide).map(({ name }) => name);
      const exposed = exposeInner(code, text, wide, narrow);
      writeFileSync(at(`${pathOf(piece, build)}.wasm`), exposed.code);
      codes.set(pathOf(piece, build), exposed.code);
      inner.set(pathOf(piece, build), exposed.inner);
    }
    memoryBase = Math.ceil(Math.max(...ends) / 64) * 64;
  }
  const order = byFrequency(...codes.values());
  for (const piece of pieces.keys()) {
    const texts = Object.fromEntries(BUILDS.map((build) => [build, textOf(codes.get(pathOf(piece, build)), order)]));
    const inners = Object.fromEntries(BUILDS.map((build) => [build, inner.get(pathOf(piece, build))]));
    writeIfChanged(at(`src/kernels/generated/pieces/${piece}.ts`), pieceSource(piece, texts, inners));
  }
  writeFileSync(stamp, hash);
}

/** The host's side; a family or a piece that is gone leaves no file behind. @param others files that are written elsewhere */
function writeHost(files, others) {
  for (const [file, text] of files) writeIfChanged(at("src/kernels", file), text);
  const wanted = new Set([...files.keys(), ...others].map((file) => at("src/kernels", file)));
  for (const file of filesIn("src/kernels/generated")) if (!wanted.has(at(file))) rmSync(at(file));
}

/** Builds the published files, unless none of their sources changed. */
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
  const files = ["build", "bundle", "declarations", "lines", "maps", "pages", "patterns", "pure"].map((script) => `scripts/${script}.mjs`);
  const pages = filesIn("src")
    .filter((file) => file.endsWith("generated/page.d.ts"))
    .map((file) => file.replace(/d\.ts$/, "js"));
  return hashOf([...filesIn("src"), ...pages, ...files, "package.json", "tsconfig.json", "tsconfig.build.json"]);
}

try {
  await buildKernels();
  await buildPages();
  if (process.argv[2] !== "kernels") await buildPackage();
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
}
