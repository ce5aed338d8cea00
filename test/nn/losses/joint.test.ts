import { describe, expect, test } from "vitest";
import {
  capture,
  concat,
  contrastive,
  cosineEmbedding,
  Dense,
  gaussianNll,
  grad,
  gradcheck,
  gradgradcheck,
  type LossName,
  manualSeed,
  marginRanking,
  ntXent,
  Parameter,
  Sequential,
  stack,
  type Tensor,
  tensor,
  tripletMargin,
  zeros,
} from "../../../src/index.js";
import type { JointLossFunction } from "../../../src/nn/index.js";
import * as losses from "../../../src/nn/losses.js";
import { lossNamed } from "../../../src/nn/lossNamed.js";
import { failure } from "../../support/errors.js";
import { normals } from "../../support/kernels.js";

const numbers = (seed: number, dtype: "float32" | "float64" = "float64"): Tensor =>
  tensor(normals(12, seed), { shape: [4, 3], dtype, requiresGrad: dtype === "float64" });
const signs = tensor([1, -1, 1, -1], { dtype: "float64" });
const column = (x: Tensor): Tensor => x.detach().slice([null, 0]).clone();

/** What each loss of three tensors is called with: the ones that a prediction holds, the target or null, and their order in a call. */
const OPERANDS: Record<string, { parts: Tensor[]; target: Tensor | null; order: (parts: Tensor[], target: Tensor) => Tensor[] }> = {
  contrastive: { parts: [numbers(1), numbers(2)], target: tensor([1, 0, 1, 0], { dtype: "float64" }), order: ([a, b], y) => [a, b, y] },
  cosineEmbedding: { parts: [numbers(1), numbers(2)], target: signs, order: ([a, b], y) => [a, b, y] },
  marginRanking: { parts: [column(numbers(1)), column(numbers(2))], target: signs, order: ([a, b], y) => [a, b, y] },
  gaussianNll: {
    parts: [numbers(1), numbers(2).detach().exp().detach()],
    target: numbers(3).detach(),
    order: ([mean, variance], y) => [mean, y, variance],
  },
  tripletMargin: { parts: [numbers(1), numbers(2), numbers(3)], target: null, order: (parts) => parts },
};

type Call = (...operands: unknown[]) => Tensor;

const ALL = Object.entries(losses as unknown as Record<string, JointLossFunction<object>>).filter(([, { length }]) => length === 0);

describe("ntXent of a prediction that holds both views", () => {
  const [first, second] = [numbers(1, "float32"), numbers(2, "float32")];
  const loss = ntXent(first, second).item();

  test("is that of the two", () => {
    expect(ntXent(stack([first, second], 1), zeros([4])).item()).toBe(loss);
    expect(ntXent(concat([first, second], 1), zeros([4]), { reduction: "none" }).shape).toEqual([4]);
    expect(failure(() => ntXent(numbers(1), zeros([4])))).toContain("prediction [4, 3] does not hold two views side by side");
  });

  test("trains, captured", async () => {
    manualSeed(3);
    const model = new Sequential([new Dense(6)]);
    model.compile({ optimizer: { name: "adam", learningRate: 0.05 }, loss: "ntXent" });
    const { history } = await model.fit({ x: first, y: zeros([4]) }, { epochs: 20, batchSize: 4, shuffle: false, verbose: 0 });
    expect(model.captureStatus?.state).toBe("replaying");
    expect(history.loss[19]).toBeLessThan(history.loss[0] / 2);
  });
});

test("every loss of three tensors is walked", () => expect(ALL.map(([name]) => name).sort()).toEqual(Object.keys(OPERANDS).sort()));

