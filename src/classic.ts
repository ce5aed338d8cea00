/** The door `simdgrad/classic`: classic methods of machine learning, beside which networks are measured. */
export type { Classifier } from "./classic/classifier.js";
export { LinearDiscriminantAnalysis, type LinearDiscriminantAnalysisOptions } from "./classic/discriminant.js";
export { GaussianMixture, type GaussianMixtureOptions } from "./classic/gaussianMixture.js";
export { KernelRidge, type KernelRidgeOptions } from "./classic/kernelRidge.js";
export { KMeans, type KMeansOptions } from "./classic/kMeans.js";
export { ElasticNet, type ElasticNetOptions, Lasso, type LassoOptions } from "./classic/lasso.js";
export { LevenbergMarquardt, type LevenbergMarquardtOptions } from "./classic/levenbergMarquardt.js";
export type { LinearModel } from "./classic/linearModel.js";
export { LinearRegression, type LinearRegressionOptions, Ridge, type RidgeOptions } from "./classic/linearRegression.js";
export { LinearSVM, type LinearSVMOptions } from "./classic/linearSvm.js";
export {
  BernoulliNaiveBayes,
  type BernoulliNaiveBayesOptions,
  GaussianNaiveBayes,
  type GaussianNaiveBayesOptions,
  MultinomialNaiveBayes,
  type MultinomialNaiveBayesOptions,
} from "./classic/naiveBayes.js";
export { KNearestNeighborsClassifier, type KNearestNeighborsOptions, KNearestNeighborsRegressor } from "./classic/nearest.js";
export { Newton, type NewtonOptions } from "./classic/newton.js";
export { Perceptron, type PerceptronOptions } from "./classic/perceptron.js";
export {
  type PolynomialFeaturesOptions,
  PolynomialRegression,
  type PolynomialRegressionOptions,
  polynomialFeatures,
} from "./classic/polynomial.js";
export {
  RandomFeatureRegression,
  type RandomFeatureRegressionOptions,
  RandomFeatures,
  type RandomFeaturesOptions,
} from "./classic/randomFeatures.js";
export type { Regressor } from "./classic/regressor.js";
export {
  LogisticRegression,
  type LogisticRegressionOptions,
  SoftmaxRegression,
  type SoftmaxRegressionOptions,
} from "./classic/softmaxRegression.js";
export { TSNE, type TSNEOptions } from "./classic/tsne.js";
