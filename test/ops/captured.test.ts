import { describe, expect, test } from "vitest";
import {
  acos,
  acosh,
  any,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  BatchNorm,
  binaryCrossEntropy,
  capture,
  cdist,
  concat,
  corrcoef,
  cosineSimilarity,
  cov,
  crossEntropy,
  cummax,
  cummin,
  cumprod,
  Dropout,
  diag,
  Embedding,
  einsum,
  entropy,
  floorDivide,
  huber,
  hypot,
  isInf,
  kron,
  LayerNorm,
  lerp,
  logAddExp,
  logCumSumExp,
  logicalAnd,
  logicalNot,
  mae,
  manualSeed,
  maskedFill,
  median,
  meshgrid,
  mse,
  normalize,
  Parameter,
  pairwiseDistance,
  quantile,
  randn,
  remainder,
  repeatInterleave,
  stack,
  type Tensor,
  tensor,
  trace,
  unfold2d,
} from "../../src/index.js";
import { useBuildFor } from "../support/kernels.js";

/** Of a parameter p and data x, both [4, 6], a bit above 0, and indices [4] of 0 … 3. */
type Op = (p: Tensor, x: Tensor, index: Tensor) => Tensor;

const drop = new Dropout(0.4);
const batchNorm = new BatchNorm({ inputShape: [6] });
const layerNorm = new LayerNorm([6]);
const table = new Embedding(4, 6, { paddingIndex: 1 });

/** Whatever a step may be made of. */
const OPS: Record<string, Op> = {
  ...Object.fromEntries(
    (
      [
        "relu sigmoid tanh gelu geluTanh silu softplus leakyRelu elu neg abs sign square sqrt rsqrt reciprocal exp expm1 log log1p",
        "log2 log10 sin cos tan sinh cosh erf floor ceil round trunc softmax logSoftmax transpose triu tril sum mean prod",
        "logSumExp variance std norm max min",
      ]
        .join(" ")
        .split(" ") as ("relu" | "max")[]
    ).map((name) => [name, (p: Tensor) => p[name]()]),
  ),
  ...Object.fromEntries(
    (["add", "sub", "mul", "div", "pow", "maximum", "minimum"] as const).map((name) => [name, (p: Tensor, x: Tensor) => p[name](x)]),
  ),
  "with numbers": (p) => p.add(2).mul(3).sub(1).div(4).pow(2).clamp(0, 5),
  "rows and columns": (p, x) => p.mul(x.sum(0)).add(x.mean(1, { keepDims: true })),
  "means of axes": (p) => p.mean(0).add(p.variance(0)).add(p.max(0)).add(p.norm(0)),
  comparisons: (p, x) => p.gt(x).where(p, x).add(p.eq(x).cast("float32")).add(p.le(1).cast("float32")),
  matmul: (p, x) => p.matmul(x.transpose()),
  "matmul of batches": (p, x) => stack([p, p]).matmul(stack([x, x]).transpose()),
  einsum: (p, x) => einsum("ij,kj->ik", p, x),
  outer: (p, x) => p.flatten().outer(x.flatten()),
  linear: (p, x) => x.linear(p),
  "reshape, permute, expand, tile": (p) => p.reshape([2, 2, 6]).permute([2, 0, 1]).unsqueeze(0).expand([3, 6, 2, 2]).tile([1, 1, 2, 1]),
  "slice, pad, flip, roll": (p) =>
    p
      .slice([[1, 3], null])
      .pad(
        [
          [1, 1],
          [2, 0],
        ],
        { value: 7 },
      )
      .flip(0)
      .roll(1, 1),
  "split, concat, stack": (p, x) => concat([...p.split(2, 1), x], 1).add(stack([p, x], 1).sum()),
  indexSelect: (p, _, index) => p.indexSelect(0, index),
  gather: (p, _, index) => p.gather(1, index.unsqueeze(1)),
  scatterAdd: (p, x, index) => p.scatterAdd(1, index.unsqueeze(1), x.slice([null, [0, 1]])),
  cumsum: (p) => p.cumsum(1),
  "atan2, hypot, logAddExp, lerp": (p, x) =>
    atan2(p, x)
      .add(hypot(p, x))
      .add(logAddExp(p, x))
      .add(lerp(p, x, 0.3)),
  inverses: (p, x) =>
    atan(p)
      .add(asinh(p))
      .add(acosh(p.add(1)))
      .add(asin(p.sub(x).mul(0.1)).add(acos(p.mul(0.1))))
      .add(atanh(p.mul(0.1))),
  "remainder, floorDivide": (p, x) => remainder(p, x.add(1)).add(floorDivide(x, 0.3)),
  "running results": (p) => cumprod(p, 1).add(cummax(p, 0).values).add(cummin(p, 1).values).add(logCumSumExp(p, 0)),
  "median, quantile": (p) =>
    median(p, 1, { keepDims: true })
      .values.add(quantile(p, [0.3, 0.8], 1).sum())
      .add(median(p)),
  masks: (p, x) => maskedFill(p, logicalAnd(p.gt(x), logicalNot(isInf(p))), 3).add(any(x.gt(1), 1, { keepDims: true }).cast("float32")),
  "diag, trace, kron, meshgrid, repeatInterleave": (p, x) =>
    kron(diag(p, 1).unsqueeze(1), x)
      .sum()
      .add(trace(p))
      .add(meshgrid([p.slice([0]), x.slice([1])])[0])
      .add(repeatInterleave(p, 2, 0).sum(0)),
  distances: (p, x) => cdist(p, x).add(pairwiseDistance(p, x)).add(cosineSimilarity(p, x)).add(normalize(p).sum()),
  "cdist by matmul": (p, x) => cdist(p, x, { computeMode: "matmul" }),
  "cov, corrcoef, entropy": (p, x) =>
    cov(p)
      .add(corrcoef(p.add(x)))
      .add(entropy(p)),
  "sort, topk": (p) => p.sort(1).values.add(p.topk(2, 1).values.sum()),
  argmax: (p, x) => p.mul(p.argmax(1).cast("float32").unsqueeze(1)).add(x.argmin(0).cast("float32")),
  unfold2d: (p) => unfold2d(p.reshape([1, 1, 4, 6]), 3, { padding: 1 }),
  oneHot: (p, _, index) => p.slice([null, [0, 4]]).mul(index.oneHot(4)),
  crossEntropy: (p, _, index) => crossEntropy(p, index, { labelSmoothing: 0.1 }),
  "cross-entropy of float labels": (p, _, index) => crossEntropy(p, index.cast("float32")),
  "cross-entropy of images": (p, _, index) => crossEntropy(p.reshape([4, 3, 2]), stack([index, index], 1).clamp(0, 2)),
  mse: (p, x) => mse(p, x),
  mae: (p, x) => mae(p, x),
  huber: (p, x) => huber(p, x),
  binaryCrossEntropy: (p, x) => binaryCrossEntropy(p, x.sigmoid()),
  dropout: (p) => drop.forward(p),
  batchNorm: (p) => batchNorm.forward(p),
  layerNorm: (p) => layerNorm.forward(p),
  embedding: (p, _, index) => table.forward(index).mul(p),
  detach: (p) => p.mul(p.detach()),
};

