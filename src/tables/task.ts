import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { isDate } from "../options/builtin.js";
import { categoryIn, isMissing, numberIn } from "./cells.js";

/** What is predicted. */
export type Task = "classification" | "regression";

/** The name of a class, as the table has it. */
export type Label = string | number | boolean;

/** The most different values that whole numbers may have and be taken for classes, if each value has enough rows. */
const MOST_NUMBERED = 20;
const ROWS_EACH = 5;

/** The rows that a class must have on average, for anything to be learned of the classes. */
const LEAST_ROWS = 2;

/** Decides whether a target is a class or a number. @throws ArgumentError where neither makes sense */
export function taskOf(
  op: string,
  target: string,
  cells: ArrayLike<unknown>,
  wanted: Task | null,
): { task: Task; classes: readonly Label[] | null } {
  const there = Array.from(cells).filter((cell) => !isMissing(cell));
  if (there.length === 0) throw new ArgumentError(message(op, `the target "${target}" is empty`, "Choose another target."));
  const isNumber = there.every((cell) => typeof cell !== "boolean" && !Number.isNaN(numberIn(cell)));
  const labels = labelsOf(there);
  if (labels.length === 1)
    throw new ArgumentError(
      message(op, `the target "${target}" is ${kindText(labels[0])} in every row, so there is nothing to learn`, "Choose another target."),
    );
  const task = wanted ?? (isNumber && !looksNumbered(labels, there.length) ? "regression" : "classification");
  if (task === "regression") {
    if (isNumber) return { task, classes: null };
    const odd = there.find((cell) => typeof cell === "boolean" || Number.isNaN(numberIn(cell)));
    throw new ArgumentError(
      message(op, `the target "${target}" has ${kindText(odd)}; a regression predicts numbers`, 'Choose the task "classification".'),
    );
  }
  if (there.length < LEAST_ROWS * labels.length) {
    const what = `the target "${target}" has ${labels.length} classes in ${there.length} rows, which are too few to learn from`;
    throw new ArgumentError(message(op, what, isNumber ? 'Choose the task "regression", or another target.' : "Choose another target."));
  }
  return { task, classes: labels };
}

/** The classes, each once: numbers by size, texts by code units. */
function labelsOf(cells: readonly unknown[]): Label[] {
  const found = new Map<string, Label>();
  for (const cell of cells) {
    const key = categoryIn(cell);
    if (!found.has(key)) found.set(key, typeof cell === "number" || typeof cell === "boolean" ? cell : asText(cell));
  }
  const labels = [...found.values()];
  // A table whose cells are all texts has classes such as "10" and "9", which are sorted as what they say.
  return labels.every((label) => !Number.isNaN(numberIn(label)))
    ? labels.sort((a, b) => numberIn(a) - numberIn(b))
    : labels.sort((a, b) => (String(a) < String(b) ? -1 : 1));
}

function asText(cell: unknown): string {
  return isDate(cell) ? cell.toISOString() : String(cell).trim();
}

/** Whether numbers look like numbers of classes. */
function looksNumbered(labels: readonly Label[], rows: number): boolean {
  return labels.length <= MOST_NUMBERED && rows >= ROWS_EACH * labels.length && labels.every((label) => Number.isInteger(numberIn(label)));
}
