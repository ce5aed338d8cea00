import type { BackwardPass } from "../graph/pass.js";
import { Activation, STRIP_WIDTH } from "../kernels/generated/constants.js";
import type { SequenceArgs, SequenceGradArgs } from "../kernels/generated.js";
import * as kernels from "../kernels/generated.js";
import { gemmStrips } from "../kernels/strips.js";
import { withTemporaries } from "../memory/temporaries.js";
import { BYTES, type DType } from "../memory/views.js";
import type { Tensor, TensorMeta } from "../tensor/tensor.js";
import { CELLS, type CellKind } from "./recurrentCells.js";

/**
 * How the kernels of recurrent cells are called: products of all steps as one, and one kernel that takes every sample through all steps.
 */

/** Extents of a run. */
export interface Sizes {
  readonly kind: CellKind;
  readonly steps: number;
  readonly batch: number;
  readonly input: number;
  readonly hidden: number;
  /** Extents of h. */
  readonly size: number;
  /** Columns of the gates, of all blocks. */
  readonly gates: number;
  /** Elements of the output. */
  readonly outputs: number;
}

export function sizesOf(kind: CellKind, x: TensorMeta, weightIh: TensorMeta, weightHh: TensorMeta): Sizes {
  const [steps, batch, input] = x.shape;
  const [gates] = weightIh.shape;
  const [, size] = weightHh.shape;
  return { kind, steps, batch, input, hidden: gates / CELLS[kind].gates, size, gates, outputs: steps * batch * size };
}

/** The parts of the workspace, see `SequenceArgs`: elements of each, or their addresses. */
type Parts = Readonly<Record<"gates" | "inner" | "h" | "c" | "wide", number>>;

/** Elements to which parts of the workspace are rounded up: a cache line of float32. */
const ALIGNMENT = 16;

/** The elements of the parts of the workspace; 0 for what the cell does without. */
function partsOf({ kind, steps, batch, hidden, size, gates }: Sizes, isProjected: boolean): Parts {
  const rows = steps * batch;
  return {
    gates: rows * gates,
    inner: kind === "lstm" || kind === "gru" ? rows * hidden : 0,
    h: (rows + batch) * size,
    c: kind === "lstm" ? (rows + batch) * hidden : 0,
    wide: isProjected ? rows * hidden : 0,
  };
}

function roundedUp(elements: number): number {
  return Math.ceil(elements / ALIGNMENT) * ALIGNMENT;
}

/** The elements of the workspace. */
export function workspaceElements(sizes: Sizes, isProjected: boolean): number {
  return Object.values(partsOf(sizes, isProjected)).reduce((sum, elements) => sum + roundedUp(elements), 0);
}

/** The byte addresses of its parts; 0 for what the cell does without. */
function placed({ at, dtype }: Tensor, sizes: Sizes, isProjected: boolean): Parts {
  let next = at;
  const addresses = Object.entries(partsOf(sizes, isProjected)).map(([name, elements]) => {
    const address = elements === 0 ? 0 : next;
    next += roundedUp(elements) * BYTES[dtype];
    return [name, address] as const;
  });
  return Object.fromEntries(addresses) as Parts;
}

const FORWARD = { tanh: kernels.rnnForward, relu: kernels.rnnForward, lstm: kernels.lstmForward, gru: kernels.gruForward };
const BACKWARD = { tanh: kernels.rnnBackward, relu: kernels.rnnBackward, lstm: kernels.lstmBackward, gru: kernels.gruBackward };

interface Attributes {
  readonly kind: CellKind;
  readonly reverse: boolean;
}

interface Operands {
  readonly x: Tensor;
  readonly weightIh: Tensor;
  readonly weightHh: Tensor;
  readonly biasIh: Tensor | null;
  readonly biasHh: Tensor | null;
  readonly weightHr: Tensor | null;
  readonly h: Tensor | null;
  readonly c: Tensor | null;
  readonly lengths: Tensor | null;
}

