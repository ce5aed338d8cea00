import type { Finding } from "../train/finding.js";

/** Findings in a few lines, the worst first. @param most the number of findings that are told in full */
export function findingsText(findings: readonly Finding[], most = Infinity): string {
  if (findings.length === 0) return "diagnose: nothing found.";
  const lines = findings.slice(0, most).flatMap(({ seen, usual, advice, link }) => {
    const tried = advice.length === 0 ? [] : [`    Try: ${advice.join(" Or: ")}`];
    return [`  ${seen}`, `    Usual: ${usual}`, ...tried, `    ${link}`];
  });
  const more = findings.length > most ? [`  … and ${findings.length - most} more in history.findings.`] : [];
  return [`diagnose: ${findings.length} finding${findings.length === 1 ? "" : "s"}, the worst first`, ...lines, ...more].join("\n");
}
