export type { ActivationName, ActivationSpec } from "./activations.js";
export { Buffer } from "./buffer.js";
export type { InitializerName, InitializerSpec } from "./drawn.js";
export type { Initializer } from "./initializers.js";
export * as initializers from "./initializers.js";
export * from "./layers.js";
export * from "./losses.js";
export { type ForwardHook, type ForwardPreHook, Module } from "./module.js";
export { input } from "./symbolic.js";
