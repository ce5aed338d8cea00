import { MISSING_WORDS } from "../data/missingWords.js";
import { isDate } from "../options/builtin.js";

/** How the cells of somebody's table are read: whatever a file, a database or JSON has put into them. */

/** What stands in a cell of a table that a model may take. */
export type TableCell = string | number | boolean | bigint | Date | null | undefined;

const MISSING: ReadonlySet<string> = new Set(MISSING_WORDS);

/** Whether a cell says nothing: it is null, NaN, ±Infinity, empty, or a text such as NA. */
export function isMissing(cell: unknown): boolean {
  if (cell === null || cell === undefined) return true;
  if (typeof cell === "number") return !Number.isFinite(cell);
  if (isDate(cell)) return Number.isNaN(cell.getTime());
  return typeof cell === "string" && MISSING.has(cell.trim());
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** The number in a cell; NaN for anything else. */
export function numberIn(cell: unknown): number {
  if (typeof cell === "number") return cell;
  if (typeof cell === "boolean" || typeof cell === "bigint") return Number(cell);
  if (typeof cell !== "string") return Number.NaN;
  const text = cell.trim();
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

const DATE = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|[+-]\d\d:?\d\d))?)?$/;
const DAY = 86_400_000;

/** The days since 1970 of a date in ISO 8601, of a `Date`, or of milliseconds since 1970; NaN for anything else. A time without a zone is taken as UTC, so that it is the same everywhere. */
export function daysIn(cell: unknown): number {
  if (isDate(cell)) return cell.getTime() / DAY;
  if (typeof cell === "number") return cell / DAY;
  if (typeof cell !== "string") return Number.NaN;
  const text = cell.trim();
  const found = DATE.exec(text);
  if (found === null) return Number.NaN;
  const iso = text.replace(" ", "T").replace(" ", "");
  return Date.parse(found[1] === undefined || found[5] !== undefined ? iso : `${iso}Z`) / DAY;
}

/** The text by which a cell is compared as a category: 1, "1" and "1.0" are one, as are true and "true". */
export function categoryIn(cell: unknown): string {
  if (isDate(cell)) return cell.toISOString();
  const text = String(cell).trim();
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? String(value) : text;
}
