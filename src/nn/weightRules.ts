/** How weights may be computed. This module is the registry: a saved model names the rule of a layer. */
export { dropConnectRule as dropConnect } from "./dropConnect.js";
export { weightNormRule as weightNorm } from "./weightNorm.js";
export { weightStandardizationRule as weightStandardization } from "./weightStandardization.js";