export function forward(operands: Operands & { out: Tensor; workspace: Tensor }, { kind, reverse }: Attributes): void {
  const { x, weightIh, weightHh, biasIh, biasHh, weightHr, h, c, lengths, workspace, out } = operands;
  const sizes = sizesOf(kind, x, weightIh, weightHh);
  const { steps, batch, input, hidden, size, gates, outputs } = sizes;
  if (batch === 0) return;
  const { dtype } = x;
  const bytes = BYTES[dtype];
  const at = placed(workspace, sizes, weightHr !== null);
  const rows = steps * batch;
  const ofInput = { a: x.at, b: weightIh.at, c: at.gates, m: rows, n: gates, k: input, transB: true, bias: biasIh?.at };
  product(ofInput, dtype);
  const isSingle = steps === 1 && h !== null;
  if (isSingle) multiplyState(kind, h, weightHh, at, sizes, dtype);
  else if (kind === "gru" && h === null) {
    kernels.fill({ out: at.inner + (reverse ? rows - batch : 0) * hidden * bytes, value: 0 }, 0, batch * hidden, dtype);
  }
  const first = reverse ? rows : 0;
  begin(h, at.h + first * size * bytes, batch * size, dtype);
  if (kind === "lstm") begin(c, at.c + first * hidden * bytes, batch * hidden, dtype);
  withBlocks(dtype, (take) => {
    const packed = packWeights(kind, weightHh, weightHr, sizes, true, take);
    const hLast = out.at + outputs * bytes;
    const record: SequenceArgs = {
      ...at,
      ...packed,
      bias: biasHh?.at ?? 0,
      out: out.at,
      hLast,
      cLast: kind === "lstm" ? hLast + batch * size * bytes : 0,
      lengths: lengths?.at ?? 0,
      steps,
      batch,
      hidden,
      size,
      reverse: reverse ? 1 : 0,
      begins: h === null || isSingle ? 0 : 1,
      act: kind === "relu" ? Activation.Relu : Activation.None,
    };
    FORWARD[kind](record, 0, batch, dtype);
  });
}

export function backward(pass: BackwardPass<keyof Operands>, saved: Operands & { workspace: Tensor }, { kind, reverse }: Attributes): void {
  const { x, weightIh, weightHh, weightHr, h, lengths, workspace } = saved;
  const sizes = sizesOf(kind, x, weightIh, weightHh);
  const { steps, batch, input, hidden, size, gates, outputs } = sizes;
  const { dtype } = x;
  const bytes = BYTES[dtype];
  const at = placed(workspace, sizes, weightHr !== null);
  const rows = steps * batch;
  const isGru = kind === "gru";
  withBlocks(dtype, (take) => {
    const own = {
      dGates: take(rows * gates),
      dInner: isGru ? take(rows * hidden) : 0,
      dProjected: weightHr === null ? 0 : take(rows * size),
      dWide: weightHr === null ? 0 : take(batch * hidden),
      dh: take(batch * size),
      dc: kind === "lstm" ? take(batch * hidden) : 0,
    };
    const gLast = pass.g.at + outputs * bytes;
    kernels.copy({ x: gLast, out: own.dh }, 0, batch * size, dtype);
    if (own.dc) kernels.copy({ x: gLast + batch * size * bytes, out: own.dc }, 0, batch * hidden, dtype);
    const record: SequenceGradArgs = {
      g: pass.g.at,
      gates: at.gates,
      inner: at.inner,
      h: at.h,
      c: at.c,
      ...packWeights(kind, weightHh, weightHr, sizes, false, take),
      ...own,
      lengths: lengths?.at ?? 0,
      steps,
      batch,
      hidden,
      size,
      reverse: reverse ? 1 : 0,
      begins: steps > 1 && pass.wanted("h") ? 1 : 0,
      act: kind === "relu" ? Activation.Relu : Activation.None,
    };
    BACKWARD[kind](record, 0, batch, dtype);

    // The state before each step: slots begin at 0, or with `reverse` at 1. A first state of zeros has no part in the weight's gradient.
    const held = at.h + (reverse ? batch * size * bytes : 0);
    const counted = h === null ? rows - batch : rows;
    const skipped = reverse || counted === 0 ? 0 : rows - counted;
    if (pass.wanted("weightIh")) {
      const to = pass.into("weightIh");
      product({ a: own.dGates, b: x.at, c: to.at, m: gates, n: input, k: rows, transA: true, beta: to.beta }, dtype);
    }
    if (pass.wanted("weightHh")) {
      const to = pass.into("weightHh");
      const some = isGru ? 2 * hidden : gates;
      const common = { b: held + skipped * size * bytes, n: size, k: counted, transA: true, beta: to.beta };
      product({ ...common, a: own.dGates + skipped * gates * bytes, lda: gates, c: to.at, m: some }, dtype);
      if (isGru) product({ ...common, a: own.dInner + skipped * hidden * bytes, c: to.at + some * size * bytes, m: hidden }, dtype);
    }
    if (pass.wanted("weightHr")) {
      const to = pass.into("weightHr");
      product({ a: own.dProjected, b: at.wide, c: to.at, m: size, n: hidden, k: rows, transA: true, beta: to.beta }, dtype);
    }
    if (pass.wanted("biasIh")) columnSums(own.dGates, rows, gates, gates, pass.into("biasIh"), dtype);
    if (pass.wanted("biasHh")) {
      const to = pass.into("biasHh");
      columnSums(own.dGates, rows, gates, isGru ? 2 * hidden : gates, to, dtype);
      if (isGru) columnSums(own.dInner, rows, hidden, hidden, { at: to.at + 2 * hidden * bytes, beta: to.beta }, dtype);
    }
    if (pass.wanted("x")) {
      const to = pass.into("x");
      product({ a: own.dGates, b: weightIh.at, c: to.at, m: rows, n: input, k: gates, beta: to.beta }, dtype);
    }
    if (pass.wanted("h") && steps === 1) {
      // A GRU has the direct part of it there.
      const common = { c: own.dh, m: batch, n: size };
      product({ ...common, a: own.dGates, lda: gates, b: weightHh.at, k: isGru ? 2 * hidden : gates, beta: isGru ? 1 : 0 }, dtype);
      if (isGru) product({ ...common, a: own.dInner, b: weightHh.at + 2 * hidden * size * bytes, k: hidden, beta: 1 }, dtype);
    }
    if (pass.wanted("h")) kernels.copy({ x: own.dh, out: pass.whole("h").at }, 0, batch * size, dtype);
    if (pass.wanted("c")) kernels.copy({ x: own.dc, out: pass.whole("c").at }, 0, batch * hidden, dtype);
  });
}

