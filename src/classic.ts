/** The door `simdgrad/classic`: classic methods of machine learning, beside which networks are measured. */
export type { Classifier } from "./classic/classifier.js";
export { GaussianMixture, type GaussianMixtureOptions } from "./classic/gaussianMixture.js";
export { KMeans, type KMeansOptions } from "./classic/kMeans.js";
export { ElasticNet, type ElasticNetOptions, Lasso, type LassoOptions } from "./classic/lasso.js";
export type { LinearModel } from "./classic/linearModel.js";
export { LinearRegression, type LinearRegressionOptions, Ridge, type RidgeOptions } from "./classic/linearRegression.js";
export { Perceptron, type PerceptronOptions } from "./classic/perceptron.js";
export {
  type PolynomialFeaturesOptions,
  PolynomialRegression,
  type PolynomialRegressionOptions,
  polynomialFeatures,
} from "./classic/polynomial.js";
export type { Regressor } from "./classic/regressor.js";