describe.each(ALL)("%s", (name, loss) => {
  const call = loss as unknown as Call;
  const { parts, target, order } = OPERANDS[name];
  const y = target ?? zeros([4]);
  const operands = parts.map((part) => tensor([...part.data], { shape: part.shape, dtype: "float64", requiresGrad: true }));
  const held = stack(
    parts.map((part) => part.detach()),
    1,
  );

  test("gradients, and their gradients", () => {
    for (const reduction of ["mean", "sum", "none"]) gradcheck((...given) => call(...order(given, y), { reduction }), operands);
    gradgradcheck((...given) => call(...order(given, y)), operands);
  });

  test("reductions", () => {
    const each = call(...order(parts, y), { reduction: "none" });
    expect(each.shape[0]).toBe(4);
    expect(call(...order(parts, y), { reduction: "sum" }).item()).toBeCloseTo(each.sum().item(), 10);
    expect(call(...order(parts, y)).item()).toBeCloseTo(each.mean().item(), 10);
  });

  test("a prediction may hold the tensors side by side", () => {
    const expected = call(...order(parts, y), { reduction: "none" }).toArray();
    expect(call(held, y, { reduction: "none" }).toArray()).toEqual(expected);
    expect(call(held.reshape([4, -1]), y, { reduction: "none" }).toArray()).toEqual(expected);
    expect(call(held, y).item()).toBe(call(...order(parts, y)).item());
  });

  test("refuses what it does not know", () => {
    expect(failure(() => call(...order(parts, y), { reducton: "sum" }))).toMatch(/^ARGUMENT \w+: unknown option "reducton"/);
    expect(failure(() => call(held, y, { reduction: "avg" }))).toBe(
      `ARGUMENT ${name}: reduction is "avg"; expected "mean", "sum" or "none".`,
    );
    expect(failure(() => call(...order(parts, y), {}, 1))).toBe(`ARGUMENT ${name}: 5 arguments were given; it takes at most 4.`);
    expect(failure(() => call(held, y, {}, 1))).toMatch(/^ARGUMENT \w+: 4 arguments were given; it takes at most 3/);
    expect(failure(() => call([1, 2], y))).toMatch(/^ARGUMENT \w+: prediction is an array of length 2; expected a tensor/);
    expect(failure(() => call(zeros([4, 7]), y))).toMatch(
      /^SHAPE \w+: prediction \[4, 7\] does not hold \w+, .* side by side; expected \[n, /,
    );
    expect(failure(() => call(zeros([4, 3]), zeros([4, 3]), zeros([3, 4])))).toMatch(/^SHAPE \w+: /);
  });

  test("fit captures it, with the bits of the loop that one writes", async () => {
    const width = held.size / 4;
    const run = async (byName: boolean): Promise<unknown> => {
      manualSeed(4);
      const model = new Sequential([new Dense(width, { inputShape: [2] })]);
      const options = name === "gaussianNll" ? { logVariance: true } : {};
      const own = Object.assign((prediction: Tensor, wanted: Tensor) => call(prediction, wanted, options), { capturable: false });
      model.compile({ optimizer: "sgd", loss: byName ? { name: name as LossName, ...options } : own });
      const data = { x: tensor(normals(8, 3), { shape: [4, 2] }), y: y.cast("float32").detach() };
      const { history } = await model.fit(data, { epochs: 5, shuffle: false, capture: byName, verbose: 0 });
      return [history.loss, [...model.stateDict().values()].map(({ data }) => [...data])];
    };
    expect(await run(true)).toEqual(await run(false));
    const weight = new Parameter(held.cast("float32"));
    const step = (wanted: Tensor): Tensor[] => {
      const result = call(weight.mul(1), wanted);
      return [result, ...grad(result, [weight])];
    };
    const wanted = y.cast("float32").detach();
    const [eager, captured] = [step(wanted).map(({ data }) => [...data]), capture(step)];
    for (let i = 0; i < 4; i++) expect(captured(wanted).map(({ data }) => [...data])).toEqual(eager);
    expect(captured.status().state).toBe("replaying");
  });
});

test("a variance may be a number, one for a row, or a logarithm, and is no less than ε", () => {
  const [mean, y] = [tensor([[1, 2], [3, 4]]), tensor([[1, 0], [0, 4]])]; // biome-ignore format: a matrix
  expect(gaussianNll(mean, y, 4).item()).toBeCloseTo(Math.log(4) / 2 + (4 + 9) / 32, 6);
  expect(gaussianNll(mean, y, tensor([4, 4])).item()).toBeCloseTo(Math.log(4) / 2 + 13 / 32, 6);
  expect(gaussianNll(mean, y, zeros([2, 1]).add(Math.log(4)), { logVariance: true }).item()).toBeCloseTo(Math.log(4) / 2 + 13 / 32, 6);
  const variance = tensor([[1e-9], [2]], { requiresGrad: true });
  const [slope] = grad(gaussianNll(mean, y, variance, { reduction: "sum", epsilon: 0.5 }), [variance]);
  expect([...slope.data]).toEqual([expect.closeTo(0.5 * (2 / 0.5 - 4 / 0.25), 4), expect.closeTo(0.5 * (2 / 2 - 9 / 4), 4)]);
  expect(failure(() => gaussianNll(mean, y, tensor([[1], [-2]])))).toBe(
    "ARGUMENT gaussianNll: variance -2 at position 1 is below 0. Make it positive with softplus or exp, or pass logVariance: true.",
  );
  expect(failure(() => gaussianNll(mean, y, zeros([3])))).toBe(
    "SHAPE gaussianNll: variance [3] does not fit mean [2, 2]; expected [2, 2], [2, 1] or [2].",
  );
});

test("embeddings that do not fit are named", () => {
  const [a, b] = [zeros([4, 3]), zeros([4, 2])];
  expect(failure(() => cosineEmbedding(a, b, zeros([4])))).toBe(
    "SHAPE cosineEmbedding: first [4, 3], second [4, 2]; expected embeddings [n, d] of one shape.",
  );
  expect(failure(() => contrastive(a, a, zeros([3])))).toBe("SHAPE contrastive: target [3] does not fit embeddings [4, 3]; expected [4].");
  expect(failure(() => marginRanking(zeros([4]), zeros([4, 1]), zeros([4])))).toBe(
    "SHAPE marginRanking: first [4], second [4, 1] and target [4] differ in shape; a loss never broadcasts.",
  );
  expect(failure(() => tripletMargin(a, a, b))).toBe(
    "SHAPE tripletMargin: anchor [4, 3], positive [4, 3], negative [4, 2]; expected embeddings [n, d] of one shape.",
  );
});

test("a distance of one's own, which keeps fit from capturing", () => {
  const [a, p, n] = [1, 2, 3].map((seed) => numbers(seed));
  const distance = (x: Tensor, y: Tensor): Tensor => x.sub(y).square().sum(1);
  const expected = [0, 1, 2, 3].map((i) => {
    const of = (x: Tensor, y: Tensor): number => [0, 1, 2].reduce((sum, j) => sum + (x.data[3 * i + j] - y.data[3 * i + j]) ** 2, 0);
    return Math.max(0, of(a, p) - of(a, n) + 1);
  });
  const found = tripletMargin(a, p, n, { distance, reduction: "none" }).toArray() as number[];
  expected.forEach((value, i) => void expect(found[i]).toBeCloseTo(value, 10));
  expect(failure(() => tripletMargin(a, p, n, { distance: () => 1 as never }))).toBe(
    "ARGUMENT tripletMargin: distance gave 1; expected a tensor [n].",
  );
  expect(lossNamed("compile", { name: "tripletMargin", distance }).capturable).toBe(false);
  expect(lossNamed("compile", { name: "tripletMargin", margin: 0.5 }).capturable).toBe(true);
});
