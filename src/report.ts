/** The door `simdgrad/report`: a training as JSON, and as a page in one file. */
export { RunRecorder, type RunRecorderOptions } from "./report/recorder.js";
export { type Report, type ReportOptions, report } from "./report/report.js";
export type {
  Calibration,
  ClassEvaluation,
  EpochSeries,
  LayerRow,
  Machine,
  ModelTable,
  OptimizerTable,
  OutputEvaluation,
  RocCurve,
  Run,
  RunStatus,
  Setting,
  StepSeries,
  ValueEvaluation,
  WorstSample,
} from "./report/run.js";
