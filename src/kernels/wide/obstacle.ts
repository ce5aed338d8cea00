import { variable } from "../platform.js";

/** Why kernels are not compiled wide; null if they are. */
export function wideObstacle(): string | null {
  return variable("SIMDGRAD_WIDE") === "1" ? null : "it is off";
}
