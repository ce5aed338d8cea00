/**
 * Emits the published type declarations: those that an entry point reaches. TypeScript 5.4 can read them, without the types of the DOM
 * or of Node. The declarations of an entry lie beside its JavaScript, where every way of resolving modules looks for them.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "build/types");

/**
 * Types of the platform that the library's types mention. Where the types of the DOM or of Node are loaded too, these merge with them
 * and add nothing.
 */
const PLATFORM = `interface AbortSignal {
  readonly aborted: boolean;
}
interface URL {
  href: string;
}
`;

/** Writes the declarations. @param doors names of the entry points, such as `index` */
export function declarations(doors) {
  rmSync(folder, { recursive: true, force: true });
  for (const file of readdirSync(join(root, "build"))) if (file.endsWith(".d.ts")) rmSync(join(root, "build", file));
  const tsc = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
  if (tsc.status !== 0) throw new Error("the types do not compile");
  const reached = new Set();
  for (const door of doors) reach(join(folder, `${door}.d.ts`), reached);
  for (const path of readdirSync(folder, { recursive: true })) {
    const file = join(folder, path);
    if (!file.endsWith(".d.ts")) continue;
    if (reached.has(file)) writeFileSync(file, plain(opaque(file, readFileSync(file, "utf8"))));
    else rmSync(file);
  }
  writeFileSync(join(folder, "platform.d.ts"), PLATFORM);
  for (const door of doors) {
    const text = `/// <reference path="./types/platform.d.ts" />\nexport * from "./types/${door}.js";\n`;
    writeFileSync(join(root, `build/${door}.d.ts`), text);
  }
}

/** Adds to `reached` the file and all files that it imports, exports from or augments. */
function reach(file, reached) {
  if (reached.has(file)) return;
  if (!existsSync(file)) throw new Error(`a declaration leads to ${file}, which does not exist`);
  reached.add(file);
  for (const [, specifier] of readFileSync(file, "utf8").matchAll(/\b(?:from|import|module)[ (]"(\.[^"]+)\.js"/g))
    if (!isInternal(specifier)) reach(`${resolve(dirname(file), specifier)}.d.ts`, reached);
}

/** Whether an import leads to the generated files of the kernels, which are not for users. */
function isInternal(specifier) {
  return /\/kernels\/generated(\/|$)/.test(specifier);
}

/** Replaces imports of types that are not published, because they are internal, by the type unknown. */
function opaque(file, text) {
  return text.replace(/^import (type )?\{([^}]*)\} from "(\.[^"]+)\.js";$/gm, (statement, type = "", list, specifier) => {
    const known = isInternal(specifier) ? new Set() : exportsOf(`${resolve(dirname(file), specifier)}.d.ts`);
    const names = list.split(",").map((name) => name.trim());
    const missing = names.filter((name) => !known.has(name.replace(/^type /, "").replace(/ as .*/, "")));
    if (missing.length === 0) return statement;
    const rest = names.filter((name) => !missing.includes(name));
    const aliases = missing.map((name) => `type ${name.replace(/^type /, "").replace(/.* as /, "")} = unknown;`);
    const imported = rest.length > 0 ? [`import ${type}{ ${rest.join(", ")} } from "${specifier}.js";`] : [];
    return [...imported, ...aliases].join("\n");
  });
}

/** The names that a declaration file exports. */
function exportsOf(file) {
  const text = readFileSync(file, "utf8");
  const declared = text.matchAll(/^export (?:declare )?(?:abstract )?(?:class|function|const|let|interface|type|enum|namespace) (\w+)/gm);
  const listed = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list]) => list.split(","));
  const starred = [...text.matchAll(/^export \* from "(\.[^"]+)\.js"/gm)].flatMap(([, specifier]) => [
    ...exportsOf(`${resolve(dirname(file), specifier)}.d.ts`),
  ]);
  return new Set([
    ...[...declared].map(([, name]) => name),
    ...listed.map((name) => name.trim().replace(/^type |.* as /g, "")),
    ...starred,
  ]);
}

/** Removes the type parameter of typed arrays, which TypeScript knows only since version 5.7. */
function plain(text) {
  return text.replace(/\b((?:Float|Int|Uint|BigInt|BigUint)\d+(?:Clamped)?Array|DataView)<ArrayBuffer(?:Like)?>/g, "$1");
}
