import type { NumberArray } from "../../memory/views.js";
import { Activation, STRIP_COLUMNS, STRIP_ROWS } from "../generated/constants.js";
import type { GemmArgs } from "../generated.js";
import { gemmStrips } from "../strips.js";
import { isIntegers, put } from "./put.js";

/** C = act(op(A) · op(B) + beta · C + bias). */
export function gemm(r: GemmArgs, from: number, to: number, v: NumberArray): void {
  const { m, n } = r;
  const strips = gemmStrips(m, n, 1);
  for (let strip = from; strip < to; strip++) {
    const z = Math.floor(strip / strips);
    const first = strip - z * strips;
    if (n >= m) rectangle(r, z, 0, m, STRIP_COLUMNS * first, Math.min(n, STRIP_COLUMNS * (first + 1)), v);
    else rectangle(r, z, STRIP_ROWS * first, Math.min(m, STRIP_ROWS * (first + 1)), 0, n, v);
  }
}

function rectangle(r: GemmArgs, z: number, top: number, bottom: number, left: number, right: number, v: NumberArray): void {
  const [a, b, c, bias] = [r.a, r.b, r.c, r.bias].map((pointer) => pointer / v.BYTES_PER_ELEMENT);
  const [aRow, aStep] = r.transA ? [1, r.lda] : [r.lda, 1];
  const integers = isIntegers(v);
  const [bStep, bColumn] = r.transB ? [1, r.ldb] : [r.ldb, 1];
  for (let i = top; i < bottom; i++) {
    for (let j = left; j < right; j++) {
      let x = a + z * r.strideA + i * aRow;
      let y = b + z * r.strideB + j * bColumn;
      let sum = 0;
      let largest = 0;
      for (let p = 0; p < r.k; p++) {
        const product = v[x] * v[y];
        sum += product;
        if (integers) largest = Math.max(largest, Math.abs(product), Math.abs(sum));
        x += aStep;
        y += bStep;
      }
      const out = c + z * r.strideC + i * r.ldc + j;
      // Beyond 2⁵³ the sum was rounded, and may have come back into the range of the type.
      if (largest > Number.MAX_SAFE_INTEGER) sum = Number.NaN;
      let value = sum;
      if (r.beta !== 0) value += r.beta * v[out];
      if (r.bias !== 0) value += v[bias + j];
      put(v, out, r.act === Activation.Relu && value < 0 ? 0 : value, out - c);
    }
  }
}
