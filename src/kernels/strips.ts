import { STRIP_COLUMNS, STRIP_ROWS } from "./generated/constants.js";

/** The length of the range of `gemm`, which counts strips of C: of columns if C is at least as wide as high, else of rows. */
export function gemmStrips(m: number, n: number, batch: number): number {
  return batch * (n >= m ? Math.ceil(n / STRIP_COLUMNS) : Math.ceil(m / STRIP_ROWS));
}
