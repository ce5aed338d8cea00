import { shortened } from "../../errors/message.js";
import { areNumbers, type Column, isMissing } from "./column.js";

/** The different cells that are shown of a column. */
const SHOWN = 5;

/** A table in words: a line for each column with its type, what is missing, and what its cells are. */
export function summaryOf(columns: ReadonlyMap<string, Column>, length: number): string {
  const lines = [...columns].map(([name, column]) => [shortened(name), column.type, missingText(column, length), cellsText(column)]);
  const table = [["column", "type", "missing", "cells"], ...lines];
  const widths = [0, 1, 2].map((i) => Math.max(...table.map((line) => line[i].length)));
  const rows = table.map((line) =>
    line
      .map((cell, i) => (i < 3 ? cell.padEnd(widths[i]) : cell))
      .join("  ")
      .trimEnd(),
  );
  return [`${length} ${length === 1 ? "row" : "rows"}, ${columns.size} ${columns.size === 1 ? "column" : "columns"}`, ...rows].join("\n");
}

function missingText({ cells }: Column, length: number): string {
  let count = 0;
  for (let i = 0; i < length; i++) if (isMissing(cells[i])) count++;
  return String(count);
}

function cellsText({ type, cells }: Column): string {
  if (areNumbers(cells)) return numbersText(type, cells);
  const counts = new Map<unknown, number>();
  for (const cell of cells) if (cell !== null) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, SHOWN);
  const examples = most.map(([cell, count]) =>
    type === "text" ? JSON.stringify(shortened(String(cell))) : `${shortened(String(cell))} (${count})`,
  );
  const rest = counts.size > most.length ? ", …" : "";
  return counts.size === 0 ? "" : `${counts.size} different: ${examples.join(", ")}${rest}`;
}

function numbersText(type: string, cells: Float64Array): string {
  let [count, mean, least, most] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const known = new Set<number>();
  for (const cell of cells) {
    if (Number.isNaN(cell)) continue;
    count++;
    mean += (cell - mean) / count;
    least = Math.min(least, cell);
    most = Math.max(most, cell);
    if (known.size <= 20) known.add(cell);
  }
  if (count === 0) return "";
  if (type === "date") return `${new Date(least).toISOString()} … ${new Date(most).toISOString()}`;
  const few = type === "integer" && known.size <= 20 ? `, ${known.size} different` : "";
  return `${shown(least)} … ${shown(most)}, mean ${shown(mean)}${few}`;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(6)));
}
