import type { Finding } from "../../train/finding.js";

/** Where the pages of the documentation are: the package is without them. */
const DOCS = "https://github.com/simdgrad/simdgrad/blob/main/docs";

/** A finding of a rule, whose link is the section of docs/diagnose.md that tells of it. */
export function finding(found: Omit<Finding, "link">, section: string): Finding {
  return { ...found, severity: Math.min(1, Math.max(0, found.severity)), link: `${DOCS}/diagnose.md#${section}` };
}

/** A number as a sentence has it: three digits, without zeros that say nothing. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(1).replace(".0e", "e").replace("e+", "e");
  return String(Number(value.toPrecision(3)));
}

/** A share in per cent: "43 %". */
export function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 1 ? digits(value) : Math.round(value)} %`;
}
