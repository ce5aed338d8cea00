import { isOfAnotherCopy } from "./copy.js";

/**
 * The one form of every message: `op: what differs: both values with shapes; what was expected. How to mend it.`
 */
export function message(op: string, problem: string, mend?: string): string {
  return `${op}: ${cut(problem, LONGEST)}.${mend ? ` ${cut(mend, LONGEST)}` : ""}`;
}

/** The most characters of a part of a message. What a file or a user wrote may stand in it, which can be of any length. */
const LONGEST = 1000;

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}

/** `[2, 3]`, as users write shapes. */
export function shapeText(shape: readonly (number | string)[]): string {
  return `[${shape.join(", ")}]`;
}

/** What somebody passed where something else was expected: `3`, `"x"`, `undefined`, `an array of length 2`, `a tensor`. */
export function kindText(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shortened(value));
  if (typeof value === "bigint") return `the BigInt ${shortened(String(value))}n`;
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (typeof value === "function") return "a function";
  if (value === null || typeof value !== "object") return String(value);
  const { constructor: made, dtype, shape } = value as { constructor?: { name?: unknown }; dtype?: unknown; shape?: unknown };
  const name = made?.name;
  if (typeof name !== "string" || name === "" || name === "Object") return "an object";
  // By its fields: bundlers change the names of classes.
  const isTensor = typeof dtype === "string" && Array.isArray(shape);
  const tensorText = Symbol.toStringTag in value ? "a symbolic tensor" : "a tensor";
  const kind = isTensor ? tensorText : `${/^[AEIO]/.test(name) ? "an" : "a"} ${shortened(name)}`;
  return isOfAnotherCopy(value) ? `${kind} of another copy of simdgrad (two are loaded: see "npm ls simdgrad")` : kind;
}

/** An array that somebody passed, with the arrays in it: `[[1, 2], "x"]`. What is long is cut. */
export function listText(values: readonly unknown[], depth = 0): string {
  const parts = Array.from(values.slice(0, 8), (value) =>
    Array.isArray(value) && depth < 2 ? listText(value, depth + 1) : kindText(value),
  );
  return `[${parts.join(", ")}${values.length > 8 ? ", …" : ""}]`;
}

/** A text that somebody passed, cut to what a message can carry. */
export function shortened(text: string): string {
  return cut(text, 60);
}

/** A number of bytes in the largest unit that keeps it at or above one, to a decimal. */
export function bytesText(bytes: number): string {
  const units = [bytes === 1 ? "byte" : "bytes", "KiB", "MiB", "GiB"];
  let unit = 0;
  let value = bytes;
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${units[unit]}`;
}

/** ` Did you mean "adam"?`, or nothing when no known name is close. */
export function didYouMean(name: string, known: readonly string[]): string {
  let best = "";
  // A third of the letters may differ, two in a short name, but never all.
  let distance = Math.min(name.length - 1, Math.max(2, Math.ceil(name.length / 3))) + 1;
  for (const candidate of known) {
    // The lengths alone differ by more: a name from a file may have a million letters.
    if (Math.abs(candidate.length - name.length) >= distance) continue;
    const d = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (d < distance) {
      distance = d;
      best = candidate;
    }
  }
  return best ? ` Did you mean "${best}"?` : "";
}

/** Levenshtein distance, two rows. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      current[j] = Math.min(previous[j] + 1, current[j - 1] + 1, substitution);
    }
    previous = current;
  }
  return previous[b.length];
}
