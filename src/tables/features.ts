import type { Cell } from "../data/cells.js";
import { type ColumnPart, ColumnTransformer } from "../data/columnTransformer.js";
import { Imputer } from "../data/imputer.js";
import { OneHotEncoder } from "../data/oneHotEncoder.js";
import { Pipeline } from "../data/pipeline.js";
import { StandardScaler } from "../data/standardScaler.js";
import { TextVectorizer } from "../data/textVectorizer.js";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { categoryIn, daysIn, isMissing, numberIn } from "./cells.js";
import type { Columns } from "./columns.js";
import type { ColumnKind, ColumnPlan } from "./kinds.js";

/** The most categories of a column that get a place of their own: the most frequent ones. */
const MOST_CATEGORIES = 100;

/** The most words of a column of texts that are known. */
const MOST_WORDS = 500;

/** The category of a missing cell. No cell has it, since those of a table are trimmed. */
export const HOLE = " missing";

/** The preprocessing of a table's features, not yet fitted: by kinds, with the categories that these columns have. */
export function preprocessing(op: string, columns: Columns, features: readonly ColumnPlan[]): ColumnTransformer {
  const clean = cleaned(columns, features);
  const numbers = features.filter(({ kind, name }) => isNumeric(kind) && clean[name].some((cell) => cell !== null)).map(({ name }) => name);
  const parts: ColumnPart[] = [];
  if (numbers.length > 0)
    parts.push({ columns: numbers, by: new Pipeline([new Imputer({ strategy: "median", indicator: true }), new StandardScaler()]) });
  for (const { name, kind } of features) {
    if (kind === "category") parts.push({ columns: name, by: oneHot(clean[name]) });
    if (kind === "text") {
      const words = wordsOf(clean[name] as readonly string[]);
      if (words !== null) parts.push({ columns: name, by: words });
    }
  }
  if (parts.length > 0) return new ColumnTransformer(parts);
  const names = features.map(({ name }) => name).join(", ");
  throw new ArgumentError(message(op, `nothing can be learned from ${names}: no cell of the rows to train on says anything`));
}

/**
 * The cells of the features as the preprocessing takes them: numbers, days since 1970, categories as texts; null where one is missing.
 * @param odd called for a cell that is there and cannot be read, which counts as missing
 */
export function cleaned(
  columns: Columns,
  features: readonly ColumnPlan[],
  odd: (column: ColumnPlan, row: number, cell: unknown) => void = () => {},
): Record<string, (Cell | null)[]> {
  const read = (column: ColumnPlan) => {
    const { name, kind } = column;
    const cells = columns.cells.get(name);
    if (cells === undefined) return new Array(columns.rows).fill(kind === "text" ? "" : kind === "category" ? HOLE : null);
    return Array.from(cells, (cell, row) => readCell(kind, cell, () => odd(column, row, cell)));
  };
  return Object.fromEntries(features.map((feature) => [feature.name, read(feature)]));
}

function isNumeric(kind: ColumnKind): boolean {
  return kind === "number" || kind === "date";
}

/** @param odd called for a cell that is there, but cannot be read */
function readCell(kind: ColumnKind, cell: unknown, odd: () => void): Cell | null {
  const missing = isMissing(cell);
  if (kind === "category") return missing ? HOLE : categoryIn(cell);
  if (kind === "text") return missing ? "" : String(cell);
  if (missing) return null;
  const value = kind === "number" ? numberIn(cell) : daysIn(cell);
  if (!Number.isNaN(value)) return value;
  odd();
  return null;
}

function oneHot(cells: readonly (Cell | null)[]): OneHotEncoder {
  const counts = new Map<Cell, number>();
  for (const cell of cells as readonly Cell[]) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const frequent = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, MOST_CATEGORIES);
  const categories = frequent.map(([cell]) => cell).sort((a, b) => (a < b ? -1 : 1));
  return new OneHotEncoder({ categories: [categories], unknown: "ignore" });
}

/** Weighs the words that stand in two texts or more; null if there are none. */
function wordsOf(texts: readonly string[]): TextVectorizer | null {
  const words = new TextVectorizer({ maxTokens: MOST_WORDS, minDocuments: 2 });
  try {
    return words.fit(texts);
  } catch (error) {
    if (error instanceof ArgumentError) return null;
    throw error;
  }
}
