import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let folder: string | null = null;
let names = 0;

/** A path in a folder that ends with the process. */
function pathOf(ending: string): string {
  if (folder === null) {
    const made = mkdtempSync(join(tmpdir(), "simdgrad-malformed-"));
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return join(folder, `${names++}.${ending}`);
}

const folders = new Map<string, string>();

/** A folder with some files, which is made once. */
export function folderOf(files: Readonly<Record<string, Uint8Array>>): string {
  const key = Object.keys(files).join();
  const known = folders.get(key);
  if (known !== undefined) return known;
  const made = pathOf("folder");
  mkdirSync(made);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(made, name), bytes);
  folders.set(key, made);
  return made;
}

/** Reads bytes from a file. */
export function fileOf<T>(read: (path: string) => Promise<T>, ending = "safetensors"): (bytes: Uint8Array) => Promise<T> {
  return async (bytes) => {
    const path = pathOf(ending);
    writeFileSync(path, bytes);
    try {
      return await read(path);
    } finally {
      rmSync(path, { force: true });
    }
  };
}

/** The bytes of a file that a function writes. */
export async function written(write: (path: string) => Promise<unknown>, ending = "safetensors"): Promise<Uint8Array> {
  const path = pathOf(ending);
  await write(path);
  const bytes = new Uint8Array(readFileSync(path));
  rmSync(path);
  return bytes;
}
