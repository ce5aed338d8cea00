import type { Kernel, Kernels } from "./records.mjs";

export function piecesOf(kernels: Kernels): Map<string, Kernel[]>;
export function entrySource(piece: string, kernels: Kernel[], assembly: string): string;
export function pieceSource(piece: string, texts: Record<"simd" | "relaxed", string>): string;
/** @returns the texts of the files by their paths below src/kernels/ */
export function hostSources(kernels: Kernels): Map<string, string>;
