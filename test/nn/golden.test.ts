import { describe, expect, test } from "vitest";
import "../../src/index.js";
import type { Tensor } from "../../src/index.js";
import {
  BatchNorm1d,
  BatchNorm2d,
  Embedding,
  EmbeddingBag,
  GroupNorm,
  LocalResponseNorm,
  type LossFunction,
  type Module,
} from "../../src/nn/index.js";
import type { Layer } from "../../src/nn/layer.js";
import * as layers from "../../src/nn/layers.js";
import * as losses from "../../src/nn/losses.js";
import { checkGolden, type GoldenCase, type GoldenTensor, goldenCases, goldenTensor } from "../support/golden.js";
import { checkGoldenLoss } from "../support/goldenLosses.js";

const LOSSES = Object.entries(losses as unknown as Record<string, LossFunction<object>>);

/** Our activation for PyTorch's class and arguments. */
const ACTIVATIONS: Record<string, (config: Record<string, never>) => Module> = {
  Hardshrink: ({ lambd }) => new layers.Hardshrink(lambd),
  Hardsigmoid: () => new layers.Hardsigmoid(),
  LeakyReLU: ({ negative_slope }) => new layers.LeakyReLU(negative_slope),
  ReLU: () => new layers.ReLU(),
  Sigmoid: () => new layers.Sigmoid(),
  Tanhshrink: () => new layers.Tanhshrink(),
  Threshold: ({ threshold, value }) => new layers.Threshold(threshold, value),
  Identity: () => new layers.Identity(),
  Softmax: ({ dim }) => new layers.Softmax(dim),
  LogSoftmax: ({ dim }) => new layers.LogSoftmax(dim),
  GLU: ({ dim }) => new layers.GLU(dim),
  RReLU: ({ lower, upper }) => new layers.RReLU(lower, upper),
  PReLU: ({ num_parameters }) => new layers.PReLU(num_parameters),
};

describe.each(LOSSES)("%s", (_, loss) => {
  // The cases of the PyTorch classes that the loss names as other words for itself.
  const cases = goldenCases("losses").filter(({ module_type }) => module_type !== undefined && loss.aka.includes(module_type));
  test("PyTorch has computed some of its numbers", () => expect(cases.length).toBeGreaterThan(0));
  test.each(cases.map((golden) => [golden.name, golden] as const))("%s", (_, golden) => checkGoldenLoss(loss, golden));
});

test("no loss of PyTorch's is forgotten", () => {
  const known = LOSSES.flatMap(([, { aka }]) => aka);
  expect(goldenCases("losses").filter(({ module_type = "" }) => !known.includes(module_type))).toEqual([]);
});

describe("activations", () => {
  const cases = goldenCases("activations") as LayerCase[];
  test.each(cases.map((golden) => [golden.name, golden] as const))("%s", (_, golden) => {
    // The weight takes part as an input, so that its gradient is checked too.
    checkGolden({ ...golden, inputs: { ...golden.inputs, ...golden.params } }, ({ input, ...params }) => {
      const layer = ACTIVATIONS[golden.module_type as string]((golden.config ?? {}) as Record<string, never>);
      Object.assign(layer.train(golden.train ?? true), params);
      const result = layer.forward(input);
      return result === input ? input.mul(1) : result;
    });
  });
});

interface LayerCase extends GoldenCase {
  params?: Record<string, GoldenTensor>;
  buffers?: Record<string, GoldenTensor>;
  buffers_after?: Record<string, GoldenTensor>;
  train: boolean;
}

/** What PyTorch's class is called with. */
interface Config {
  args: number[];
  affine?: boolean;
  num_embeddings: number;
  embedding_dim: number;
  padding_idx?: number;
  mode?: "sum" | "mean" | "max";
}

/** Our layer for PyTorch's, by its class. */
const NORMALISATIONS: Record<string, (config: Config) => Layer> = {
  BatchNorm1d: ({ args: [features], ...options }) => new BatchNorm1d(features, options),
  BatchNorm2d: ({ args: [features], ...options }) => new BatchNorm2d(features, options),
  GroupNorm: ({ args: [groups, channels] }) => new GroupNorm(groups, channels),
  LocalResponseNorm: ({ args: [size] }) => new LocalResponseNorm(size),
  EmbeddingBag: ({ num_embeddings, embedding_dim, mode }) => new EmbeddingBag(num_embeddings, embedding_dim, { mode }),
  Embedding: ({ num_embeddings, embedding_dim, padding_idx }) =>
    new Embedding(num_embeddings, embedding_dim, { paddingIndex: padding_idx }),
};

const tensors = (given: Record<string, GoldenTensor> = {}): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, goldenTensor(value)]));

describe("normalisation and embedding", () => {
  const cases = goldenCases("layers_norm_embed").filter(({ module_type = "" }) => module_type in NORMALISATIONS) as LayerCase[];
  test("none is forgotten", () => expect(cases.length).toBe(goldenCases("layers_norm_embed").length));
  test.each(cases.map((golden) => [golden.name, golden] as const))("%s", (_, golden) => {
    // Weight and bias take part as inputs, so that their gradients are checked too.
    checkGolden({ ...golden, inputs: { ...golden.inputs, ...golden.params } }, ({ input, ...params }) => {
      const layer = NORMALISATIONS[golden.module_type as string](golden.config as unknown as Config).train(golden.train);
      layer.loadStateDict({ ...tensors(golden.params), ...tensors(golden.buffers) });
      Object.assign(layer, params);
      const result = layer.forward(input);
      for (const [key, after] of Object.entries(golden.buffers_after ?? {})) {
        const found = layer.stateDict().get(key) as Tensor;
        after.data.forEach((value, i) => {
          expect(found.data[i], key).toBeCloseTo(Number(value), 6);
        });
      }
      return result;
    });
  });
});
