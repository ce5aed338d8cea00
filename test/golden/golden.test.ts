import { describe, expect, test } from "vitest";
import { type CrossEntropyOptions, crossEntropy, einsum } from "../../src/index.js";
import { checkGolden, type GoldenCase, goldenCases, goldenTensor, type Run } from "../support/golden.js";

const OPS: Record<string, Run> = {
  "add:broadcast_row": ({ x, y }) => x.add(y),
  sub: ({ x, y }) => x.sub(y),
  "sub:scalar": ({ x, y }) => x.sub(y),
  "mul:broadcast_3d": ({ x, y }) => x.mul(y),
  div: ({ x, y }) => x.div(y),
  "div:broadcast_row": ({ x, y }) => x.div(y),
  "maximum:broadcast_row": ({ x, y }) => x.maximum(y),
  minimum: ({ x, y }) => x.minimum(y),
  "minimum:broadcast_col": ({ x, y }) => x.minimum(y),
  tanh: ({ x }) => x.tanh(),
  erf: ({ x }) => x.erf(),
  sinh: ({ x }) => x.sinh(),
  expm1: ({ x }) => x.expm1(),
  log2: ({ x }) => x.log2(),
  log10: ({ x }) => x.log10(),
  log1p: ({ x }) => x.log1p(),
  reciprocal: ({ x }) => x.reciprocal(),
  "sum:all": ({ x }) => x.sum(),
  "sum:dim1": ({ x }) => x.sum(1),
  "sum:dim-1": ({ x }) => x.sum(-1),
  "mean:all": ({ x }) => x.mean(),
  "amax:dim1": ({ x }) => x.max(1),
  "amin:keepdim": ({ x }) => x.min(1, { keepDims: true }),
  "prod:all": ({ x }) => x.prod(),
  "logsumexp:dim0": ({ x }) => x.logSumExp(0),
  "logsumexp:keepdim": ({ x }) => x.logSumExp(1, { keepDims: true }),
  "var:all": ({ x }) => x.variance(),
  "var:dim1": ({ x }) => x.variance(1),
  "std:all": ({ x }) => x.std(),
  "std:dim0": ({ x }) => x.std(0),
  "mean:dims02": ({ x }) => x.mean([0, 2]),
  "norm:all": ({ x }) => x.norm(),
  "norm:dim1": ({ x }) => x.norm(1),
  "max:dim1": ({ x }) => x.max(1),
  "softmax:dim1": ({ x }) => x.softmax(1),
  "matmul:vecmat": ({ x, y }) => x.matmul(y),
  outer: ({ x, y }) => x.outer(y),
  "einsum:ij,jk->ik": ({ x, y }) => einsum("ij,jk->ik", x, y),
  "reshape:4,6": ({ x }) => x.reshape([4, 6]),
  "roll:1,dim2": ({ x }) => x.roll(1, 2),
  "expand:5,3,4": ({ x }) => x.expand([5, 3, 4]),
  "triu:1": ({ x }) => x.triu(1),
  "split:2": ({ x }) => x.split([1, 3], 1),
  where: ({ cond, x, y }) => cond.where(x, y),
  "index_select:dim1": ({ x, index }) => x.indexSelect(1, index),
  "scatter_add:dim0": ({ x, src, index }) => x.scatterAdd(0, index, src),
  "topk:2": ({ x }) => x.topk(2).values,
  "sort:dim1": ({ x }) => x.sort(1).values,
  "unfold2d:k2s1": ({ x }) => x.unfold2d(2),
};

const ACTIVATIONS: Record<string, Run> = {
  "LeakyReLU_negative_slope0.2": ({ input }) => input.leakyRelu({ slope: 0.2 }),
  ReLU: ({ input }) => input.relu(),
  Hardsigmoid: ({ input }) => input.hardSigmoid(),
  Sigmoid: ({ input }) => input.sigmoid(),
  Identity: ({ input }) => input.mul(1),
  Softmax_dim0: ({ input }) => input.softmax(0),
  "Softmax_4d_dim-1": ({ input }) => input.softmax(-1),
  "LogSoftmax_4d_dim-1": ({ input }) => input.logSoftmax(-1),
};

/** torch.nn.CrossEntropyLoss; classes stand on axis 1, where crossEntropy has them last. */
const crossEntropyLoss: Run = ({ input, target }, { config = {}, tensors = {} }) => {
  const options: CrossEntropyOptions = {
    reduction: config.reduction as CrossEntropyOptions["reduction"],
    labelSmoothing: config.label_smoothing as number | undefined,
    ignoreIndex: config.ignore_index as number | undefined,
    classWeight: tensors.weight ? goldenTensor(tensors.weight) : null,
  };
  if (input.rank === 2) return crossEntropy(input, target, options);
  const axes = [0, ...input.shape.map((_, axis) => axis).slice(2), 1];
  return crossEntropy(input.permute(axes).flatten(0, -2), target.flatten(), options);
};

const LOSSES: Record<string, Run> = Object.fromEntries(
  goldenCases("losses")
    .filter(({ name }) => name.startsWith("CrossEntropy_"))
    .map(({ name }) => [name, crossEntropyLoss]),
);

/** Cases of functions that this layer does not have, by the start of their names. */
const SKIPPED: Record<string, Record<string, string>> = {
  ops: {},
  activations: {
    Hardshrink: "an activation of the layers",
    Tanhshrink: "an activation of the layers",
    Threshold: "an activation of the layers",
    GLU: "an activation of the layers",
    RReLU: "an activation of the layers",
    PReLU: "a layer with a parameter",
  },
  losses: Object.fromEntries(
    goldenCases("losses")
      .map(({ name }) => family(name))
      .filter((start) => start !== "CrossEntropy")
      .map((start) => [start, "a loss of the layers"]),
  ),
};

const SECTIONS = { ops: OPS, activations: ACTIVATIONS, losses: LOSSES };

for (const [section, runs] of Object.entries(SECTIONS)) {
  describe(section, () => {
    for (const golden of goldenCases(section)) {
      const run = runs[golden.name];
      const reason = skipped(section, golden);
      if (run !== undefined) test(golden.name, () => checkGolden(golden, run));
      else if (reason !== undefined) test.skip(`${golden.name}: ${reason}`, () => {});
      else test(golden.name, () => expect.fail("this case is neither run nor skipped"));
    }

    test("nothing is skipped that is run, and every reason is needed", () => {
      const cases = goldenCases(section);
      expect(cases.filter((golden) => runs[golden.name] !== undefined && skipped(section, golden) !== undefined)).toEqual([]);
      for (const start of Object.keys(SKIPPED[section])) expect(cases.map(({ name }) => family(name))).toContain(start);
      for (const name of Object.keys(runs)) expect(cases.map((golden) => golden.name)).toContain(name);
    });
  });
}

function family(name: string): string {
  return name.split("_")[0];
}

function skipped(section: string, { name }: GoldenCase): string | undefined {
  return SKIPPED[section][family(name)];
}
