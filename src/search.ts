/** The door `simdgrad/search`: finds hyper-parameters, by a grid, at random, by halving, or by breeding. */

export { choice, Dimension, type IntegerOptions, integer, logUniform, type RangeOptions, uniform } from "./search/dimension.js";
export { type GeneticSearchOptions, geneticSearch } from "./search/geneticSearch.js";
export { type GridSearchOptions, gridSearch } from "./search/gridSearch.js";
export { type HalvingSearchOptions, halvingSearch } from "./search/halvingSearch.js";
export { type RandomSearchOptions, randomSearch } from "./search/randomSearch.js";
export { SearchResult, type TrialResult } from "./search/result.js";
export type { Objective } from "./search/runner.js";
export { serveTrials } from "./search/serve.js";
export type { ConfigOf, Space } from "./search/space.js";
export { Trial, type TrialStatus } from "./search/trial.js";
