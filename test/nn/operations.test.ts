import { describe, expect, test } from "vitest";
import * as library from "../../src/index.js";
import { operations } from "../../src/nn/operations.js";

const { concat, deserializeModel, einsum, input, manualSeed, Model, ones, randn, stack, tensor } = library;
type Tensor = library.Tensor;

const index = tensor([2, 0], { dtype: "int32" });
const matrix = tensor([
  [1, -2, 3, 0.5],
  [0, 2, -1, 1],
]);

/** Calls of the operations that take more than x. `y` is another tensor of x's shape, [n, 2, 4]. */
const CALLS: Record<string, (x: Tensor, y: Tensor) => unknown> = {
  add: (x, y) => x.add(y),
  sub: (x) => x.sub(1),
  mul: (x) => x.mul(matrix),
  div: (x) => x.div(3),
  pow: (x) => x.abs().pow(1.5),
  maximum: (x, y) => x.maximum(y),
  minimum: (x) => x.minimum(0.25),
  clamp: (x) => x.clamp(-Infinity, 0.5),
  cast: (x) => x.cast("int32"),
  eq: (x, y) => x.eq(y),
  ne: (x) => x.ne(0),
  lt: (x, y) => x.lt(y),
  le: (x) => x.le(0),
  gt: (x, y) => x.gt(y),
  ge: (x) => x.ge(0),
  where: (x, y) => x.gt(0).where(x, y),
  leakyRelu: (x) => x.leakyRelu({ slope: 0.3 }),
  elu: (x) => x.elu({ alpha: 0.5 }),
  gelu: (x) => x.gelu({ approximate: "tanh" }),
  softplus: (x) => x.softplus({ beta: 2, threshold: 1 }),
  heaviside: (x) => library.heaviside(x, { straightThrough: true }),
  threshold: (x) => library.threshold(x, { threshold: 0.5, value: -3 }),
  thresholdedRelu: (x) => library.thresholdedRelu(x, { theta: 0.5 }),
  hardTanh: (x) => library.hardTanh(x, { min: -0.5, max: 2 }),
  softshrink: (x) => library.softshrink(x, { lambda: 1 }),
  hardshrink: (x) => library.hardshrink(x, { lambda: 1 }),
  rrelu: (x) => library.rrelu(x, { lower: 0.1, upper: 0.5 }),
  celu: (x) => library.celu(x, { alpha: 2 }),
  swish: (x) => library.swish(x, { beta: 2 }),
  softmin: (x) => library.softmin(x, 1),
  softmax2d: (x) => library.softmax2d(x.unsqueeze(1)),
  glu: (x) => library.glu(x, 1),
  maxout: (x) => library.maxout(x, { pieces: 4 }),
  oneHot: (x) => x.argmax(2).oneHot(4),
  triu: (x) => x.triu(1),
  tril: (x) => x.tril(),
  max: (x) => x.max(2),
  min: (x) => x.min([1, 2]),
  argmax: (x) => x.argmax(2),
  argmin: (x) => x.argmin(1, { keepDims: true }),
  sum: (x) => x.sum(2, { keepDims: true }),
  mean: (x) => x.mean({ axes: [1, 2] }),
  prod: (x) => x.prod(2),
  logSumExp: (x) => x.logSumExp(2),
  variance: (x) => x.variance(2, { correction: 0 }),
  std: (x) => x.std(2),
  norm: (x) => x.norm(2, { p: Infinity }),
  cumsum: (x) => x.cumsum(2),
  softmax: (x) => x.softmax(1),
  logSoftmax: (x) => x.logSoftmax(),
  indexSelect: (x) => x.indexSelect(2, index),
  gather: (x, y) => x.gather(2, y.argmax(2, { keepDims: true })),
  scatterAdd: (x, y) => x.scatterAdd(2, y.argmax(2, { keepDims: true }), y.slice([null, null, [0, 1]])),
  matmul: (x, y) => x.matmul(y.transpose()),
  dot: (x, y) => x.add(x.reshape([-1]).dot(y.reshape([-1]))),
  outer: (x, y) =>
    x
      .slice([null, 0, 0])
      .outer(y.slice([null, 0, 0]))
      .sum(1),
  linear: (x) => x.linear(matrix, tensor([1, 2])),
  permute: (x) => x.permute([0, 2, 1]),
  transpose: (x) => x.transpose(),
  expand: (x) => x.unsqueeze(1).expand([-1, 3, -1, -1]),
  tile: (x) => x.tile([1, 2, 1]),
  reshape: (x) => x.reshape([-1, 8]),
  flatten: (x) => x.flatten(1),
  squeeze: (x) => x.slice([null, [0, 1]]).squeeze(1),
  unsqueeze: (x) => x.unsqueeze(-1),
  slice: (x) => x.slice([null, 1, [null, null, -2]]),
  pad: (x) =>
    x.pad(
      [
        [0, 0],
        [1, 0],
        [0, 2],
      ],
      { value: Number.NaN },
    ),
  flip: (x) => x.flip(2),
  roll: (x) => x.roll(1, 2),
  split: (x) => x.split([1, 3], 2),
  sort: (x) => x.sort(2, { descending: true }),
  topk: (x) => x.topk(2),
  unfold2d: (x) => x.unsqueeze(1).unfold2d([2, 2], { stride: 1 }),
  fold2d: (x) => x.reshape([-1, 4, 2]).fold2d([2, 3], 2),
  concat: (x, y) => concat([x, matrix.unsqueeze(0).expand([1, 2, 4]).mul(0).add(y), y], 2),
  stack: (x, y) => stack([x, y], 1),
  atan2: (x, y) => library.atan2(y, x),
  hypot: (x) => library.hypot(x, 1),
  logAddExp: (x, y) => library.logAddExp(x, y),
  lerp: (x, y) => library.lerp(x, y, 0.3),
  floorDivide: (x) => library.floorDivide(x, 0.3),
  remainder: (x, y) => library.remainder(x, y.abs().add(1)),
  cumprod: (x) => library.cumprod(x, 2),
  cummax: (x) => library.cummax(x, 1),
  cummin: (x) => library.cummin(x, 2),
  logCumSumExp: (x) => library.logCumSumExp(x, 2),
  any: (x) => library.any(x, 2),
  all: (x) => library.all(x, [1, 2]),
  isClose: (x, y) => library.isClose(x, y, { atol: 1 }),
  logicalAnd: (x, y) => library.logicalAnd(x.gt(0), y.gt(0)),
  logicalOr: (x, y) => library.logicalOr(x.gt(0), y.gt(0)),
  logicalXor: (x, y) => library.logicalXor(x.gt(0), y.gt(0)),
  diag: (x) => library.diag(x.slice([null, 0, 0])),
  trace: (x) => x.add(library.trace(x.slice([null, 0]))),
  meshgrid: (x, y) => library.meshgrid([x.slice([null, 0, 0]), y.slice([null, 1, 3])]),
  kron: (x) => library.kron(x, tensor([1, 2])),
  maskedFill: (x, y) => library.maskedFill(x, y.gt(0), 7),
  repeatInterleave: (x) => library.repeatInterleave(x, 2, 1),
  cdist: (x, y) => library.cdist(x, y),
  pairwiseDistance: (x, y) => library.pairwiseDistance(x, y, { p: 1 }),
  cosineSimilarity: (x, y) => library.cosineSimilarity(x, y, 2),
  normalize: (x) => library.normalize(x, { axis: 2, p: 1 }),
  entropy: (x) => library.entropy(x.softmax(2), 2),
  cov: (x) => x.add(library.cov(x.slice([null, 0]).transpose()).sum()),
  corrcoef: (x) => x.add(library.corrcoef(x.slice([null, 0]).transpose()).sum()),
  median: (x) => library.median(x, 2),
  quantile: (x) => library.quantile(x, 0.4, 2),
  einsum: (x, y) => einsum("nij,nkj,kl->nil", x, y, ones([2, 3])),
};

