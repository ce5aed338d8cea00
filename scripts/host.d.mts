import type { Kernels } from "./records.mjs";

export function entrySource(kernels: Kernels): string;
/** @returns texts by their paths below src/kernels/ */
export function hostSources(kernels: Kernels): Map<string, string>;
