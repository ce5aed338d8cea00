import { views } from "../../memory/memory.js";
import type { BinaryArgs } from "../generated/broadcast.js";
import type { GemmArgs } from "../generated/gemm.js";
import type { LayerNormArgs } from "../generated/layerNorm.js";
import type { MapArgs } from "../generated/map.js";
import type { UpdateArgs } from "../generated/optim/update.js";
import type { SumArgs } from "../generated/reduce.js";
import type { SoftmaxArgs } from "../generated/softmax.js";
import type { Kernel } from "../kernel.js";
import type { Exports } from "../piece.js";
import { gemmStrips } from "../strips.js";

/** Elements of an operand: no whole number of vectors. */
const N = 901;
const OPERANDS = 6;
/** Bytes of memory that a sample takes. */
export const SAMPLE_BYTES = 4 * N * OPERANDS + 8;

/** The arguments of a call over operands at addresses, and the length of its range. */
type Sample<Args> = (operands: number[]) => [args: Args, to: number];

const map: Sample<MapArgs> = ([x, out]) => [{ x, out }, N];
const positive: Sample<MapArgs> = ([, out, , , , x]) => [{ x, out }, N];
const binary: Sample<BinaryArgs> = ([a, b, out]) => [
  { a, b, out, n1: 1, n2: 1, n3: N, a0: 0, a1: 0, a2: 0, a3: 1, b0: 0, b1: 0, b2: 0, b3: 1 },
  N,
];
const sum: Sample<SumArgs> = ([x, out]) => [{ x, out, reduced: 53, inner: 1, divisor: 1, beta: 0 }, 17];
const softmax: Sample<SoftmaxArgs> = ([x, out]) => [{ x, out, columns: 53 }, 17];
const layerNorm: Sample<LayerNormArgs> = ([x, weight, bias, out, saved]) => [
  { x, weight, bias, out, saved, columns: 53, epsilon: 1e-5, centered: 1 },
  17,
];
const gemm: Sample<GemmArgs> = ([a, b, c, bias]) => {
  const [m, n, k] = [21, 37, 23];
  const strides = { lda: k, ldb: n, ldc: n, strideA: 0, strideB: 0, strideC: 0, transA: 0, transB: 0 };
  return [{ a, b, c, bias, m, n, k, batch: 1, ...strides, beta: 1, act: 1 }, gemmStrips(m, n, 1)];
};
const update: Sample<UpdateArgs> = ([p, g, state1, state3, state2, cell]) => [{ p, g, state1, state2, state3, cell: (cell + 7) & ~7 }, N];

/** @internal A kernel or two of each family. */
export const SAMPLES: Readonly<Record<string, Sample<object>>> = {
  ...{ exp: map, log: positive, tanh: map, sigmoid: map, gelu: map, relu: map, add: binary, mul: binary, div: binary },
  ...{ sum, softmaxRows: softmax, layerNorm, gemm, adam: update, sgd: update },
};

/** Whether a kernel leaves the same bits wide and narrow. Kernels that are no samples are taken to. @param at SAMPLE_BYTES that may be written */
export function isSameWide(kernel: Kernel, narrow: Exports, wide: Exports, at: number): boolean {
  if (!(kernel.name in SAMPLES)) return true;
  const found = sampleBytes(kernel, wide, at);
  return sampleBytes(kernel, narrow, at).every((byte, i) => byte === found[i]);
}

/** @internal The bytes of all operands after a call of a kernel's sample. */
export function sampleBytes(kernel: Kernel, exports: Exports, at: number): Uint8Array {
  fill(at);
  const [args, to] = SAMPLES[kernel.name](Array.from({ length: OPERANDS }, (_, i) => at + 4 * N * i));
  exports[kernel.name](kernel.record.write(args as never), 0, to);
  return views.u8.slice(at, at + SAMPLE_BYTES);
}

/**
 * Writes numbers from −4 to 4, and in the last two operands from 1 to 2: pairs of these, as float64, are about as an optimizer's cell needs
 * them. No kernel computes a NaN from them, whose bits V8 is free to choose.
 */
function fill(at: number): void {
  let state = 1;
  for (let i = 0; i < SAMPLE_BYTES / 4; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const unit = state / 4294967296;
    views.f32[at / 4 + i] = i < N * (OPERANDS - 2) ? 8 * unit - 4 : 1 + unit;
  }
}
