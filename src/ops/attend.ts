import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { defineOp } from "../graph/define.js";
import { participates } from "../graph/node.js";
import type { BackwardPass } from "../graph/pass.js";
import { MOST_DIM, QUERIES } from "../kernels/generated/constants.js";
import type { AttendArgs } from "../kernels/generated.js";
import * as kernels from "../kernels/generated.js";
import { withTemporaries } from "../memory/temporaries.js";
import { BYTES } from "../memory/views.js";
import { broadcastStrides } from "../tensor/broadcast.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Attending, attendByFormula, gradientsByFormula } from "./attendFormula.js";
import { type DropoutMask, MASK_BYTES, writeMask } from "./dropout.js";
import { concat } from "./joining.js";

/**
 * Attention of several heads: out = dropout(softmax(scale · q · kᵀ + mask + padding)) · v, head by head, by tiles: memory is linear in
 * length and keys. A row that may attend to nothing becomes 0.
 * Shape:     q [batch, heads, length, dim], k [batch, heads, keys, dim], v [batch, heads, keys, width], mask broadcast to
 *            [batch, heads, length, keys], padding [batch, keys] → [batch, heads, length, width]
 *
 * With three axes the heads lie inside a row, as a projection gives them: q [batch, length, heads · dim] and so on
 * → [batch, length, heads · width]. Then k and v, or all three, may lie behind each other in one tensor: with v null, k is
 * [batch, keys, 2 · heads · dim]; with k null too, q is [batch, length, 3 · heads · dim]. Nothing is copied.
 * @internal
 */
export function attend(
  q: Tensor,
  k: Tensor | null,
  v: Tensor | null,
  mask: Tensor | null,
  padding: Tensor | null,
  attending: Attending,
): Tensor {
  const { batch, length, keys, dim, width } = extents({ q, k, v }, attending);
  const weights = batch * attending.heads * length * keys;
  if (attending.dropout !== null && weights > MOST_WEIGHTS) {
    throw new ArgumentError(
      message("attention", `dropout of ${weights} weights; expected at most ${MOST_WEIGHTS}`, "Make the batch smaller."),
    );
  }
  // The kernels have no gradient of a mask, and no scratch for very long vectors.
  if ((mask !== null && participates(mask)) || (padding !== null && participates(padding)) || Math.max(dim, width) > MOST_DIM) {
    return attendByFormula(q, k, v, mask, padding, attending).out;
  }
  const { dtype } = q;
  return attendOp(
    q,
    k?.cast(dtype) ?? null,
    v?.cast(dtype) ?? null,
    mask && alongKeys(mask.cast(dtype), keys),
    padding?.cast(dtype) ?? null,
    attending,
  );
}

/** The kernels read a mask along the keys. */
function alongKeys(mask: Tensor, keys: number): Tensor {
  return mask.shape[mask.rank - 1] === keys ? mask : mask.expand([...mask.shape.slice(0, -1), keys]);
}

/** Each weight's random number is found by 32 bits. */
const MOST_WEIGHTS = 0xffffffff;

interface Operands {
  readonly q: Tensor;
  readonly k: Tensor | null;
  readonly v: Tensor | null;
}

const attendOp: (
  q: Tensor,
  k: Tensor | null,
  v: Tensor | null,
  mask: Tensor | null,
  padding: Tensor | null,
  attending: Attending,
) => Tensor = defineOp({
  name: "attention",
  inputs: ["q", "k?", "v?", "mask?", "padding?"],
  save: ["q", "k", "v", "mask", "padding", "out"],
  shape: (operands, attending: Attending) => resultShape(operands, attending),
  workspace: (operands, attending) => {
    const { batch, length } = extents(operands, attending);
    return batch * attending.heads * length;
  },
  forward: (operands, attending) => {
    const { out } = operands;
    if (out.size === 0) return;
    withMask(attending.dropout, (cell) => {
      const record = recordOf(operands, attending, cell);
      kernels.attend(record, 0, record.batch * record.heads * Math.ceil(record.length / QUERIES), out.dtype);
    });
  },
  grad: {
    q: (g, saved, attending) => {
      const { q, k, v } = gradientsByFormula(g, saved, attending);
      return saved.k === null ? concat([q, k, v], -1) : q;
    },
    k: (g, saved, attending) => {
      const { k, v } = gradientsByFormula(g, saved, attending);
      return saved.v === null ? concat([k, v], -1) : k;
    },
    v: (g, saved, attending) => gradientsByFormula(g, saved, attending).v,
  },
  backward: (pass, saved, attending) => {
    withMask(attending.dropout, (cell) => {
      const record = { ...recordOf(saved, attending, cell), g: pass.g.at, ...destinations(pass, saved, attending) };
      kernels.attendGrad(record, 0, record.batch * record.heads, pass.g.dtype);
    });
  },
});