/** Operations on integers run in plain JavaScript. */
const IN_JAVASCRIPT = ["cross-entropy of images"];

describe.each(["simd", "relaxed"] as const)("on the %s build", (build) => {
  useBuildFor(build);

  test.each(Object.keys(OPS))("%s: result and gradient of a replay are those of the step", (name) => {
    const run = (captured: boolean) => {
      manualSeed(5);
      drop.count = 0;
      batchNorm.runningMean?.fill(0);
      const p = new Parameter(randn([4, 6]).abs().add(0.5));
      const raw = (x: Tensor, index: Tensor): Tensor => {
        p.grad = null;
        const out = OPS[name](p, x, index);
        out.mul(out).sum().backward();
        return out;
      };
      const step = captured ? capture(raw) : raw;
      const found = Array.from({ length: 7 }, (_, i) => {
        const out = step(randn([4, 6]).abs().add(0.1), tensor([i % 4, 1, 2, (3 * i) % 4], { dtype: "int32" }));
        p.addScaled(p, -0.01);
        return [Array.from(out.data), Array.from(p.grad?.data ?? [])];
      });
      if (captured) {
        const { replays, state } = (step as ReturnType<typeof capture>).status();
        expect([state, replays]).toEqual(IN_JAVASCRIPT.includes(name) ? ["eager", 0] : ["replaying", 4]);
        (step as ReturnType<typeof capture>).dispose();
      }
      return found;
    };
    expect(run(true)).toEqual(run(false));
  });
});