/** Runs `use` with a function that takes a block for a number of elements. */
function withBlocks(dtype: DType, use: (take: (elements: number) => number) => void): void {
  withTemporaries((take) => use((elements) => take(Math.max(1, elements) * BYTES[dtype])));
}

/** Writes a tensor, or zeros, to the first slot of a state. */
function begin(state: Tensor | null, at: number, elements: number, dtype: DType): void {
  if (state === null) kernels.fill({ out: at, value: 0 }, 0, elements, dtype);
  else kernels.copy({ x: state.at, out: at }, 0, elements, dtype);
}

/** Adds the product of h to the gates, where a single step does not pay for packing. */
function multiplyState(kind: CellKind, h: Tensor, weightHh: Tensor, at: Parts, { batch, hidden, size, gates }: Sizes, dtype: DType): void {
  const some = kind === "gru" ? 2 * hidden : gates;
  const common = { a: h.at, m: batch, k: size, transB: true };
  product({ ...common, b: weightHh.at, c: at.gates, n: some, ldc: gates, beta: 1 }, dtype);
  if (kind === "gru") product({ ...common, b: weightHh.at + some * size * BYTES[dtype], c: at.inner, n: hidden }, dtype);
}

/** The weights that meet h, unless there is one step only, and a projection's input, packed. @param transposed as forward needs them; false: as backward does */
function packWeights(
  kind: CellKind,
  weightHh: Tensor,
  weightHr: Tensor | null,
  { steps, hidden, size, gates }: Sizes,
  transposed: boolean,
  take: (elements: number) => number,
): { weight: number; second: number } {
  const { dtype } = weightHh;
  const pack = (weight: number, rows: number, columns: number): number => {
    const [k, n] = transposed ? [columns, rows] : [rows, columns];
    const strips = Math.ceil(n / STRIP_WIDTH);
    const out = take(strips * STRIP_WIDTH * k);
    kernels.packWeights({ weight, out, k, n, ld: columns, transposed: transposed ? 1 : 0 }, 0, strips, dtype);
    return out;
  };
  if (kind === "gru") {
    if (steps === 1) return { weight: 0, second: 0 };
    const ofNews = weightHh.at + 2 * hidden * size * BYTES[dtype];
    return { weight: pack(weightHh.at, 2 * hidden, size), second: pack(ofNews, hidden, size) };
  }
  return { weight: steps === 1 ? 0 : pack(weightHh.at, gates, size), second: weightHr === null ? 0 : pack(weightHr.at, size, hidden) };
}

interface Product {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Elements from row to row of A as stored, and of C. Default: there are no gaps. */
  readonly lda?: number;
  readonly ldc?: number;
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly beta?: number;
  readonly bias?: number;
}

/** C = op(A) · op(B) + beta · C + bias */
function product({ a, b, c, m, n, k, lda, ldc = n, transA = false, transB = false, beta = 0, bias = 0 }: Product, dtype: DType): void {
  const strides = { lda: lda ?? (transA ? m : k), ldb: transB ? k : n, ldc, strideA: 0, strideB: 0, strideC: 0 };
  const forms = { transA: transA ? 1 : 0, transB: transB ? 1 : 0, act: Activation.None };
  kernels.gemm({ a, b, c, bias, m, n, k, batch: 1, ...strides, ...forms, beta }, 0, gemmStrips(m, n, 1), dtype);
}

/** Sums over rows of `width` elements, of the first `columns`. */
function columnSums(
  x: number,
  rows: number,
  width: number,
  columns: number,
  { at, beta }: { readonly at: number; readonly beta: number },
  dtype: DType,
): void {
  kernels.sum({ x, out: at, reduced: rows, inner: width, divisor: 1, beta }, 0, columns, dtype);
}
