/** The initializers. This module is their registry. */
export * from "./initializers/common.js";
export { deltaOrthogonal, orthogonal } from "./initializers/orthogonal.js";
export { fanInUniform, varianceScaling } from "./initializers/scaling.js";
export { dirac, identity, sparse } from "./initializers/structured.js";
export { truncatedNormal } from "./initializers/truncated.js";
