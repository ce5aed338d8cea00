import { isDate } from "../options/builtin.js";
import { categoryIn, daysIn, isMissing, numberIn } from "./cells.js";

/** What a column holds, as a model takes it. */
export type ColumnKind = "number" | "category" | "text" | "date";
export const KINDS: readonly ColumnKind[] = ["number", "category", "text", "date"];

/** What a model does with a column. */
export type ColumnUse = "feature" | "target" | "none";

/** A column of a table, as it was found. Plain JSON. */
export interface ColumnPlan {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly use: ColumnUse;
  /** Why the column is not used, or what is worth knowing of it; null: nothing. */
  readonly note: string | null;
  /** The number of cells that are missing. */
  readonly missing: number;
  /** The number of cells that are there, but cannot be read as the column's kind: they count as missing. */
  readonly unreadable: number;
  /** The number of different values. */
  readonly different: number;
  /** The first value that is there, as text. */
  readonly example: string;
}

/** The share of a column's cells that must be numbers, or dates, for the others to be taken as mistakes. */
const MOSTLY = 0.95;

/** Fewer rows than these are too few to tell a name or a number of each row from a feature. */
const FEW_ROWS = 20;

/** The share of different values from which a column of texts names its rows. */
const NAMING = 0.9;

/** The words of an average cell from which texts are read word by word. */
const WORDS = 3;

const ID_NAME = /^(|id|uuid|guid|index|row|row_?(id|number)|unnamed.*|.+[_ ]id|.+Id)$/i;

/**
 * Looks at a column and says what it holds.
 * @param kind what it holds for certain, if somebody said so @param isWanted whether somebody named it as a feature: it is used, whatever it is
 */
export function describeColumn(name: string, cells: ArrayLike<unknown>, kind: ColumnKind | undefined, isWanted: boolean): ColumnPlan {
  const found = countCells(cells);
  const decided = kind ?? kindOf(found);
  const readable = decided === "number" ? found.numbers : decided === "date" ? found.dates + found.numbers : found.there;
  const facts = {
    name,
    kind: decided,
    missing: cells.length - found.there,
    unreadable: found.there - readable,
    different: found.values.size,
    example: found.example,
  };
  const reason = uselessness(facts, found, cells.length, isWanted || kind !== undefined);
  const note = facts.unreadable > 0 ? `${facts.unreadable} no ${decided}s: missing` : null;
  return reason === null ? { ...facts, use: "feature", note } : { ...facts, use: "none", note: reason };
}

interface Found {
  /** Cells that are not missing, and how many of them are numbers and dates. */
  readonly there: number;
  readonly numbers: number;
  readonly dates: number;
  readonly words: number;
  readonly values: ReadonlySet<string>;
  /** Whether the cells are whole numbers that rise by one from row to row. */
  readonly counts: boolean;
  readonly example: string;
}

function countCells(cells: ArrayLike<unknown>): Found {
  let [there, numbers, dates, words, before] = [0, 0, 0, 0, Number.NaN];
  let counts = true;
  let example = "";
  const values = new Set<string>();
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i];
    if (isMissing(cell)) {
      counts = false;
      continue;
    }
    // true and false are numbers to nobody who reads the table.
    const value = typeof cell === "boolean" ? Number.NaN : numberIn(cell);
    if (there++ === 0) example = isDate(cell) ? cell.toISOString() : String(cell);
    else counts &&= value === before + 1;
    before = value;
    if (!Number.isNaN(value)) numbers++;
    else if (!Number.isNaN(daysIn(cell))) dates++;
    if (typeof cell === "string") words += cell.trim().split(/\s+/).length;
    values.add(categoryIn(cell));
  }
  return { there, numbers, dates, words, values, counts, example };
}

function kindOf({ there, numbers, dates, words, values }: Found): ColumnKind {
  const most = there >= FEW_ROWS ? MOSTLY * there : there;
  if (numbers >= most) return "number";
  if (dates >= most) return "date";
  return there >= FEW_ROWS && values.size > there / 2 && words >= WORDS * there ? "text" : "category";
}

/** Why a column is no feature; null if it is one. */
function uselessness(column: Omit<ColumnPlan, "use" | "note">, found: Found, rows: number, isWanted: boolean): string | null {
  if (found.there === 0) return "empty";
  if (found.values.size === 1 && column.missing === 0) return "constant";
  if (isWanted || rows < FEW_ROWS) return null;
  if (column.kind === "number") {
    const isName = ID_NAME.test(column.name) && found.values.size === found.there;
    return found.counts || isName ? "numbers its rows" : null;
  }
  return column.kind === "category" && found.values.size > NAMING * found.there ? "names its rows" : null;
}
