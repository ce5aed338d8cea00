import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** Makes a folder for the running test, with files of the given texts. A list of texts is the lines of a file. */
export function folderOf(sources: Record<string, string | string[]>): string {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [file, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), [text].flat().join("\n"));
  }
  return folder;
}
