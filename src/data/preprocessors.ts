/** The preprocessors. This module is their registry: a saved one is made again by the name of its class. */
export { ColumnTransformer } from "./columnTransformer.js";
export { Imputer } from "./imputer.js";
export { LabelEncoder } from "./labelEncoder.js";
export { MaxAbsScaler } from "./maxAbsScaler.js";
export { MinMaxScaler } from "./minMaxScaler.js";
export { OneHotEncoder } from "./oneHotEncoder.js";
export { OrdinalEncoder } from "./ordinalEncoder.js";
export { PCA } from "./pca.js";
export { Pipeline } from "./pipeline.js";
export { RobustScaler } from "./robustScaler.js";
export { StandardScaler } from "./standardScaler.js";
export { TextVectorizer } from "./textVectorizer.js";
export { Whitening } from "./whitening.js";
