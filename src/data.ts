/** The door `simdgrad/data`: what changes data on their way to a model. */
export { type RandomCropOptions, randomCrop } from "./data/crop.js";
export { type CutoutOptions, cutout } from "./data/cutout.js";
export type { Draws } from "./data/draws.js";
export type { Extent } from "./data/extent.js";
export { type RandomFlipOptions, randomFlip } from "./data/flip.js";
export type { Images } from "./data/images.js";
export { type MixupOptions, mixup } from "./data/mixup.js";
export { normalize } from "./data/normalize.js";
export { type RandomRotationOptions, randomRotation } from "./data/rotation.js";
export { compose, type Transform } from "./data/transform.js";
export { type Transformed, type TransformedOptions, transformed } from "./data/transformed.js";
