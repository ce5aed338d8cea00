import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./repository.js";

/** The folder with real data sets: SIMDGRAD_DATA, or `shared/data` beside the repository; null where there is none. */
function dataFolder(): string | null {
  return [process.env.SIMDGRAD_DATA, join(root, "../shared/data")].find((folder) => folder && existsSync(folder)) ?? null;
}

/** The path of a file of real data, or null, which is said once: what needs it is skipped. */
export function dataFile(name: string, path: string): string | null {
  const folder = dataFolder();
  const file = folder && join(folder, path);
  if (file && existsSync(file)) return file;
  console.log(`skipped: ${name} not found, see README`);
  return null;
}

/** The process as browsers have it: without Node's modules. */
export function withoutFiles(): typeof process {
  return new Proxy(process, { get: (target, name) => (name === "getBuiltinModule" ? undefined : Reflect.get(target, name)) });
}
