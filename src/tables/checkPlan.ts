import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { isPlain } from "../options/plain.js";
import { type ColumnPlan, KINDS } from "./kinds.js";
import type { TablePlan } from "./plan.js";

/** Checks what somebody passes, or a file holds, as a plan. @throws ArgumentError that names what is wrong */
export function checkPlan(op: string, plan: unknown): TablePlan {
  const bad = (problem: string) => new ArgumentError(message(op, `the plan ${problem}`, "Pass what planTable gave."));
  if (!isPlain(plan)) throw bad(`is ${kindText(plan)}; expected { target, task, classes, columns }`);
  const { target, task, classes, columns, ...others } = plan;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw bad(`has ${kindText(unknown)}; expected target, task, classes and columns`);
  if (task !== "classification" && task !== "regression")
    throw bad(`has the task ${kindText(task)}; expected "classification" or "regression"`);
  if (task === "regression" ? classes !== null : !isLabels(classes))
    throw bad(`has the classes ${kindText(classes)}; expected ${task === "regression" ? "null" : "two or more different ones"}`);
  if (!Array.isArray(columns)) throw bad(`has ${kindText(columns)} for columns; expected a list`);
  const odd = columns.findIndex((column) => !isColumn(column));
  if (odd >= 0) throw bad(`has ${kindText(columns[odd])} as column ${odd}; expected { name, kind, use, … }`);
  const known = columns as ColumnPlan[];
  if (new Set(known.map(({ name }) => name)).size < known.length) throw bad("has two columns of one name");
  const targets = known.filter(({ use }) => use === "target");
  if (targets.length !== 1 || targets[0].name !== target)
    throw bad(`has the target ${kindText(target)}; expected the one column of that use`);
  if (!known.some(({ use }) => use === "feature")) throw bad("has no column to predict from");
  return plan as unknown as TablePlan;
}

function isLabels(classes: unknown): boolean {
  return (
    Array.isArray(classes) &&
    classes.length >= 2 &&
    new Set(classes).size === classes.length &&
    classes.every((label) => ["string", "boolean"].includes(typeof label) || Number.isFinite(label))
  );
}

function isColumn(column: unknown): boolean {
  if (!isPlain(column)) return false;
  const { name, kind, use, note, missing, unreadable, different, example } = column;
  return (
    typeof name === "string" &&
    KINDS.includes(kind as never) &&
    ["feature", "target", "none"].includes(use as string) &&
    (note === null || typeof note === "string") &&
    [missing, unreadable, different].every((count) => Number.isSafeInteger(count) && (count as number) >= 0) &&
    typeof example === "string"
  );
}
