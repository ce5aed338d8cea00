import type { Profile, ProfileRow } from "./profile.js";
import { textTable } from "./table.js";

interface Column {
  readonly head: string;
  /** Holds words; these columns come first. */
  readonly left?: boolean;
  readonly text: (row: ProfileRow) => string;
}

/** The most characters of a list of kernels; a longer list is cut. */
const MOST_LETTERS = 32;

const COLUMNS: readonly Column[] = [
  { head: "operation", left: true, text: ({ name }) => name },
  { head: "direction", left: true, text: ({ direction }) => direction },
  { head: "layer", left: true, text: ({ layer }) => layer },
  { head: "kernels", left: true, text: ({ kernels }) => shortened(kernels.join(" ")) },
  { head: "calls", text: ({ calls }) => calls.toLocaleString("en") },
  { head: "total ms", text: ({ milliseconds }) => milliseconds.toFixed(2) },
  { head: "mean µs", text: ({ meanMicroseconds }) => meanMicroseconds.toFixed(1) },
  { head: "time %", text: ({ share }) => percent(share) },
  { head: "GFLOP/s", text: ({ gflops }) => gflops?.toFixed(1) ?? "" },
  { head: "of limit %", text: ({ ofLimit }) => (ofLimit === null ? "" : percent(ofLimit)) },
  { head: "MB", text: ({ bytes }) => (bytes === null ? "" : (bytes / 1e6).toFixed(2)) },
  { head: "GB/s", text: ({ gigabytesPerSecond }) => gigabytesPerSecond?.toFixed(1) ?? "" },
];

/** A profile as text: its totals, a table of its rows, and the limit with which the rows are compared. */
export function profileText(profile: Profile): string {
  const { rows } = profile;
  const columns = COLUMNS.filter(({ head }) => head !== "layer" || rows.some(({ layer }) => layer !== ""));
  const cells = rows.map((row) => columns.map(({ text }) => text(row)));
  const words = columns.filter(({ left }) => left).length;
  const { lines, rule } = textTable([columns.map(({ head }) => head), ...cells], words);
  return [totals(profile), rule, lines[0], rule, ...lines.slice(1), rule, limits(profile)].join("\n");
}

function totals({ milliseconds, kernelMilliseconds, spans }: Profile): string {
  const outside = Math.max(0, milliseconds - kernelMilliseconds);
  const parts = spans.map((span) => `${span.name} ${span.milliseconds.toFixed(2)} ms`);
  const of = parts.length > 0 ? ` (of which ${parts.join(", ")})` : "";
  return `${milliseconds.toFixed(2)} ms: ${kernelMilliseconds.toFixed(2)} ms in kernels, ${outside.toFixed(2)} ms outside${of}`;
}

function limits({ build, limitGflops }: Profile): string {
  return `limit: ${limitGflops.toFixed(1)} GFLOP/s of multiply-adds a thread, ${build} kernels`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function shortened(text: string): string {
  return text.length <= MOST_LETTERS ? text : `${text.slice(0, MOST_LETTERS - 1)}…`;
}
