/** Between two columns. */
export const GAP = "  ";

/** A table of text: columns as wide as their widest cell, words to the left, numbers to the right. */
export interface TextTable {
  /** A line for each row. */
  readonly lines: readonly string[];
  readonly widths: readonly number[];
  /** A line as wide as the table. */
  readonly rule: string;
}

/**
 * Sets rows of cells as lines of text.
 * @param rows the heads among them, all of one length
 * @param words how many columns in front hold words
 */
export function textTable(rows: readonly (readonly string[])[], words: number): TextTable {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  const lines = rows.map((cells) =>
    cells
      .map((text, column) => (column < words ? text.padEnd(widths[column]) : text.padStart(widths[column])))
      .join(GAP)
      .trimEnd(),
  );
  return { lines, widths, rule: "─".repeat(widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length)) };
}
