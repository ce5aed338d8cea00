import type { Part } from "./trace.js";

/** What a box is coloured by. */
export type PartKind = "layer" | "norm" | "pool" | "activation" | "block" | "input" | "operation";

export function kindOf({ kind, type, module, parameters }: Part): PartKind {
  if (kind !== "layer") return kind;
  if (module !== null && module.children().size > 0) return "block";
  if (/Norm/.test(type)) return "norm";
  if (/Pool|Flatten/.test(type)) return "pool";
  return parameters > 0 ? "layer" : "activation";
}

/** The settings of a layer that tell most. */
interface Told {
  readonly kernelSize?: number | readonly number[];
  readonly stride?: number | readonly number[];
  readonly activation?: unknown;
}

/** A layer in a few words: "Conv2d 3 × 3, stride 2, relu". */
export function describedPart({ type, module }: Part): string {
  const { kernelSize, stride, activation } = { ...(module as { settings?: Told } | null)?.settings } as Told;
  const size = kernelSize === undefined ? "" : ` ${extents(kernelSize)}`;
  const isStrided = stride !== undefined && stride !== null && !/^1( × 1)*$/.test(extents(stride)) && !/Pool/.test(type);
  const name = typeof activation === "string" && activation !== "linear" ? `, ${activation}` : "";
  return `${type}${size}${isStrided ? `, stride ${[stride].flat()[0]}` : ""}${name}`;
}

/** 3 as "3 × 3", [5, 1] as "5 × 1". */
function extents(size: number | readonly number[]): string {
  return typeof size === "number" ? `${size} × ${size}` : size.join(" × ");
}
