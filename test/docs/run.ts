import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { emptyFolder } from "../package/built.js";

/** How a program ended. */
export interface Outcome {
  readonly file: string;
  readonly output: string;
  readonly error: string | null;
  readonly milliseconds: number;
  /** Remarks about what is printed that were compared. */
  readonly compared: number;
}

/** Runs programs one after the other in one process and an empty folder. @returns outcomes by file */
export function runAll(programs: readonly string[]): Map<string, Outcome> {
  const args = [fileURLToPath(new URL("runAll.mjs", import.meta.url)), emptyFolder(), ...programs];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  const outcomes = stdout.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Outcome] : []));
  if (outcomes.length < programs.length)
    throw new Error(`${programs[outcomes.length]} ended the process (${status}): ${stderr.slice(-2000)}`);
  return new Map(outcomes.map((outcome) => [outcome.file, outcome]));
}
