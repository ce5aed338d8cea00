import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of package.json. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

const GENERATED = ["build", ".git", "src/kernels/generated", "src/kernels/generated.ts"];

/** The files that are written by hand, as paths from the root with `/`: all below `folder` that are not generated or installed. */
export function files(folder = "."): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = relative(root, join(root, folder, entry.name))
      .split(sep)
      .join("/");
    if (GENERATED.includes(path) || /\/generated\/page\.js$/.test(path) || entry.name === "node_modules") return [];
    if (entry.isDirectory()) return files(path);
    return entry.isFile() ? [path] : [];
  });
}

export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}
