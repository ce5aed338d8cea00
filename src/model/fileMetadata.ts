import { kernelBuild } from "../kernels/load.js";
import type { Model } from "./model.js";

/** The name of the entry in a file's metadata that holds the architecture. */
export const FORMAT_KEY = "simdgrad";
export const FORMAT_VERSION = 2;

/** What a file of a model holds beside the numbers. @throws ArgumentError naming a layer that holds a function */
export function fileMetadata(model: Model): Record<string, string> {
  const header = { version: FORMAT_VERSION, kernels: kernelBuild(), architecture: model.describe() };
  return { ...model.metadata, [FORMAT_KEY]: JSON.stringify(header) };
}
