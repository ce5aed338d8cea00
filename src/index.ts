import "./ops/methods.js";
import { equipWhole } from "./whole.js";

export { type Captured, capture } from "./capture/capture.js";
export type { CaptureStatus } from "./capture/capturedStep.js";
export { Diagnosis, type DiagnosisOptions } from "./diagnose/diagnosis.js";
export * from "./errors/errors.js";
export { type BackwardOptions, backward, detach, type GradOptions, grad } from "./graph/backward.js";
export { GradcheckError, type GradcheckOptions, gradcheck, gradgradcheck } from "./graph/gradcheck.js";
export { type GraphNode, type GraphOfOptions, graphOf } from "./graph/graphOf.js";
export { hessian, hvp } from "./graph/higher.js";
export { jacobian, jvp, vjp } from "./graph/jacobian.js";
export { isGradEnabled, noGrad } from "./graph/mode.js";
export { defineOp } from "./graph/ownOperation.js";
export { Parameter, type ParameterOptions } from "./graph/parameter.js";
export { checkpoint, recompute } from "./graph/recompute.js";
export { type MemoryStatistics, memory } from "./graph/statistics.js";
export type { Constraint, ConstraintContext, Penalty } from "./graph/weightRule.js";
export * from "./io/index.js";
export { type InitOptions, init } from "./kernels/init.js";
export type { KernelBuild } from "./kernels/load.js";
export { setThreads } from "./kernels/threads/workers.js";
export type { DType, NumberArray } from "./memory/views.js";
export { Checkpoint, type CheckpointOptions } from "./model/checkpoint.js";
export type { CheckpointParts } from "./model/checkpointContent.js";
export type { CompileOptions } from "./model/compile.js";
export { CSVLogger, type CSVLoggerOptions } from "./model/csvLogger.js";
export { type DiagnoseOptions, diagnose, type ModelDiagnosis } from "./model/diagnose.js";
export { Ensemble, type EnsembleOptions } from "./model/ensemble.js";
export { type FindBatchSizeOptions, findBatchSize } from "./model/findBatchSize.js";
export { type FindLearningRateOptions, findLearningRate, type LearningRateCurve } from "./model/findLearningRate.js";
export type { Description } from "./model/functional.js";
export { deserializeModel, type LoadOptions, loadModel } from "./model/load.js";
export { Model } from "./model/model.js";
export type { EvaluateOptions, FitOptions, PredictOptions, SummaryOptions } from "./model/options.js";
export { Profile, type ProfileOptions, type ProfileRow, type ProfileSpan, profile } from "./model/profile.js";
export type { ModuleClass } from "./model/rebuild.js";
export type { SanityCheck } from "./model/sanity/check.js";
export { type SanityCheckOptions, type SanityReport, sanityCheck } from "./model/sanityCheck.js";
export { Sequential } from "./model/sequential.js";
export * from "./nn/index.js";
export { glu, type MaxoutOptions, maxout, softmax2d, softmin } from "./ops/activations/channels.js";
export {
  type HardTanhOptions,
  type HeavisideOptions,
  hardSwish,
  hardshrink,
  hardTanh,
  heaviside,
  relu6,
  type ShrinkOptions,
  softshrink,
  type ThresholdedReluOptions,
  type ThresholdOptions,
  threshold,
  thresholdedRelu,
} from "./ops/activations/piecewise.js";
export { prelu, type RreluOptions, rrelu } from "./ops/activations/sloped.js";
export {
  type CeluOptions,
  celu,
  geluSigmoid,
  logSigmoid,
  mish,
  type SwishOptions,
  softsign,
  swish,
  tanhshrink,
} from "./ops/activations/smooth.js";
export * from "./ops/activations.js";
export * from "./ops/arithmetic.js";
export { type AttentionOptions, scaledDotProductAttention } from "./ops/attention.js";
export type { Axes, WithAxes, WithAxis } from "./ops/axes.js";
export { cast } from "./ops/cast.js";
export * from "./ops/compare.js";
export { type ConvFunctionOptions, conv1d, conv2d, conv3d } from "./ops/conv.js";
export { type ConvTransposeFunctionOptions, convTranspose1d, convTranspose2d, convTranspose3d } from "./ops/convTranspose.js";
export {
  type BincountOptions,
  bincount,
  type Histogram,
  type HistogramOptions,
  histogram,
  type Unique,
  unique,
} from "./ops/counting.js";
export type { CovOptions } from "./ops/covariance.js";
export * from "./ops/creation.js";
export type { Reduction } from "./ops/crossEntropy.js";
export type { CdistOptions, CosineSimilarityOptions, NormalizeOptions, PairwiseDistanceOptions } from "./ops/distance.js";
export { einsum } from "./ops/einsum.js";
export * from "./ops/elementary.js";
export type { Binary } from "./ops/elementwise.js";
export * from "./ops/extremes.js";
export type { ReductionOptions } from "./ops/fold.js";
export * from "./ops/functions.js";
export * from "./ops/indexing.js";
export { type InterpolateOptions, interpolate } from "./ops/interpolate.js";
export { concat, stack } from "./ops/joining.js";
export * from "./ops/linalg.js";
export { linear } from "./ops/linear.js";
export { allClose, type CloseOptions } from "./ops/logic.js";
export type { MeshgridOptions } from "./ops/matrices.js";
export * from "./ops/movement.js";
export type { Operand } from "./ops/operands.js";
export type { QuantileOptions } from "./ops/order.js";
export * from "./ops/padding.js";
export {
  type AdaptiveMaxPoolOptions,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  type OutputSize,
} from "./ops/pool/adaptive.js";
export { type AvgPoolOptions, avgPool1d, avgPool2d, avgPool3d } from "./ops/pool/average.js";
export { type FractionalMaxPoolOptions, fractionalMaxPool2d, fractionalMaxPool3d } from "./ops/pool/fractional.js";
export type { Pooled, WithIndices } from "./ops/pool/indices.js";
export { type LPPoolOptions, lpPool1d, lpPool2d } from "./ops/pool/lp.js";
export { type MaxPoolOptions, maxPool1d, maxPool2d, maxPool3d } from "./ops/pool/max.js";
export { type MaxUnpoolOptions, maxUnpool1d, maxUnpool2d, maxUnpool3d } from "./ops/pool/unpool.js";
export * from "./ops/reduce.js";
export * from "./ops/reshape.js";
export { type RotaryOptions, rotary } from "./ops/rotary.js";
export * from "./ops/scan.js";
export { maskedSelect, nonzero } from "./ops/selection.js";
export { channelShuffle, pixelShuffle, pixelUnshuffle } from "./ops/shuffling.js";
export * from "./ops/slicing.js";
export * from "./ops/softmax.js";
export { type Ordered, type SortOptions, sort, type TopkOptions, topk } from "./ops/sort.js";
export { fold2d, type UnfoldOptions, unfold2d } from "./ops/unfold.js";
export * from "./optim/index.js";
export * as options from "./options/index.js";
export { arange, eye, full, linspace, ones, type TensorOptions, tensor, zeros } from "./tensor/creation.js";
export type { NestedNumbers } from "./tensor/format.js";
export type { TensorLike } from "./tensor/nested.js";
export { type RandnOptions, type RandOptions, rand, randint, randn, randperm } from "./tensor/random.js";
export { manualSeed } from "./tensor/seed.js";
export type { Shape } from "./tensor/shape.js";
export { Tensor } from "./tensor/tensor.js";
export { type BatchOf, type BatchOptions, batches } from "./train/batches.js";
export {
  type ExpectedCalibrationErrorOptions,
  expectedCalibrationError,
  type ReliabilityCurve,
  type ReliabilityCurveOptions,
  reliabilityCurve,
} from "./train/calibration.js";
export {
  Callback,
  LambdaCallback,
  type LambdaCallbackHooks,
  type Logs,
  type TrainingContext,
} from "./train/callbacks.js";
export type { ClassWeight } from "./train/classWeight.js";
export type { Batch, Samples, TrainingData } from "./train/data.js";
export { EarlyStopping, type EarlyStoppingOptions } from "./train/earlyStopping.js";
export { ExponentialMovingAverage, type ExponentialMovingAverageOptions } from "./train/exponentialMovingAverage.js";
export type { Finding } from "./train/finding.js";
export { FiniteGuard, type FiniteGuardOptions } from "./train/finiteGuard.js";
export { History } from "./train/history.js";
export type { Incident } from "./train/incident.js";
export { LearningRateScheduler } from "./train/learningRateScheduler.js";
export type { MetricName, MetricSpec } from "./train/metricNamed.js";
export { MeanMetric, Metric } from "./train/metrics/metric.js";
export * from "./train/metrics.js";
export { type MonteCarloOptions, type MonteCarloPrediction, monteCarlo } from "./train/monteCarlo.js";
export { NewBob, type NewBobOptions } from "./train/newBob.js";
export type { PredictBatches, PredictInputs } from "./train/prediction.js";
export { ProgressBar } from "./train/progress.js";
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from "./train/reduceLROnPlateau.js";
export { Snapshots, type SnapshotsOptions } from "./train/snapshots.js";
export { StochasticWeightAveraging, type StochasticWeightAveragingOptions } from "./train/stochasticWeightAveraging.js";
export type { LayerRecord, ParameterRecord, TrainingRecord } from "./train/trainingRecord.js";
export { type UpdateBatchNormOptions, updateBatchNorm } from "./train/updateBatchNorm.js";

equipWhole();
