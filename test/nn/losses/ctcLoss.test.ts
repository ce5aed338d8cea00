import { expect, test } from "vitest";
import {
  capture,
  ctcDecode,
  ctcLoss,
  Dense,
  gradcheck,
  gradgradcheck,
  noGrad,
  Parameter,
  Sequential,
  type Tensor,
  tensor,
  zeros,
} from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { builds, withBuild } from "../../support/kernels.js";
import { numbers } from "../../support/recurrent.js";

const TARGETS = tensor([[1, 1, 2], [3, 2, 3], [2, 1, 2]], { dtype: "int32" }); // biome-ignore format: a matrix

/** PyTorch's losses, and the first gradients of the first and of the second sample's logits. */
const CASES = [
  ["none", false, [6, 5, 4], [3, 2, 0], [4.713414, 3.773972, 6.395625], [0.115717, -0.513377, 0.287765, 0.109896, -0.593713], [-0.215538, 0.22865, 0.427918, -0.44103]],
  ["mean", false, [6, 6, 3], [3, 1, 2], [2.997344], [0.012857, -0.057042, 0.031974, 0.012211, -0.065968], [-0.176378, 0.076217, 0.142639, -0.042478]],
  ["none", true, [6, 2, 6], [3, 3, 3], [4.713414, 0, 4.51786], [0.115717, -0.513377, 0.287765, 0.109896], [0, 0, 0, 0]],
  ["sum", true, [6, 2, 6], [3, 3, 3], [9.231274], [0.115717, -0.513377, 0.287765, 0.109896], [0, 0, 0, 0]],
] as const; // biome-ignore format: a row a case

test.each(CASES)(
  "PyTorch's numbers: %s, zeroInfinity %s, lengths %j of %j",
  (reduction, zeroInfinity, inputLengths, targetLengths, losses, first, second) => {
    for (const build of builds) {
      withBuild(build, () => {
        const x = tensor(numbers([6, 3, 4]).transpose(0, 1).toArray() as number[][][], { requiresGrad: true });
        const loss = ctcLoss(x, TARGETS, { reduction, zeroInfinity, inputLengths, targetLengths });
        loss.sum().backward();
        losses.forEach((value, i) => void expect(loss.data[i]).toBeCloseTo(value, 4));
        first.forEach((value, i) => void expect((x.grad as Tensor).data[i]).toBeCloseTo(value, 5));
        second.forEach((value, i) => void expect((x.grad as Tensor).data[24 + i]).toBeCloseTo(value, 5));
      });
    }
  },
);

test("a target that the steps cannot hold costs ∞", () => {
  const loss = ctcLoss(numbers([3, 6, 4]), TARGETS, { reduction: "none", inputLengths: [6, 2, 6] });
  expect([...loss.data].map(Number.isFinite)).toEqual([true, false, true]);
});

test("the probabilities of all targets are one", () => {
  const x = numbers([1, 3, 3]);
  const all = [[], [1], [2], [1, 1], [1, 2], [2, 1], [2, 2], [1, 2, 1], [2, 1, 2]];
  const probabilities = all.map((target) => {
    const targets = tensor([[...target, 0, 0, 0].slice(0, 3)], { dtype: "int32" });
    return Math.exp(
      -noGrad(() => ctcLoss(x, targets, { reduction: "none", targetLengths: [target.length] }))
        .sum()
        .item(),
    );
  });
  expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
});

test("derivatives of first and second order in float64", () => {
  const loss = (x: Tensor): Tensor => ctcLoss(x, TARGETS, { inputLengths: [5, 4, 5], targetLengths: [3, 2, 1], reduction: "sum" });
  const x = numbers([3, 5, 4], 2, true, "float64");
  gradcheck(loss, [x]);
  gradgradcheck(loss, [x]);
});

test.each([{ inputLengths: [6, 5, 6] }, { targetLengths: [3, 1, 2], zeroInfinity: true }, { ignoreIndex: -1 }])(
  "captured, it has the bits of eager steps: %j",
  (options) => {
    const weight = new Parameter(numbers([3, 6, 4]));
    const step = (targets: Tensor): Tensor => {
      const loss = ctcLoss(weight.mul(2), targets, options);
      loss.backward();
      return loss;
    };
    const captured = capture(step);
    const run = (by: typeof step): unknown => {
      weight.grad = null;
      return [by(TARGETS).item(), weight.grad && [...(weight.grad as Tensor).data]];
    };
    for (let i = 0; i < 4; i++) expect(run(captured as typeof step)).toEqual(run(step));
    expect(captured.status().state).toBe("replaying");
  },
);

