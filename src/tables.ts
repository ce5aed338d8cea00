/** The door `simdgrad/tables`: models of tables of one's own, from cells of any kind to predictions. */

export type { TableCell } from "./tables/cells.js";
export type { AnyTable } from "./tables/columns.js";
export { type CrossValidateTableOptions, crossValidateTable } from "./tables/crossValidate.js";
export type { Course, RateCourse } from "./tables/defaults.js";
export type { ColumnKind, ColumnPlan, ColumnUse } from "./tables/kinds.js";
export { loadTableModel } from "./tables/load.js";
export { type PlanTableOptions, planTable, type TablePlan } from "./tables/plan.js";
export type { Odd, Surprises } from "./tables/reading.js";
export type { ClassificationScores, ClassScore, RegressionScores, TableScores } from "./tables/scores.js";
export { type SplitTableOptions, splitTable, type TableColumns, type TableFoldsOptions, tableFolds } from "./tables/split.js";
export {
  type FitTableOptions,
  type ReadTableOptions,
  TableModel,
  type TableModelOptions,
  type TablePredictions,
} from "./tables/tableModel.js";
export type { Label, Task } from "./tables/task.js";
