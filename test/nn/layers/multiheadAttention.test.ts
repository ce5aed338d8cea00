import { describe, expect, test } from "vitest";
import {
  concat,
  deserializeModel,
  input,
  type KeyValues,
  Linear,
  Model,
  MultiheadAttention,
  manualSeed,
  noGrad,
  ones,
  randn,
  Sequential,
  type Tensor,
  tensor,
  zeros,
} from "../../../src/index.js";
import { failure } from "../../support/errors.js";

const close = (found: Tensor, expected: Tensor): void => {
  expect(found.shape).toEqual(expected.shape);
  for (const [i, value] of found.data.entries()) expect(value).toBeCloseTo(expected.data[i], 5);
};

/** true above the diagonal: what a causal query does not attend to. */
const later = (n: number): Tensor => ones([n, n]).triu(1).cast("bool");

describe("ways to the same numbers", () => {
  test("weights wanted or not; the key left out, or given again", () => {
    const [layer, x] = [new MultiheadAttention(6, 3), randn([2, 5, 6])];
    const { output, weights } = layer.forward(x);
    expect(weights?.shape).toEqual([2, 5, 5]);
    expect(layer.forward(x, x, x, { averageAttnWeights: false }).weights?.shape).toEqual([2, 3, 5, 5]);
    for (const sum of weights?.sum(-1).data ?? []) expect(sum).toBeCloseTo(1, 6);
    const without = layer.forward(x, null, null, { needWeights: false });
    expect(without.weights).toBe(null);
    close(without.output, output);
    close(layer.forward(x, x.clone(), x.clone()).output, output);
    close(layer.forward(x, x.clone()).output, output);
  });

  test.each([{}, { addBiasKv: true, addZeroAttn: true }])("causal by a call, by the layer, by masks; %o", (more) => {
    const x = randn([2, 5, 6]);
    const [free, causal] = [false, true].map((causal) => {
      manualSeed(2);
      return new Sequential([new MultiheadAttention(6, 2, { ...more, causal })]);
    });
    const expected = causal.forward(x);
    expect(free.forward(x).toArray()).not.toEqual(expected.toArray());
    const layer = free.layers[0] as MultiheadAttention;
    close(layer.forward(x, x, x, { causal: true }).output, expected);
    close(layer.forward(x, x, x, { causal: true, needWeights: false }).output, expected);
    close(layer.forward(x, x, x, { attnMask: later(5) }).output, expected);
    close(layer.forward(x, x, x, { attnMask: later(5), causal: true, needWeights: false }).output, expected);
    const added = later(5).where(tensor(-Infinity), 0);
    close(layer.forward(x, x, x, { attnMask: added }).output, expected);
    close(layer.forward(x, x, x, { attnMask: added.expand([4, 5, 5]), needWeights: false }).output, expected);
  });

  test("padding hides keys: what stands there does not matter; a float mask of −∞ does the same", () => {
    const layer = new MultiheadAttention(4, 2);
    const padding = tensor([0, 0, 1, 0, 1, 1], { shape: [2, 3], dtype: "bool" });
    const [x, other] = [randn([2, 3, 4]), randn([2, 3, 4])];
    const key = padding.unsqueeze(2).where(other, x);
    for (const needWeights of [true, false]) {
      const expected = layer.forward(x, x, x, { keyPaddingMask: padding, needWeights }).output;
      close(layer.forward(x, key, key, { keyPaddingMask: padding, needWeights }).output, expected);
      close(layer.forward(x, key, key, { keyPaddingMask: padding.where(tensor(-Infinity), 0), needWeights }).output, expected);
    }
  });

  test("inputs without batch, or with the length first", () => {
    const x = randn([3, 2, 4]);
    manualSeed(3);
    const layer = new MultiheadAttention(4, 2);
    const expected = layer.forward(x);
    const first = new MultiheadAttention(4, 2, { batchFirst: false });
    first.loadStateDict(layer.stateDict());
    close(first.forward(x.transpose(0, 1)).output.transpose(0, 1), expected.output);
    const alone = layer.forward(x.slice([1]), null, null, { keyPaddingMask: zeros([2], { dtype: "bool" }) });
    close(alone.output, expected.output.slice([1]));
    close(alone.weights as Tensor, (expected.weights as Tensor).slice([1]));
  });
});

test("a query that may attend to nothing gives what the last projection makes of 0, and gradients are numbers", () => {
  const layer = new MultiheadAttention(4, 2);
  const x = randn([2, 3, 4], { requiresGrad: true });
  const keyPaddingMask = tensor([1, 1, 1, 0, 0, 1], { shape: [2, 3], dtype: "bool" });
  for (const needWeights of [true, false]) {
    const { output } = layer.forward(x, x, x, { keyPaddingMask, needWeights });
    close(output.slice([0]), layer.outProj.forward(zeros([3, 4])));
    output.square().sum().backward();
    expect([...(x.grad as Tensor).data].every(Number.isFinite)).toBe(true);
    x.grad = null;
  }
});

test("dropout falls in training only, the same with weights wanted or not", () => {
  const results = [true, false].map((needWeights) => {
    manualSeed(5);
    const layer = new MultiheadAttention(4, 2, { dropout: 0.5 });
    const x = ones([2, 8, 4]);
    const training = layer.forward(x, x, x, { needWeights }).output;
    expect(training.toArray()).not.toEqual(layer.eval().forward(x, x, x, { needWeights }).output.toArray());
    return training;
  });
  close(results[0], results[1]);
});