test("targets one behind the other, filled with −1, and of one sample are those with lengths", () => {
  const [x, targetLengths] = [numbers([3, 6, 4]), [3, 1, 2]];
  const expected = ctcLoss(x, TARGETS, { targetLengths, reduction: "none" }).toArray() as number[];
  const flat = tensor([1, 1, 2, 3, 2, 1], { dtype: "int32" });
  expect(ctcLoss(x, flat, { targetLengths, reduction: "none" }).toArray()).toEqual(expected);
  const filled = tensor([[1, 1, 2], [3, -1, -1], [2, 1, -1]]); // biome-ignore format: a matrix
  expect(ctcLoss(x, filled, { ignoreIndex: -1, reduction: "none" }).toArray()).toEqual(expected);
  expect(ctcLoss(x.slice([1]), tensor([3]), { reduction: "none" }).item()).toBeCloseTo(expected[1], 5);
  const lengths = { inputLengths: tensor(6), targetLengths: tensor(1) };
  expect(ctcLoss(x.slice([1]), tensor([3, 0]), { ...lengths, reduction: "none" }).item()).toBeCloseTo(expected[1], 5);
});

test("compile knows it by name, and an epoch's loss does not depend on the batches", async () => {
  const model = new Sequential([new Dense(4, { inputShape: [6, 2] })]);
  model.compile({ optimizer: "adam", loss: { name: "ctcLoss", ignoreIndex: -1 } });
  const data = { x: numbers([3, 6, 2]), y: tensor([[1, 1, 2], [3, -1, -1], [2, 1, -1]], { dtype: "int32" }) }; // biome-ignore format: a matrix
  const { loss } = await model.evaluate(data, { batchSize: 3 });
  expect((await model.evaluate(data, { batchSize: 2 })).loss).toBeCloseTo(loss, 5);
  const { history } = await model.fit(data, { epochs: 3, verbose: 0 });
  expect(history.loss[2]).toBeLessThan(loss);
});

test("the best path is read without blanks and repetitions", () => {
  const path = (classes: number[]): number[][] => classes.map((label) => [0, 1, 2].map((c) => Number(c === label)));
  const x = tensor([path([1, 1, 0, 1, 2]), path([0, 2, 2, 1, 1])]);
  expect(ctcDecode(x)).toEqual([
    [1, 1, 2],
    [2, 1],
  ]);
  expect(ctcDecode(x, { inputLengths: [2, 3], blank: 2 })).toEqual([[1], [0]]);
  expect(ctcDecode(x.transpose(0, 1), { batchFirst: false })).toEqual([
    [1, 1, 2],
    [2, 1],
  ]);
});

test("wrong calls name the values and the mend", () => {
  const [x, y] = [zeros([2, 5, 3]), zeros([2, 2], { dtype: "int32" }).add(1)];
  expect(failure(() => ctcLoss(zeros([5, 3]), y))).toBe(
    "SHAPE ctcLoss: the prediction has shape [5, 3]; expected [n, steps, classes], at least one step.",
  );
  expect(failure(() => ctcLoss(x, y.flatten()))).toBe(
    "SHAPE ctcLoss: prediction [2, 5, 3] and target [4] do not fit; expected targets [2, labels]. Pad targets to one length, or pass targetLengths.",
  );
  expect(failure(() => ctcLoss(x, y, { inputLengths: [5, 6] }))).toBe(
    "SHAPE ctcLoss: inputLengths[1] is 6; expected 1 … 5, as long as the sequence. Pad the sequences to the longest, or cut the length.",
  );
  expect(failure(() => ctcLoss(x, y, { targetLengths: [3, 1] }))).toMatch(/^SHAPE ctcLoss: targetLengths\[0\] is 3; expected 0 … 2/);
  expect(failure(() => ctcLoss(x, y, { blank: 3 }))).toBe("ARGUMENT ctcLoss: blank is 3; expected one of 3 classes, 0 … 2.");
  expect(failure(() => ctcLoss(x, y.add(2)))).toBe(
    "INDEX ctcLoss: label 3 at position [0, 0] is outside 0 … 2. Behind the end of a target that targetLengths or ignoreIndex tells, labels may be anything.",
  );
  expect(
    failure(() =>
      ctcLoss(
        x,
        tensor([
          [1, 2],
          [1, 0],
        ]),
      ),
    ),
  ).toBe(
    // biome-ignore format: a matrix
    "INDEX ctcLoss: label 0 at position [1, 1] is the blank. Leave blanks out of targets: the loss puts them between labels. Another blank is set by blank.",
  );
  expect(failure(() => ctcLoss(x, tensor([[1, -1], [1, 2]])))).toMatch(/^INDEX ctcLoss: label -1 at position \[0, 1\] is outside/); // biome-ignore format: a matrix
  expect(failure(() => ctcLoss(x, tensor([1, 2, 1]), { targetLengths: [1, 1] }))).toBe(
    "SHAPE ctcLoss: targetLengths add up to 2; the target has 3 labels.",
  );
  expect(failure(() => ctcDecode(zeros([2, 3])))).toMatch(/^SHAPE ctcDecode: the prediction has shape \[2, 3\]/);
});
