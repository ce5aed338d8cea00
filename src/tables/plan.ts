import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, text } from "../options/kinds.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import { type AnyTable, type Columns, checkNames, columnsOf } from "./columns.js";
import { type ColumnKind, type ColumnPlan, describeColumn, KINDS } from "./kinds.js";
import { type Label, type Task, taskOf } from "./task.js";

type Kinds = Readonly<Record<string, ColumnKind>>;

const isNames = (value: unknown): boolean => Array.isArray(value) && value.every((name) => typeof name === "string");
const isKinds = (value: unknown): boolean => isPlain(value) && Object.values(value).every((kind) => KINDS.includes(kind as ColumnKind));

export const PLAN = {
  /** The column that is to be predicted. Default null: the last one. */
  target: text({ default: null, aka: ["label", "y"] }),
  /** What is predicted: a class or a number. Default null: as the target's values suggest. */
  task: choice(["classification", "regression"], { default: null }),
  /** The columns that are predicted from. Default null: all that tell something. */
  features: option<readonly string[], { default: null }>("a list of names", isNames, { default: null }),
  /** Columns that are left out. Default none. */
  drop: option<readonly string[], { default: readonly string[] }>("a list of names", isNames, { default: [] }),
  /** What columns hold, where it is guessed wrongly: { zip: "category" }. Default: guessed. */
  kinds: option<Kinds, { default: Kinds }>(`an object of ${KINDS.join(", ")} by column`, isKinds, { default: {} }),
};

const PLAN_TABLE = declare("planTable", PLAN);

/** Options of `planTable`. */
export interface PlanTableOptions extends OptionsOf<typeof PLAN_TABLE> {}

/** What is predicted from what. Plain JSON, which is saved with a model. */
export interface TablePlan {
  readonly target: string;
  readonly task: Task;
  /** The classes in the order of their numbers; of a regression null. */
  readonly classes: readonly Label[] | null;
  /** All columns in their order. */
  readonly columns: readonly ColumnPlan[];
}

/**
 * Looks at a table and decides what is predicted from what: what each column holds, which ones tell nothing (empty, constant, names or
 * numbers of rows), which one is the target, and whether it is a class or a number.
 * @param table rows { column: cell }, or columns { name: cells }
 * @param options.target the column that is predicted, default the last
 * @param options.task "classification" or "regression"; default: whole numbers of few values, texts and bools are classes
 * @param options.features the columns that are predicted from, default all that tell something
 * @param options.drop columns that are left out, default none
 * @param options.kinds "number", "category", "text" or "date" by column, where it is guessed wrongly
 * @throws ArgumentError for names that are no columns, and where nothing could be learned
 * @example
 * const rows = Array.from({ length: 40 }, (_, i) => ({ size: i * i, city: ["Ulm", "Bonn"][i % 2], rent: 5 * i + 0.5 }));
 * const { task, columns } = planTable(rows);   // a regression from size and city
 */
export function planTable(table: AnyTable, options?: PlanTableOptions): TablePlan {
  checkArity(PLAN_TABLE.op, arguments.length, 2);
  const settings = PLAN_TABLE.readOptions(options);
  const { op } = PLAN_TABLE;
  const columns = columnsOf(op, table);
  const { names } = columns;
  const target = settings.target ?? names[names.length - 1];
  checkNames(op, "the target", [target], names);
  checkNames(op, "the feature", settings.features ?? [], names);
  checkNames(op, "the column to drop", settings.drop, names);
  checkNames(op, "the column of kinds", Object.keys(settings.kinds), names);
  if (settings.features?.includes(target) || settings.drop.includes(target))
    throw new ArgumentError(message(op, `"${target}" is the target; it can be neither a feature nor dropped`));
  const described = describeAll(op, columns, target, settings);
  const { task, classes } = taskOf(op, target, columns.cells.get(target) as ArrayLike<unknown>, settings.task);
  if (!described.some(({ use }) => use === "feature")) {
    const why = described.filter(({ use }) => use === "none").map(({ name, note }) => `${name} (${note})`);
    const problem = `there is no column to predict "${target}" from${why.length > 0 ? `: ${why.slice(0, 8).join(", ")}` : ""}`;
    throw new ArgumentError(message(op, problem, "Name some: features."));
  }
  return { target, task, classes, columns: described };
}

interface Choice {
  readonly features: readonly string[] | null;
  readonly drop: readonly string[];
  readonly kinds: Kinds;
}

function describeAll(op: string, { cells }: Columns, target: string, { features, drop, kinds }: Choice): ColumnPlan[] {
  return [...cells].map(([name, column]) => {
    const found = describeColumn(name, column, kinds[name], name === target || (features?.includes(name) ?? false));
    if (found.unreadable > 0 && found.missing + found.unreadable === column.length)
      throw new ArgumentError(
        message(op, `no cell of column "${name}" is a ${found.kind}, as kinds says; the first is ${kindText(found.example)}`),
      );
    if (name === target) return { ...found, use: "target", note: null };
    if (drop.includes(name) || (features !== null && !features.includes(name))) return { ...found, use: "none", note: "left out" };
    return found;
  });
}
