import type { Finding } from "../train/finding.js";
import type { DiagnosisInput } from "./input.js";

/** Looks for one kind of trouble in a training. */
export type Rule = (run: DiagnosisInput) => readonly Finding[];

/** What is looked for. */
const RULES: readonly Rule[] = [];

/** What is wrong with a training, the worst first. */
export function findingsOf(run: DiagnosisInput): Finding[] {
  return RULES.flatMap((rule) => rule(run)).sort((a, b) => b.severity - a.severity);
}