test("in functional models it takes query, key and value", () => {
  const [query, memory] = [input([3, 4]), input([5, 4])];
  const layer = new MultiheadAttention(null, 2);
  const model = new Model({ inputs: [query, memory], outputs: layer.forward(query, memory, memory).output });
  const [x, m] = [randn([2, 3, 4]), randn([2, 5, 4])];
  close(noGrad(() => model.forward(x, m)) as Tensor, layer.forward(x, m, m).output);
});

test("functional models with it are loaded again, whichever of query, key and value the calls gave", () => {
  const x = input([3, 4]);
  const layer = new MultiheadAttention(4, 2);
  const self = layer.forward(x).output;
  const cross = layer.forward(self, x, x, { needWeights: false }).output;
  const model = new Model({ inputs: x, outputs: layer.forward(cross, null, self).output });
  const sample = randn([2, 3, 4]);
  const again = deserializeModel(model.serialize()) as Model;
  expect((again.forward(sample) as Tensor).toArray()).toEqual((model.forward(sample) as Tensor).toArray());
  const by = layer.forward(layer.forward(sample).output, sample, sample).output;
  close(model.forward(sample) as Tensor, layer.forward(by, by, layer.forward(sample).output).output);
  expect(failure(() => layer.forward(x, x, x, { causal: true }))).toContain("an operand beside symbolic tensors is an object");
});

test("errors name the values", () => {
  const result = new MultiheadAttention(4, 2).forward(randn([2, 3, 4]));
  expect(failure(() => new Linear(4, 2).forward(result as never))).toBe(
    "ARGUMENT Linear: x is an object; expected a tensor. Pass its output.",
  );
  const layer = new MultiheadAttention(4, 2, { kdim: 3 });
  const [x, key, value] = [randn([2, 3, 4]), randn([2, 5, 3]), randn([2, 5, 4])];
  const of = (options: object): string => failure(() => layer.forward(x, key, value, options));
  expect(failure(() => new MultiheadAttention(10, 4))).toBe(
    "ARGUMENT MultiheadAttention: numHeads is 4, which does not divide embedDim 10. Take one of 1, 2, 5, 10.",
  );
  expect(failure(() => new MultiheadAttention(10, undefined as never))).toBe(
    "ARGUMENT MultiheadAttention: numHeads is undefined; expected a whole number ≥ 1. Write new MultiheadAttention(64, 4), or new MultiheadAttention(null, 4), which takes embedDim from its first input.",
  );
  expect(failure(() => new MultiheadAttention(null, 4).forward(randn([1, 2, 6])))).toContain("does not divide embedDim 6");
  expect(failure(() => layer.forward(x, value, value))).toBe(
    "SHAPE MultiheadAttention: query [2, 3, 4], key [2, 5, 4] and value [2, 5, 4] do not fit; expected 3 as the key's last extent, kdim.",
  );
  expect(failure(() => layer.forward(x, key, randn([2, 4, 4])))).toContain("as many keys as values");
  expect(failure(() => layer.forward(x, randn([1, 5, 3]), randn([1, 5, 4])))).toContain("one number of samples");
  expect(of({ attnMask: zeros([5, 3]) })).toBe(
    "SHAPE MultiheadAttention: attnMask has shape [5, 3]; expected [3, 5] or [4, 3, 5]: [length, keys] or one for each sample and head.",
  );
  expect(of({ keyPaddingMask: zeros([2, 3]) })).toBe(
    "SHAPE MultiheadAttention: keyPaddingMask has shape [2, 3]; expected [2, 5]: [batch, keys].",
  );
  expect(of({ keyPaddingMask: zeros([2, 5], { dtype: "int32" }) })).toContain("keyPaddingMask has dtype int32; expected bool or float32");
  expect(of({ keyPaddingMasks: null })).toContain("Did you mean");
  expect(failure(() => layer.forward(x.cast("int32"), key, value))).toContain("query has dtype int32; expected float32 or float64");
});

test.each([{}, { rotary: true }, { batchFirst: false, bias: false }])("step by step, the numbers of the whole sequence: %o", (options) => {
  const layer = new MultiheadAttention(8, 2, { causal: true, ...options }).eval();
  const x = randn(options.batchFirst === false ? [7, 2, 8] : [2, 7, 8]);
  const axis = options.batchFirst === false ? 0 : 1;
  const expected = layer.forward(x).output;
  let state: KeyValues | null = null;
  // A prompt of three, then one at a time.
  const outputs = x.split([3, 1, 1, 1, 1], axis).map((part) => {
    const next: { output: Tensor; state: KeyValues } = layer.step(part, state);
    state = next.state;
    return next.output;
  });
  close(concat(outputs, axis), expected);
});

test("rotary: positions matter, and gradients reach the projections", () => {
  const layer = new MultiheadAttention(8, 2, { rotary: true });
  const x = randn([1, 5, 8]);
  const turned = layer.forward(x.flip(1)).output.flip(1);
  expect(turned.sub(layer.forward(x).output).abs().max().item()).toBeGreaterThan(1e-3);
  layer.forward(x, null, null, { needWeights: false }).output.square().sum().backward();
  expect(layer.inProjWeight?.grad?.abs().min().item()).toBeGreaterThan(0);
  expect(failure(() => new MultiheadAttention(6, 2, { rotary: true }))).toContain("embedDim 6 / numHeads 2 is odd");
});
