import type { Finding } from "../train/finding.js";
import type { DiagnosisInput } from "./input.js";

/** Looks for one kind of trouble in a training. */
export type Rule = (run: DiagnosisInput) => readonly Finding[];
