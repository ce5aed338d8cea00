/** The door `simdgrad/plot`: figures as SVG and PNG, drawn by the optional peers vega and vega-lite. */

export type { CapacityPoint } from "./plot/capacityView.js";
export type { MakeOptimizer } from "./plot/descent/race.js";
export type { Surface, SurfaceName } from "./plot/descent/surfaces.js";
export { Figure, type PngOptions } from "./plot/figure.js";
export { type ActivationCurvesOptions, type ActivationFunctions, activationCurves } from "./plot/figures/activationCurves.js";
export { type ArchitectureDiagramOptions, architectureDiagram } from "./plot/figures/architecture.js";
export { type BatchPathsOptions, batchPaths } from "./plot/figures/batchPaths.js";
export { type CalibrationCurveOptions, calibrationCurve } from "./plot/figures/calibrationCurve.js";
export { type CapacityCurveOptions, capacityCurve } from "./plot/figures/capacityCurve.js";
export { type ComputationGraphOptions, computationGraph, type GraphTextOptions, graphText } from "./plot/figures/computationGraph.js";
export { type LearningRateCurveOptions, learningRateCurve } from "./plot/figures/learningRateFinder.js";
export { type LossCurvesOptions, lossCurves } from "./plot/figures/lossCurves.js";
export { type LossShapesOptions, lossShapes } from "./plot/figures/lossShapes.js";
export { type NesterovStepOptions, nesterovStep } from "./plot/figures/nesterovStep.js";
export { type OptimizerRaceOptions, optimizerRace } from "./plot/figures/optimizerRace.js";
export { type PenaltyContoursOptions, penaltyContours } from "./plot/figures/penaltyContours.js";
export { type PerceptronWeightsOptions, perceptronWeights } from "./plot/figures/perceptronWeights.js";
export { type PrecisionRecallCurveOptions, precisionRecallCurve } from "./plot/figures/precisionRecallCurve.js";
export { type RocCurveOptions, rocCurve } from "./plot/figures/rocCurve.js";
export { type ScheduleCurvesOptions, scheduleCurves } from "./plot/figures/schedules.js";
export { type StepLossesOptions, type Steps, stepLosses } from "./plot/figures/stepLosses.js";
export { type UniversalApproximationOptions, universalApproximation } from "./plot/figures/universalApproximation.js";
export type { Figures } from "./plot/history.js";
export type { Scores } from "./plot/scores.js";
