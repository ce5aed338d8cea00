import type { Finding } from "../train/finding.js";

/** Findings that are told in full at most. */
const MOST = 5;

/** Findings in a few lines, the worst first. */
export function findingsText(findings: readonly Finding[]): string {
  if (findings.length === 0) return "diagnose: nothing found.";
  const lines = findings.slice(0, MOST).flatMap(({ seen, usual, advice, link }) => {
    const tried = advice.length === 0 ? [] : [`    Try: ${advice.join(" Or: ")}`];
    return [`  ${seen}`, `    Usual: ${usual}`, ...tried, `    docs/${link}`];
  });
  const more = findings.length > MOST ? [`  … and ${findings.length - MOST} more in history.findings.`] : [];
  return [`diagnose: ${findings.length} finding${findings.length === 1 ? "" : "s"}, the worst first`, ...lines, ...more].join("\n");
}
