/**
 * Bundles the published JavaScript: a file for each entry point ("door") in the exports of package.json, and the command line with its
 * libraries. They share a chunk, so that a tensor from one door is a tensor for the other.
 */
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { shortLines } from "./lines.mjs";
import { slim } from "./maps.mjs";
import { PAGE_PACKAGES } from "./pages.mjs";
import { shortPatterns } from "./patterns.mjs";
import { pure } from "./pure.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...parts) => join(root, ...parts);

const INDEX = at("src/index.ts");
/** What the command loads when it is asked for. */
const LAZY = ["dashboard/dashboard", "report/recorder", "report/report", "tensorboard/tensorBoard"].map((name) => at(`src/${name}.ts`));
/** The command, and what the threads of its searches load. */
const COMMAND = { cli: at("src/cli/main.ts"), trial: at("src/cli/trial.ts") };

const manifest = JSON.parse(readFileSync(at("package.json"), "utf8"));

/** The names of the doors. package.json exports build/<name>.js, which is bundled from src/<name>.ts. */
export const doors = Object.values(manifest.exports).flatMap((file) => (file.endsWith(".js") ? [basename(file, ".js")] : []));

/** What is not bundled: Node's modules, and the optional peers, unless the command imports them by itself, which brings them along. */
function isExternal(id, importer = "") {
  const isOfCommand = relative(root, importer).replaceAll("\\", "/").startsWith("src/cli/");
  const isPeer = Object.keys(manifest.peerDependencies).some((peer) => id === peer || id.startsWith(`${peer}/`));
  return id.startsWith("node:") || builtinModules.includes(id) || (isPeer && !isOfCommand);
}

/** Writes build/*.js with their source maps, and the licences of the bundled libraries. */
export async function bundle() {
  for (const file of readdirSync(at("build"))) if (/\.js(\.map)?$/.test(file)) rmSync(at("build", file));
  const entries = doors.filter((door) => door !== "index");
  const build = await rolldown({
    cwd: root,
    input: { index: INDEX, ...Object.fromEntries([...entries, ...Object.keys(COMMAND)].map((entry) => [entry, `entry:${entry}`])) },
    platform: "neutral",
    resolve: { mainFields: ["module", "main"] },
    external: isExternal,
    experimental: { nativeMagicString: true },
    plugins: [besideIndex, shortPatterns, pure((file) => manifest.sideEffects.includes(`./${relative(root, file)}`))],
  });
  const { output } = await build.write({
    dir: at("build"),
    format: "esm",
    sourcemap: true,
    chunkFileNames: ({ moduleIds }) => (moduleIds.includes(INDEX) ? "core.js" : "chunk-[name].js"),
    banner: ({ name }) => (name === "cli" ? "#!/usr/bin/env node" : ""),
    // Not minified, because an uncaught error shows its line of code, which must be readable. Comments are left to the type declarations.
    minify: false,
    comments: { legal: true, annotation: true, jsdoc: false },
  });
  await build.close();
  const chunks = output.filter((file) => file.type === "chunk");
  for (const { fileName } of chunks) {
    const file = at("build", fileName);
    const { code, cuts } = shortLines(readFileSync(file, "utf8"));
    writeFileSync(file, fileName === "core.js" ? onlyWhole(code) : code);
    if (existsSync(`${file}.map`)) slim(`${file}.map`, cuts);
  }
  chmodSync(at("build/cli.js"), 0o755);
  writeFileSync(at("build/licenses.txt"), licences(chunks.flatMap(({ moduleIds }) => moduleIds)));
}

/**
 * Annotates the call by which the main door equips a library that is loaded whole as free of effects. It runs where the file is loaded as it is;
 * a bundler leaves it out, for it would carry all losses, optimizers and layers into every bundle.
 */
function onlyWhole(code) {
  const annotated = code.replace(/^equipWhole\(\);$/m, "/* @__PURE__ */ equipWhole();");
  if (annotated === code) throw new Error("core.js has no call of equipWhole");
  return annotated;
}

/**
 * Makes every entry import the index, and whatever is loaded later, so that all share one chunk. By their own imports the code would fall into
 * many chunks.
 */
const besideIndex = {
  name: "beside-index",
  resolveId: (id) => (id.startsWith("entry:") ? id : null),
  load(id) {
    if (!id.startsWith("entry:")) return null;
    const name = id.slice("entry:".length);
    const file = JSON.stringify(COMMAND[name] ?? at(`src/${name}.ts`));
    const imported = name === "cli" ? "import" : name === "trial" ? "export { default } from" : "export * from";
    return `import ${JSON.stringify(INDEX)}; ${imported} ${file};`;
  },
  transform: (code, id) => (LAZY.includes(id) ? { code: `import ${JSON.stringify(INDEX)};${code}`, map: null } : null),
};

function licences(modules) {
  const packages = new Set([...PAGE_PACKAGES, ...modules.flatMap((file) => file.match(/^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/) ?? [])]);
  const texts = [...packages].sort().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} is bundled but has no licence file`);
    return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  return `The files in build contain these libraries.\n\n${texts.join("\n---\n\n")}`;
}
