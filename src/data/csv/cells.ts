/** What stands in cells, as texts. */

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const DECIMAL_COMMA = /^[+-]?(?:\d{1,3}(?:[. ]\d{3})+|\d+),\d+$/;

/** The number that a cell says; null for anything else, and for what no float64 holds. */
export function numberOf(cell: string): number | null {
  const trimmed = cell.trim();
  if (!NUMBER.test(trimmed)) return null;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : null;
}

/** Whether a cell is a number with a decimal comma, as 3,14 or 1.000,5. */
export function hasDecimalComma(cell: string): boolean {
  return DECIMAL_COMMA.test(cell.trim());
}
