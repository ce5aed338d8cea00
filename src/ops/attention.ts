import { ArgumentError, DTypeError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import { checkTensor, checkTensorArity, isSymbolic } from "../tensor/check.js";
import { isFloating } from "../tensor/dtype.js";
import { drawOnce } from "../tensor/recompute.js";
import { nextDraw, streamKey } from "../tensor/seed.js";
import { broadcastShapes, type Shape, sameShape, sizeOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { attend } from "./attend.js";
import { additive } from "./attentionMask.js";
import type { DropoutMask } from "./dropout.js";
import { expand } from "./movement.js";
import { inOneType } from "./operands.js";
import { reshape } from "./reshape.js";

const ATTENTION = declare("scaledDotProductAttention", {
  /** Which keys a query may attend to (bool: true = it may), or what is added to the products (float). Default null: all, nothing. */
  mask: option<Tensor, { default: null; aka: readonly string[] }>("a tensor of bool or float", (value) => value instanceof Tensor, {
    default: null,
    aka: ["attnMask", "attentionMask"],
  }),
  /** Whether query i attends to keys 0 … i only. Default false. */
  causal: flag({ default: false, aka: ["isCausal", "useCausalMask"] }),
  /** Probability that a weight is dropped, 0 … 1; the others are divided by 1 − dropout. Default 0. */
  dropout: number({ default: 0, min: 0, max: 1, aka: ["dropoutP"] }),
  /** What products of queries and keys are multiplied by. Default 1/√dim. */
  scale: number({ default: null }),
});

/** Options of `scaledDotProductAttention`. */
export interface AttentionOptions extends OptionsOf<typeof ATTENTION> {}

/**
 * Attention: out = softmax(scale · query · keyᵀ + mask) · value. Each query takes the mean of the values, weighted by how well their keys
 * fit it. Vaswani et al., arXiv 1706.03762, 2017. Computed by tiles, so that the weights are never held as a whole: memory is
 * linear in length and keys (Dao et al., arXiv 2205.14135, 2022).
 * Shape:     query [..., heads, length, dim], key [..., heads, keys, dim], value [..., heads, keys, width], mask that broadcasts to
 *            [..., heads, length, keys] → [..., heads, length, width]
 * Gradient:  with weights P: dvalue = Pᵀ · g, dP = g · valueᵀ, dS = P · (dP − Σ dP · P), dquery = scale · dS · key,
 *            dkey = scale · dSᵀ · query; a float mask gets dS
 * A query that may attend to no key gets 0. Unlike PyTorch's, `mask` and `causal` may be given together.
 * @param options.mask bool: true = may attend; float: added to the products; default null
 * @param options.causal query i attends to keys 0 … i only, default false
 * @param options.dropout probability that a weight is dropped, 0 … 1, default 0; a layer's dropout goes with `train` and `eval`, this does not
 * @param options.scale default 1/√dim
 * @throws ArgumentError, ShapeError for operands that do not fit, DTypeError for integers
 * @example scaledDotProductAttention(randn([2, 4, 10, 8]), randn([2, 4, 12, 8]), randn([2, 4, 12, 8])).shape   // [2, 4, 10, 8]
 */
export function scaledDotProductAttention(query: Tensor, key: Tensor, value: Tensor, options?: AttentionOptions): Tensor {
  checkTensorArity("scaledDotProductAttention", arguments.length, 4);
  checkOperand("query", query);
  checkOperand("key", key);
  checkOperand("value", value);
  const { mask, causal, dropout, scale } = ATTENTION.readOptions(options);
  checkShapes(query, key, value);
  const [q0, k0] = inOneType(query, key);
  const [q1, v] = inOneType(q0, value);
  const k = k0.cast(q1.dtype);
  const [length, dim] = query.shape.slice(-2);
  const keys = key.shape[key.rank - 2];
  const lead = broadcastShapes(
    "scaledDotProductAttention",
    leading(query),
    broadcastShapes("scaledDotProductAttention", leading(key), leading(value)),
  );
  const heads = lead.at(-1) ?? 1;
  const batch = sizeOf(lead.slice(0, -1));
  const apart = (x: Tensor): Tensor => {
    const matrix = x.shape.slice(-2);
    return reshape(expand(x, [...lead, ...matrix]), [batch, heads, ...matrix]);
  };
  const scores = [...lead, length, keys];
  const added = mask && additive("scaledDotProductAttention", "mask", mask, scores, true).cast(q1.dtype);
  const out = attend(apart(q1), apart(k), apart(v), added && withFourAxes(added, scores, batch, heads), null, {
    heads,
    scale: scale ?? 1 / Math.sqrt(dim),
    causal,
    past: 0,
    dropout: dropout === 0 ? null : drawOnce(() => draw(dropout)),
  });
  return reshape(out, [...lead, length, value.shape[value.rank - 1]]);
}

function checkOperand(name: string, x: unknown): void {
  if (isSymbolic(x)) {
    const problem = `${name} is a symbolic tensor, which has no elements yet`;
    throw new ArgumentError(message("scaledDotProductAttention", problem, "Use the layer: new MultiheadAttention(null, heads)."));
  }
  checkTensor("scaledDotProductAttention", name, x);
  if (isFloating(x.dtype)) return;
  const problem = `${name} has dtype ${x.dtype}; expected float32 or float64`;
  throw new DTypeError(message("scaledDotProductAttention", problem, 'Convert it with cast("float32").'));
}

function checkShapes(query: Tensor, key: Tensor, value: Tensor): void {
  const [q, k, v] = [query, key, value].map(({ shape }) => shape);
  const problem = `query ${shapeText(q)}, key ${shapeText(k)} and value ${shapeText(v)} do not fit`;
  const fail = (expected: string): never => {
    throw new ShapeError(message("scaledDotProductAttention", `${problem}; expected ${expected}`));
  };
  if (Math.min(q.length, k.length, v.length) < 2) fail("[..., length, dim], [..., keys, dim] and [..., keys, width]");
  if (q.at(-1) !== k.at(-1)) fail("one dim, the last extent of query and key");
  if (k.at(-2) !== v.at(-2)) fail("as many keys as values, the last extent but one");
}

function leading({ shape }: Tensor): Shape {
  return shape.slice(0, -2);
}

/** A mask that broadcasts to the scores, with as many axes as [batch, heads, length, keys]. */
function withFourAxes(mask: Tensor, scores: Shape, batch: number, heads: number): Tensor {
  if (mask.rank <= 2 || scores.length <= 4) return mask;
  const whole = sameShape(leading(mask), scores.slice(0, -2)) ? mask : expand(mask, [...scores.slice(0, -2), ...mask.shape.slice(-2)]);
  return reshape(whole, [batch, heads, ...mask.shape.slice(-2)]);
}

/** The mask of a call: no two calls share one. */
function draw(p: number): DropoutMask {
  return { p, key: streamKey(`dropout/scaledDotProductAttention#${nextDraw("dropout/scaledDotProductAttention")}`), counter: 0 };
}
