import type { Finding } from "../train/finding.js";
import { shuffledLabels } from "./findings/shuffledLabels.js";
import type { DiagnosisInput } from "./input.js";
import * as rules from "./rules.js";

/** What is wrong with a training, the worst first. */
export function findingsOf(run: DiagnosisInput): Finding[] {
  const found = Object.values(rules).flatMap((rule) => rule(run));
  return [...found, ...shuffledLabels(run, found)].sort((a, b) => b.severity - a.severity);
}
