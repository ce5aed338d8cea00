import { describe, expect, test } from "vitest";
import "../../src/index.js";
import type { Tensor } from "../../src/index.js";
import { Activation, BatchNorm, binaryCrossEntropy, crossEntropy, Embedding, huber, Identity, mae, mse } from "../../src/nn/index.js";
import { checkGolden, type GoldenCase, type GoldenTensor, goldenCases, goldenTensor, type Run } from "../support/golden.js";

type Reduction = "mean" | "sum" | "none";

const LOSSES: Record<string, Run> = {
  L1Loss: ({ input, target }, { config }) => mae(input, target, config as never),
  MSELoss: ({ input, target }, { config }) => mse(input, target, config as never),
  HuberLoss: ({ input, target }, { config }) => huber(input, target, config as never),
  SmoothL1Loss: ({ input, target }, { config = {} }) => {
    const { reduction, beta } = config as { reduction: Reduction; beta: number };
    return huber(input, target, { reduction, delta: beta }).div(beta);
  },
  CrossEntropy: ({ input, target }, { config = {}, tensors = {} }) =>
    crossEntropy(input, target, {
      reduction: config.reduction as Reduction,
      labelSmoothing: config.label_smoothing as number | undefined,
      ignoreIndex: config.ignore_index as number | undefined,
      classWeight: maybe(tensors.weight),
    }),
  BCEWithLogits: ({ input, target }, { config = {}, tensors = {} }) =>
    binaryCrossEntropy(input, target, {
      reduction: config.reduction as Reduction,
      weight: maybe(tensors.weight),
      posWeight: maybe(tensors.pos_weight),
    }),
  BCELoss: ({ input, target }, { config = {} }) =>
    binaryCrossEntropy(input, target, { reduction: config.reduction as Reduction, fromLogits: false }),
};

const ACTIVATIONS: Record<string, Run> = {
  "LeakyReLU_negative_slope0.2": ({ input }) => new Activation({ name: "leakyRelu", slope: 0.2 }).forward(input),
  ReLU: ({ input }) => new Activation("relu").forward(input),
  Sigmoid: ({ input }) => new Activation("sigmoid").forward(input),
  Identity: ({ input }) => new Identity().forward(input).mul(1),
  Softmax_dim0: ({ input }) => new Activation({ name: "softmax", axis: 0 }).forward(input),
  "Softmax_4d_dim-1": ({ input }) => new Activation("softmax").forward(input),
  "LogSoftmax_4d_dim-1": ({ input }) => new Activation("logSoftmax").forward(input),
};

describe("losses", () => {
  const cases = goldenCases("losses").filter(({ name }) => LOSSES[name.split("_")[0]] !== undefined);
  test.each(cases.map((golden) => [golden.name, golden] as const))("%s", (name, golden) => checkGolden(golden, LOSSES[name.split("_")[0]]));
  test("none is forgotten", () => expect(cases.length).toBe(31));
});

describe("activations", () => {
  const cases = goldenCases("activations").filter(({ name }) => ACTIVATIONS[name] !== undefined);
  test.each(cases.map((golden) => [golden.name, golden] as const))("%s", (name, golden) => checkGolden(golden, ACTIVATIONS[name]));
  test("none is forgotten", () => expect(cases.length).toBe(Object.keys(ACTIVATIONS).length));
});

test("Embedding_padding0", () => {
  const golden = goldenCases("layers_norm_embed").find(({ name }) => name === "Embedding_padding0") as GoldenCase & {
    params: Record<string, GoldenTensor>;
  };
  // The weight takes part as an input, so that its gradient is checked too.
  checkGolden({ ...golden, inputs: { ...golden.inputs, ...golden.params } }, ({ input, weight }) => {
    const layer = new Embedding(7, 4, { paddingIndex: 0 });
    Object.assign(layer, { weight });
    return layer.forward(input);
  });
});

interface LayerCase extends GoldenCase {
  params: Record<string, GoldenTensor>;
  buffers: Record<string, GoldenTensor>;
  buffers_after: Record<string, GoldenTensor>;
  train: boolean;
}

const tensors = (given: Record<string, GoldenTensor>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, goldenTensor(value)]));

test.each(["BatchNorm1d_2d_train", "BatchNorm1d_3d_eval", "BatchNorm2d_noaffine_eval"])("%s", (name) => {
  const golden = goldenCases("layers_norm_embed").find((one) => one.name === name) as LayerCase;
  const { args, affine } = golden.config as { args: number[]; affine?: boolean };
  // Weight and bias take part as inputs, so that their gradients are checked too.
  checkGolden({ ...golden, inputs: { ...golden.inputs, ...golden.params } }, ({ input, ...params }) => {
    const layer = new BatchNorm({ inputShape: args, affine }).train(golden.train);
    layer.loadStateDict({ ...tensors(golden.params), ...tensors(golden.buffers) });
    Object.assign(layer, params);
    const result = layer.forward(input);
    for (const [key, after] of Object.entries(golden.buffers_after)) {
      const found = layer.stateDict().get(key) as Tensor;
      after.data.forEach((value, i) => {
        expect(found.data[i], key).toBeCloseTo(Number(value), 6);
      });
    }
    return result;
  });
});

function maybe(tensor: GoldenTensor | undefined): Tensor | null {
  return tensor ? goldenTensor(tensor) : null;
}
