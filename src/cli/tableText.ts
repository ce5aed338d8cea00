import pico from "picocolors";
import type { ColumnPlan } from "../tables/kinds.js";
import type { TablePlan } from "../tables/plan.js";
import type { ClassificationScores, RegressionScores, TableScores } from "../tables/scores.js";
import { amount } from "./course.js";
import { confusionText } from "./draw.js";

/** The most columns and classes that are shown, and the widest cell. */
const [MOST_COLUMNS, MOST_CLASSES, WIDEST] = [60, 20, 32];

/** What was found in a table. @param isGuessed whether the target is the last column because nobody chose another */
export function planText(name: string, rows: number | null, { target, task, classes, columns }: TablePlan, isGuessed: boolean): string {
  const shown = columns.length > MOST_COLUMNS ? [...columns.slice(0, MOST_COLUMNS - 1), columns[columns.length - 1]] : columns;
  const head = ["column", "kind", "use", "missing", "different", "example"];
  const lines = shown.map((column) => cellsOf(column, task));
  const left = columns.length - shown.length;
  const what = classes === null ? "numbers" : `${amount(classes.length)} classes: ${listed(classes.map(String))}`;
  const why = isGuessed ? ", the last column (another: --target)" : "";
  return [
    `${pico.bold(name)}: ${rows === null ? "" : `${amount(rows)} rows, `}${amount(columns.length)} columns`,
    "",
    columnsText([head, ...lines]),
    ...(left > 0 ? [pico.dim(`and ${left} more`)] : []),
    "",
    `${pico.bold("target")} ${target}${why}: ${what}`,
    `${pico.bold("task")}   ${task}`,
    "",
  ].join("\n");
}

function cellsOf(column: ColumnPlan, task: string): string[] {
  const { name, kind, use, note, missing, unreadable, different, example } = column;
  const isClass = use === "target" && task === "classification";
  const told = use === "none" ? `not used: ${note}` : `${use}${note === null ? "" : ` (${note})`}`;
  return [cut(name), isClass ? "class" : kind, told, amount(missing + unreadable), amount(different), cut(example)];
}

/** Rows of cells in columns; the first is their heads, and numbers stand to the right. */
function columnsText(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => rows.reduce((most, row) => Math.max(most, row[i].length), 0));
  const isRight = (i: number): boolean => rows.slice(1).every((row) => /^[\d.,-]*%?$/.test(row[i]));
  const last = widths.length - 1;
  const right = widths.map((_, i) => i < last && isRight(i));
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (right[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd(),
  );
  return [pico.dim(lines[0]), ...lines.slice(1)].join("\n");
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > WIDEST ? `${line.slice(0, WIDEST - 1)}…` : line;
}

function listed(words: readonly string[]): string {
  const some = words.slice(0, 8).map(cut);
  return `${some.join(", ")}${words.length > some.length ? ", …" : ""}`;
}

/** The results on rows that the model was not trained on. */
export function scoresText(scores: TableScores): string {
  return scores.task === "classification" ? classesText(scores) : numbersText(scores);
}

function classesText({ rows, accuracy, macroF1, logLoss, baselineAccuracy, classes, confusion }: ClassificationScores): string {
  const right = Math.round(accuracy * rows);
  const figures = [
    `test accuracy ${good(percent(accuracy))} (${amount(right)} of ${amount(rows)}); always the most frequent class: ${percent(baselineAccuracy)}`,
    `macro F1 ${macroF1.toFixed(3)}, log loss ${logLoss.toFixed(4)}`,
  ];
  if (confusion === null || classes.length > MOST_CLASSES) return figures.join("\n");
  const names = classes.map((each) => cut(String(each.class)));
  const each = classes.map(({ precision, recall, f1, rows: count }, i) => [
    names[i],
    ...[precision, recall, f1].map((figure) => figure.toFixed(3)),
    amount(count),
  ]);
  return [
    ...figures,
    "",
    `${pico.bold("Confusion")} ${pico.dim("row: what it is, column: what was predicted")}`,
    "",
    confusionText(confusion, names),
    "",
    columnsText([["class", "precision", "recall", "F1", "rows"], ...each]),
  ].join("\n");
}

function numbersText({ r2, rmse, mae, baselineRmse }: RegressionScores): string {
  return `test R² ${good(r2.toFixed(3))}, RMSE ${short(rmse)}, MAE ${short(mae)}; always the mean: RMSE ${short(baselineRmse)}`;
}

/** A fold's results in a line. */
export function foldLine(scores: TableScores, fold: number, folds: number): string {
  return `fold ${fold} of ${folds}: ${figureOf(scores)}`;
}

function figureOf(scores: TableScores): string {
  return scores.task === "classification"
    ? `accuracy ${percent(scores.accuracy)}, macro F1 ${scores.macroF1.toFixed(3)}`
    : `R² ${scores.r2.toFixed(3)}, RMSE ${short(scores.rmse)}`;
}

/** The results of all folds: the mean, and the standard deviation. */
export function foldsText(scores: readonly TableScores[]): string {
  if (scores.every((each) => each.task === "classification")) {
    const [accuracy, spread] = spreadOf(scores.map((each) => each.accuracy));
    const [f1] = spreadOf(scores.map((each) => each.macroF1));
    const [baseline] = spreadOf(scores.map((each) => each.baselineAccuracy));
    return `mean of ${scores.length} folds: accuracy ${good(percent(accuracy))} ± ${percent(spread)}, macro F1 ${f1.toFixed(3)}; always the most frequent class: ${percent(baseline)}`;
  }
  const numbers = scores as readonly RegressionScores[];
  const [r2, spread] = spreadOf(numbers.map((each) => each.r2));
  const [rmse] = spreadOf(numbers.map((each) => each.rmse));
  const [baseline] = spreadOf(numbers.map((each) => each.baselineRmse));
  return `mean of ${scores.length} folds: R² ${good(r2.toFixed(3))} ± ${spread.toFixed(3)}, RMSE ${short(rmse)}; always the mean: RMSE ${short(baseline)}`;
}

/** The results of all folds, for machines. */
export function foldsFigures(scores: readonly TableScores[]): Record<string, number> {
  const names =
    scores[0].task === "classification" ? ["accuracy", "macroF1", "logLoss", "baselineAccuracy"] : ["r2", "rmse", "mae", "baselineRmse"];
  const all = scores as readonly unknown[] as readonly Record<string, number>[];
  return Object.fromEntries(names.map((name) => [name, spreadOf(all.map((each) => each[name]))[0]]));
}

/** Mean and standard deviation. */
function spreadOf(values: readonly number[]): [number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return [mean, Math.sqrt(squares / values.length)];
}

function good(text: string): string {
  return pico.bold(pico.green(text));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