const parts = (result: unknown): Tensor[] =>
  result instanceof library.Tensor || !(Array.isArray(result) || Object.hasOwn(result as object, "values"))
    ? [result as Tensor]
    : (Object.values(result as object) as Tensor[]);

const values = (tensors: readonly Tensor[]): unknown => tensors.map((each) => [each.shape, each.dtype, each.toArray()]);

describe("every operation describes a model, which has the operation's bits before and after it is saved", () => {
  test.each([...operations.keys()])("%s", async (name) => {
    manualSeed(5);
    const call = CALLS[name] ?? ((x: Tensor) => (operations.get(name) as (x: Tensor) => Tensor)(x));
    const [a, b] = [input([2, 4]), input([2, 4])];
    const described = parts(call(a, b));
    expect(described.every((each) => !(each instanceof library.Tensor))).toBe(true);
    // Both inputs are used, so that each is part of the model.
    const model = new Model({ inputs: [a, b], outputs: [...described, a.add(b)] });
    const [x, y] = [randn([5, 2, 4]), randn([5, 2, 4])];
    const expected = values([...parts(call(x, y)), x.add(y)]);
    expect(values(await model.predict<Tensor[]>([x, y]))).toEqual(expected);
    const again = deserializeModel(model.serialize());
    expect(again.describe()).toEqual(model.eval().describe());
    expect(values(await again.predict<Tensor[]>([x, y]))).toEqual(expected);
    const shapes = described.map(({ shape }) => shape.map((extent) => (extent === -1 ? 5 : extent)));
    expect(parts(call(x, y)).map(({ shape }) => shape)).toEqual(shapes);
  });

  test("as functions, with the number or the tensor in front", async () => {
    const x = input([4]);
    const row = tensor([1, 2, 3, 4]);
    const call = (x: Tensor): Tensor[] => [
      library.relu(x),
      library.sub(1, x),
      library.div(2, x),
      library.add(row, x),
      row.mul(x),
      library.maximum(x, -0),
      library.softmax(x, 1),
      library.mean(x, 1),
      row.unsqueeze(0).matmul(x.unsqueeze(2)),
      library.where(library.gt(x, 0), x, row),
      tensor([
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ]).indexSelect(0, x.argmax(1)),
    ];
    const model = new Model({ inputs: x, outputs: call(x) });
    const data = randn([3, 4]);
    const again = deserializeModel(model.serialize());
    for (const each of [model, again]) expect(values(await each.predict<Tensor[]>(data))).toEqual(values(call(data)));
  });
});