/** Runs a kernel with the cell of a dropout mask; 0: none. */
function withMask(dropout: DropoutMask | null, run: (cell: number) => void): void {
  if (dropout === null || dropout.cell !== undefined) {
    run(dropout?.cell ?? 0);
    return;
  }
  withTemporaries((take) => {
    const cell = take(MASK_BYTES);
    writeMask(cell, dropout.p, dropout.counter);
    run(cell);
  });
}

interface Extents {
  readonly batch: number;
  readonly length: number;
  readonly keys: number;
  readonly dim: number;
  readonly width: number;
}

/** Extents of all heads alike. */
function extents({ q, k, v }: Operands, { heads }: Attending): Extents {
  const inside = q.rank === 3;
  const [batch, length] = [q.shape[0], q.shape[q.rank - 2]];
  const size = (x: Tensor, parts: number): number => x.shape[x.rank - 1] / (inside ? heads * parts : 1);
  if (k === null) return { batch, length, keys: length, dim: size(q, 3), width: size(q, 3) };
  const keys = k.shape[k.rank - 2];
  return { batch, length, keys, dim: size(q, 1), width: v === null ? size(k, 2) : size(v, 1) };
}

function resultShape(operands: Operands, attending: Attending): Shape {
  const { batch, length, width } = extents(operands, attending);
  return operands.q.rank === 4 ? [batch, attending.heads, length, width] : [batch, length, attending.heads * width];
}

/** Elements from sample to sample, head to head, row to row of a tensor whose heads have `dim` elements. */
function steps({ shape }: { readonly shape: Shape }, dim: number): [batch: number, head: number, row: number] {
  if (shape.length === 4) return [shape[1] * shape[2] * dim, shape[2] * dim, dim];
  return [shape[1] * shape[2], dim, shape[2]];
}

/** Where queries, keys and values begin, given the tensors that hold them. @param at the address of the tensor of a name; 0: none */
function places({ q, k, v }: Operands, { heads }: Attending, dim: number, at: (name: "q" | "k" | "v") => number): [number, number, number] {
  const part = heads * dim * BYTES[q.dtype];
  const behind = (start: number, parts: number): number => (start === 0 ? 0 : start + parts * part);
  const first = at("q");
  if (k === null) return [first, behind(first, 1), behind(first, 2)];
  const second = at("k");
  return [first, second, v === null ? behind(second, 1) : at("v")];
}

function recordOf(
  operands: Operands & { mask: Tensor | null; padding: Tensor | null; out: Tensor; workspace: Tensor },
  attending: Attending,
  cell: number,
): AttendArgs {
  const { q, mask, padding, out, workspace } = operands;
  const { heads, causal, past, scale, dropout } = attending;
  const { batch, length, keys, dim, width } = extents(operands, attending);
  const k = operands.k ?? q;
  const v = operands.v ?? k;
  const [qAt, kAt, vAt] = places(operands, attending, dim, (name) => (operands[name] as Tensor).at);
  const [qBatch, qHead, qRow] = steps(q, dim);
  const [kBatch, kHead, kRow] = steps(k, dim);
  const [vBatch, vHead, vRow] = steps(v, width);
  const [outBatch, outHead, outRow] = steps(out, width);
  const [maskBatch, maskHead, maskRow] = mask === null ? [0, 0, 0] : broadcastStrides(mask.shape, [batch, heads, length, keys]);
  return {
    ...{ q: qAt, k: kAt, v: vAt, out: out.at, mask: mask?.at ?? 0, padding: padding?.at ?? 0, logSums: workspace.at },
    ...{ g: 0, dq: 0, dk: 0, dv: 0, p: cell, counter: cell === 0 ? 0 : cell + 8, key0: dropout?.key[0] ?? 0, key1: dropout?.key[1] ?? 0 },
    ...{ batch, heads, length, keys, dim, width, qBatch, qHead, qRow, kBatch, kHead, kRow, vBatch, vHead, vRow },
    ...{ outBatch, outHead, outRow, maskBatch, maskHead, maskRow, causal: causal ? 1 : 0, past, scale },
  };
}

/** Where the wanted gradients go. */
function destinations(pass: BackwardPass<"q" | "k" | "v" | "mask" | "padding">, operands: Operands, attending: Attending) {
  const { dim } = extents(operands, attending);
  const [dq, dk, dv] = places(operands, attending, dim, (name) => (pass.wanted(name) ? pass.whole(name).at : 0));
  return { dq, dk, dv };
}
