import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { TrialResult } from "../search/result.js";
import type { Config } from "./config.js";

/** What a log tells of a trial: the settings that it trained with, and what came of it. */
export interface TrialLine extends Pick<TrialResult, "value" | "status" | "budget" | "reports" | "seconds" | "error"> {
  readonly trial: number;
  readonly figure: string;
  readonly settings: Config;
}

/** Adds a trial to a log. */
export function logTrial(file: string, line: TrialLine): void {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** The trials of a log that ended with a number; a line that was cut off is none. */
export function readTrials(file: string): TrialLine[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    try {
      const given = JSON.parse(line) as TrialLine;
      return typeof given?.value === "number" && given.status !== "failed" && Array.isArray(given.reports) ? [given] : [];
    } catch {
      return [];
    }
  });
}

/** Ends the last line of a log, which may be cut off: what comes next stands on a line of its own. */
export function endLine(file: string): void {
  if (existsSync(file) && !readFileSync(file, "utf8").endsWith("\n")) appendFileSync(file, "\n");
}

/** Whether a trial is one of the log: of the same settings, budget and figure. */
export function isSameTrial(line: TrialLine, settings: Config, budget: number, figure: string): boolean {
  return line.budget === budget && line.figure === figure && JSON.stringify(line.settings) === JSON.stringify(settings);
}
