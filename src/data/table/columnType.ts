import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { option } from "../../options/option.js";
import type { Reading } from "../csv/parser.js";

/** What the cells of a column are. */
export type ColumnType = "number" | "integer" | "category" | "boolean" | "date" | "text";

const TYPES: readonly ColumnType[] = ["number", "integer", "category", "boolean", "date", "text"];

/** The entries of types by column that name no type; null for what is no object of them. */
function misnamed(value: unknown): (readonly [column: string, type: unknown])[] | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return Object.entries(value).filter(([, type]) => !TYPES.includes(type as ColumnType));
}

const SPEC = {
  default: null,
  aka: ["dtypes", "dtype", "columnTypes"],
  show: (value: unknown): string => {
    const [first] = misnamed(value) ?? [];
    return first === undefined ? kindText(value) : `{ ${kindText(first[0])}: ${kindText(first[1])} }`;
  },
} as const;

/** The option that overrides what is guessed. */
export const typesOption = option<Readonly<Record<string, ColumnType>>, typeof SPEC>(
  `types by column, of ${TYPES.map((type) => `"${type}"`).join(", ")}`,
  (value) => misnamed(value)?.length === 0,
  SPEC,
);

/** How columns of given types are read. */
export function readingsOf(types: Readonly<Record<string, ColumnType>> | null): Record<string, Reading> {
  const entries = Object.entries(types ?? {});
  return Object.fromEntries(entries.map(([name, type]) => [name, type === "number" || type === "integer" ? "number" : "text"]));
}

/** @throws ArgumentError for the type of a column that there is not */
export function checkTypes(op: string, types: Readonly<Record<string, ColumnType>> | null, names: readonly string[]): void {
  for (const name of Object.keys(types ?? {})) {
    if (!names.includes(name))
      throw new ArgumentError(message(op, `types names a column ${kindText(name)}; there are ${names.slice(0, 20).join(", ")}`));
  }
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  yes: true,
  no: false,
  t: true,
  f: false,
  y: true,
  n: false,
};
const DATE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** The truth that a text says; undefined for any other text. */
export function booleanOf(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  return Object.hasOwn(BOOLEANS, word) ? BOOLEANS[word] : undefined;
}

/** Milliseconds since 1970 of a date, or a time, as ISO 8601 writes it; NaN for any other text. Without a zone it is UTC. */
export function dateOf(text: string): number {
  const trimmed = text.trim();
  if (!DATE.test(trimmed)) return Number.NaN;
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/.test(trimmed.slice(10));
  return Date.parse(trimmed.replace(" ", "T") + (hasZone || trimmed.length === 10 ? "" : "Z"));
}

/** The most categories that are guessed. */
const MOST_CATEGORIES = 1000;
/** So few different texts are categories in the shortest of tables. */
const FEW = 10;

/** The type of a column of texts: categories are texts that come twice on average. */
export function typeOfTexts(cells: readonly (string | null)[]): ColumnType {
  const known = new Set<string>();
  let count = 0;
  let [isBoolean, isDate] = [true, true];
  for (const cell of cells) {
    if (cell === null) continue;
    count++;
    if (known.size <= MOST_CATEGORIES) known.add(cell);
    isBoolean &&= booleanOf(cell) !== undefined;
    isDate &&= !Number.isNaN(dateOf(cell));
  }
  if (count === 0) return "text";
  if (isBoolean && known.size <= FEW) return "boolean";
  if (isDate) return "date";
  return known.size <= MOST_CATEGORIES && known.size <= Math.max(FEW, count / 2) ? "category" : "text";
}

/** The type of a column of numbers. */
export function typeOfNumbers(cells: ArrayLike<number>): ColumnType {
  for (let i = 0; i < cells.length; i++) if (!Number.isNaN(cells[i]) && !Number.isSafeInteger(cells[i])) return "number";
  return "integer";
}
