import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./repository.js";

/** The folder with real data sets: SIMDGRAD_DATA, or `shared/data` beside the repository; null if neither exists. */
function dataFolder(): string | null {
  return [process.env.SIMDGRAD_DATA, join(root, "../shared/data")].find((folder) => folder && existsSync(folder)) ?? null;
}

/** The path of a file of real data. If there is none it prints that once and returns null; tests that need the file are skipped. */
export function dataFile(name: string, path: string): string | null {
  const folder = dataFolder();
  const file = folder && join(folder, path);
  if (file && existsSync(file)) return file;
  console.log(`skipped: ${name} not found, see README`);
  return null;
}

/** The global `process` without Node's modules, to test how the library behaves in browsers. */
export function withoutFiles(): typeof process {
  return new Proxy(process, { get: (target, name) => (name === "getBuiltinModule" ? undefined : Reflect.get(target, name)) });
}
