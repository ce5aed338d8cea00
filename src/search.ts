/** The door `simdgrad/search`: finds hyper-parameters, by a grid, at random, by halving, or by breeding; and measures models by
 * cross-validation. */

export type { Fold } from "./data/folds.js";
export { type CrossValidateOptions, type CrossValidation, crossValidate } from "./search/crossValidate.js";
export {
  type CurvePoint,
  type LearningCurveOptions,
  learningCurve,
  type TwoScores,
  type ValidationCurveOptions,
  validationCurve,
} from "./search/curves.js";
export { choice, Dimension, type IntegerOptions, integer, logUniform, type RangeOptions, uniform } from "./search/dimension.js";
export { type GeneticSearchOptions, geneticSearch } from "./search/geneticSearch.js";
export { type GridSearchOptions, gridSearch } from "./search/gridSearch.js";
export { type HalvingSearchOptions, halvingSearch } from "./search/halvingSearch.js";
export { type RandomSearchOptions, randomSearch } from "./search/randomSearch.js";
export { SearchResult, type TrialResult } from "./search/result.js";
export type { Objective } from "./search/runner.js";
export type { Spread } from "./search/scores.js";
/** @internal what threads of a search import */
export { serveTrials } from "./search/serve.js";
export type { ConfigOf, Space } from "./search/space.js";
export { Trial, type TrialStatus } from "./search/trial.js";
