import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder with files of these texts (of lines, where they are lists), for the test under way. */
export function folderOf(sources: Record<string, string | string[]>): string {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [file, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), [text].flat().join("\n"));
  }
  return folder;
}
