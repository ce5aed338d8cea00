/**
 * Bundles what is published: a file for each door of package.json, and the command line with its libraries. They share a chunk,
 * so that a tensor of one door is a tensor of the other.
 */
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...parts) => join(root, ...parts);

const INDEX = at("src/index.ts");
const CLI = at("src/cli/main.ts");
/** Both builds of the kernels as base64, and nothing else. */
const KERNELS = "kernels/wasm.ts";

/** The names of the doors: "index" and what else package.json exports as build/<name>.js from src/<name>.ts. */
export function doors() {
  const { exports } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  return Object.values(exports).flatMap((target) => (target.default ? [basename(target.default, ".js")] : []));
}

/** Writes build/*.js with their maps, and the licences of what is bundled. @returns compressed bytes of the core */
export async function bundle() {
  for (const file of readdirSync(at("build"))) if (/\.js(\.map)?$/.test(file)) rmSync(at("build", file));
  const entries = doors().filter((door) => door !== "index");
  const build = await rolldown({
    cwd: root,
    input: { index: INDEX, ...Object.fromEntries([...entries, "cli"].map((entry) => [entry, `entry:${entry}`])) },
    platform: "neutral",
    resolve: { mainFields: ["module", "main"] },
    external: [/^node:/],
    plugins: [besideIndex],
  });
  const { output } = await build.write({
    dir: at("build"),
    format: "esm",
    sourcemap: true,
    chunkFileNames: "chunk-[hash].js",
    banner: ({ name }) => (name === "cli" ? "#!/usr/bin/env node" : ""),
    // Class names stay: errors and summaries show them.
    minify: { compress: { target: "es2022" }, mangle: { keepNames: { class: true, function: false } }, codegen: true },
  });
  await build.close();
  const chunks = output.filter((file) => file.type === "chunk");
  for (const file of output) if (file.fileName.endsWith(".map")) dropKernels(at("build", file.fileName));
  chmodSync(at("build/cli.js"), 0o755);
  writeFileSync(at("build/licenses.txt"), licences(chunks.flatMap(({ moduleIds }) => moduleIds)));
  return coreSize(chunks);
}

/** Entries that see the index share all that is behind it in one piece; by their own imports it would fall apart into many. */
const besideIndex = {
  name: "beside-index",
  resolveId: (id) => (id.startsWith("entry:") ? id : null),
  load(id) {
    if (!id.startsWith("entry:")) return null;
    const name = id.slice("entry:".length);
    const file = JSON.stringify(name === "cli" ? CLI : at(`src/${name}.ts`));
    return `import ${JSON.stringify(INDEX)}; ${name === "cli" ? "import" : "export * from"} ${file};`;
  },
};

/** A map needs no second copy of the kernels. */
function dropKernels(file) {
  const map = JSON.parse(readFileSync(file, "utf8"));
  map.sourcesContent = map.sourcesContent.map((text, i) => (map.sources[i].endsWith(KERNELS) ? null : text));
  writeFileSync(file, JSON.stringify(map));
}

function licences(modules) {
  const packages = new Set(modules.flatMap((file) => file.match(/^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/) ?? []));
  const texts = [...packages].sort().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} is bundled but has no licence file`);
    return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  return `build/cli.js contains these libraries.\n\n${texts.join("\n---\n\n")}`;
}

/** What `import "simdgrad"` loads: the code alone, and with both builds of the kernels. */
function coreSize(chunks) {
  const loaded = new Set();
  const load = (name) => {
    const chunk = chunks.find(({ fileName }) => fileName === name);
    if (!chunk || loaded.has(chunk)) return;
    loaded.add(chunk);
    chunk.imports.forEach(load);
  };
  load("index.js");
  const texts = [...loaded].map(({ code }) => code);
  const size = (list) => ({ gzip: sum(list, (text) => gzipSync(text, { level: 9 })), brotli: sum(list, brotliCompressSync) });
  return { code: size(texts.map((text) => text.replace(/(["'`])AGFzbQ[\w+/=]+\1/g, '""'))), whole: size(texts) };
}

function sum(texts, compress) {
  return texts.reduce((total, text) => total + compress(text).length, 0);
}
