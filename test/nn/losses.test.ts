import { beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { forgetNotes } from "../../src/errors/note.js";
import { capture, grad, gradcheck, noGrad, Parameter, randn, Sequential, type Tensor, tensor, zeros } from "../../src/index.js";
import { Activation, binaryCrossEntropy, crossEntropy, Dense, huber, Linear, mae, mse } from "../../src/nn/index.js";
import { logitsBehind } from "../../src/nn/logits.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";

const labels = (values: number[]): Tensor => tensor(values, { dtype: "int32" });

let warn: MockInstance;
beforeEach(() => {
  forgetNotes();
  warn = vi
    .spyOn(console, "warn")
    .mockReset()
    .mockImplementation(() => {});
});

test("the regression losses by hand", () => {
  const [x, y] = [tensor([1, 2]), tensor([1, 4])];
  expect(mse(x, y).item()).toBe(2);
  expect(mae(x, y).item()).toBe(1);
  expect(huber(x, y).item()).toBe(0.75);
  expect(() => huber(x, y, { delta: 0 })).toThrow("huber: delta is 0; expected a number > 0.");
});

describe("binaryCrossEntropy", () => {
  test("keeps all digits at both ends", () => {
    const x = tensor([-90, 90, -90, 90], { requiresGrad: true });
    const losses = binaryCrossEntropy(x, tensor([0, 1, 1, 0]), { reduction: "none" });
    expect(losses.toArray()).toEqual([expect.closeTo(8.19e-40, 41), expect.closeTo(8.19e-40, 41), 90, 90]);
    losses.sum().backward();
    expect([...(x.grad as Tensor).data].map(Math.sign)).toEqual([1, -1, -1, 1]);
  });

  test("tells the targets their gradient where they are 0 and 1, too: that of PyTorch, with posWeight", () => {
    const target = tensor([0, 1, 1, 0], { requiresGrad: true });
    binaryCrossEntropy(tensor([0.5, -1, 2, -3]), target, { posWeight: tensor(3), reduction: "sum" }).backward();
    const expected = [0.4481539726257324, 3.626523494720459, -1.7461440563201904, 9.097173690795898];
    expect([...(target.grad as Tensor).data]).toEqual(expected.map((value) => expect.closeTo(value, 5)));
  });

  test("weights broadcast to the prediction, not beyond", () => {
    const [x, y] = [zeros([2, 3]), zeros([2, 3])];
    expect(binaryCrossEntropy(x, y, { weight: tensor([[2], [0]]) }).item()).toBeCloseTo(Math.LN2, 6);
    expect(() => binaryCrossEntropy(x, y, { weight: zeros([2, 2, 3]) })).toThrow(
      "binaryCrossEntropy: weight [2, 2, 3] does not broadcast to the prediction's shape [2, 3].",
    );
    expect(() => binaryCrossEntropy(zeros([1, 3]), zeros([1, 3]), { posWeight: 2 as never })).toThrow(
      "binaryCrossEntropy: posWeight is 2; expected a tensor, or null. Write tensor([2]).",
    );
    expect(() => binaryCrossEntropy(zeros([1, 3]), zeros([1, 3]), { posWeight: zeros([2, 1]) })).toThrow(
      "binaryCrossEntropy: posWeight [2, 1] does not broadcast to the prediction's shape [1, 3].",
    );
  });
});

describe("crossEntropy", () => {
  const x = tensor([[2, 0, 1], [0, 2, -1]]); // biome-ignore format: a matrix

  test("labels of every kind, and probabilities", () => {
    const expected = crossEntropy(x, labels([0, 1])).item();
    for (const target of [tensor([0, 1]), tensor([0, 1], { dtype: "uint8" }), tensor([[1, 0, 0], [0, 1, 0]])]) // biome-ignore format: one line
      expect(crossEntropy(x, target).item()).toBeCloseTo(expected, 6);
    expect(() => crossEntropy(x, tensor([0, 0.5]))).toThrow(
      'crossEntropy: labels are float32 and element 1 is 0.5; expected whole numbers. Convert them with cast("int32").',
    );
    expect(() => crossEntropy(x, labels([0, 3]))).toThrow("crossEntropy: label 3 at position 1 is outside 0 … 2.");
  });

  test("a single sample", () => {
    expect(crossEntropy(tensor([2, 0, 1]), tensor(0, { dtype: "int32" }), { reduction: "none" }).toArray()).toBeCloseTo(0.4076, 4);
    expect(crossEntropy(tensor([2, 0, 1]), tensor([1, 0, 0])).item()).toBeCloseTo(0.4076, 4);
  });

  test("classes on axis 1 of images, for labels and probabilities", () => {
    const [n, c, h, w] = [2, 3, 2, 2];
    const image = randn([n, c, h, w]);
    const target = labels([0, 1, 2, 0, 2, 2, 1, 0]);
    const each = crossEntropy(image, target.reshape([n, h, w]), { reduction: "none" });
    expect(each.shape).toEqual([n, h, w]);
    const rows = image.permute([0, 2, 3, 1]).reshape([n * h * w, c]);
    expect(each.flatten().toArray()).toEqual(crossEntropy(rows, target, { reduction: "none" }).toArray());
    const hot = target.reshape([n, h, w]).oneHot(c).permute([0, 3, 1, 2]).cast("float32");
    expect(crossEntropy(image, hot).item()).toBeCloseTo(each.mean().item(), 6);
  });

  test("shapes that do not fit", () => {
    expect(() => crossEntropy(x, labels([0, 1]).reshape([2, 1]))).toThrow(
      "crossEntropy: prediction [2, 3] and target [2, 1] (int32) do not fit; expected labels [2] or float probabilities [2, 3]. Use target.squeeze(1).",
    );
    expect(() => crossEntropy(x, labels([1, 0, 0, 0, 1, 0]).reshape([2, 3]))).toThrow(
      'crossEntropy: prediction [2, 3] and target [2, 3] (int32) do not fit; expected labels [2] or float probabilities [2, 3]. One-hot integers are probabilities: use target.cast("float32").',
    );
    expect(() => crossEntropy(zeros([2, 7, 5]), labels(new Array(14).fill(0)).reshape([2, 7]))).toThrow(
      "crossEntropy: prediction [2, 7, 5] and target [2, 7] (int32) do not fit; expected labels [2, 5] or float probabilities [2, 7, 5]. " +
        "Classes stand on axis 1: use prediction.transpose(1, -1), or flatten both.",
    );
    expect(() => crossEntropy(tensor(1), labels([0]))).toThrow(
      "crossEntropy: the prediction is a scalar; expected logits [n, classes] or [n, classes, …].",
    );
    expect(() => crossEntropy(x, zeros([2], { dtype: "bool" }))).toThrow(
      "crossEntropy: target has dtype bool; expected labels or float probabilities. For yes-or-no classes use binaryCrossEntropy.",
    );
    expect(() => crossEntropy(x, labels([0, 1]), { smoothing: 0.1 } as never)).toThrow('crossEntropy: unknown option "smoothing"');
  });
});

describe("the other door: a prediction that is softmax's or sigmoid's output", () => {
  const y = labels([0, 2, 1, 1]);
  const weight = (): Parameter => new Parameter(tensor([[1, -2, 3], [0.5, 4, -1]])); // biome-ignore format: a matrix
  const x = tensor([[1, 2], [-1, 0.5], [3, 1], [0, -2]]); // biome-ignore format: a matrix

  /** Loss and gradient. */
  function run(loss: (logits: Tensor) => Tensor): [number, number[]] {
    const w = weight();
    const result = loss(x.matmul(w));
    const [gradient] = grad(result, w);
    return [result.item(), [...gradient.data]];
  }

  test("gives the same bits, and says so once", () => {
    const direct = run((z) => crossEntropy(z, y));
    expect(run((z) => crossEntropy(z.softmax(), y))).toEqual(direct);
    expect(run((z) => crossEntropy(z.softmax(1).reshape([2, 2, 3]).reshape([4, 3]), y))).toEqual(direct);
    const target = y.oneHot(3).cast("float32");
    const binary = run((z) => binaryCrossEntropy(z, target));
    expect(run((z) => binaryCrossEntropy(z.sigmoid(), target))).toEqual(binary);
    expect(run((z) => binaryCrossEntropy(z.reshape([12]).sigmoid().reshape([4, 3]), target))).toEqual(binary);
    expect(warn.mock.calls).toEqual([
      ["simdgrad: crossEntropy: the prediction is the output of softmax; the loss uses the logits behind it, which keep all digits."],
      ["simdgrad: binaryCrossEntropy: the prediction is the output of sigmoid; the loss uses the logits behind it, which keep all digits."],
    ]);
  });

  test("along the class axis of images", () => {
    const z = randn([2, 3, 2, 2], { requiresGrad: true });
    const target = labels([0, 1, 2, 0, 2, 2, 1, 0]).reshape([2, 2, 2]);
    const direct = crossEntropy(z, target);
    expect(crossEntropy(z.softmax(1), target).item()).toBe(direct.item());
    expect(logitsBehind(z.softmax(1), "softmax", 1)?.toArray()).toEqual(z.toArray());
    expect(logitsBehind(z.softmax(1).reshape([2, 3, 4]), "softmax", 1)?.shape).toEqual([2, 3, 4]);
  });

  test("is not taken where the softmax ran along another axis, or was something else", () => {
    const z = randn([3, 3], { requiresGrad: true });
    expect(logitsBehind(z.softmax(0), "softmax", 1)).toBe(null);
    expect(logitsBehind(z.softmax(1).reshape([9]), "softmax", 0)).toBe(null);
    expect(logitsBehind(z.softmax(1).transpose(), "softmax", 1)).toBe(null);
    expect(logitsBehind(z.softmax(1).mul(1), "softmax", 1)).toBe(null);
    expect(logitsBehind(z.sigmoid(), "softmax", 1)).toBe(null);
    const outside = crossEntropy(z.softmax(0), labels([0, 1, 2]));
    expect(outside.item()).toBe(crossEntropy(z.softmax(0), labels([0, 1, 2]), { fromLogits: true }).item());
    expect(warn).not.toHaveBeenCalled();
  });

  test("works without a graph behind layers", () => {
    const net = new Linear(2, 3);
    const softmax = new Activation("softmax");
    const dense = new Dense(3, { activation: "sigmoid" });
    const target = y.oneHot(3).cast("float32");
    const trained = crossEntropy(softmax.forward(net.forward(x)), y).item();
    expect(noGrad(() => crossEntropy(softmax.forward(net.forward(x)), y).item())).toBe(trained);
    const binary = binaryCrossEntropy(dense.forward(x), target).item();
    expect(noGrad(() => binaryCrossEntropy(dense.forward(x), target).item())).toBe(binary);
    // The logits are gone where noGrad ended before the loss: the probabilities are used.
    const kept = noGrad(() => softmax.forward(net.forward(x)));
    expect(crossEntropy(kept, y).item()).toBeCloseTo(trained, 5);
  });

  test("fromLogits: false computes from probabilities, of any origin", () => {
    const z = randn([4, 3]);
    const p = tensor(z.softmax().toArray());
    const trusted = crossEntropy(z, y, { labelSmoothing: 0.1 }).item();
    expect(crossEntropy(p, y, { labelSmoothing: 0.1, fromLogits: false }).item()).toBeCloseTo(trusted, 5);
    // Rows that do not add up to 1 are divided by their sum.
    expect(crossEntropy(p.mul(7), y, { labelSmoothing: 0.1, fromLogits: false }).item()).toBeCloseTo(trusted, 5);
    const q = tensor(z.sigmoid().toArray());
    const target = y.oneHot(3).cast("float32");
    expect(binaryCrossEntropy(q, target, { fromLogits: false }).item()).toBeCloseTo(binaryCrossEntropy(z, target).item(), 5);
    expect(warn).not.toHaveBeenCalled();
  });

  test("fromLogits: false stays finite at 0 and 1, and has the gradient of its formula", () => {
    const certain = tensor([[1, 0], [0, 1]], { requiresGrad: true }); // biome-ignore format: a matrix
    const loss = crossEntropy(certain, labels([1, 1]), { fromLogits: false });
    expect(loss.item()).toBe(50);
    loss.backward();
    expect([...(certain.grad as Tensor).data].every(Number.isFinite)).toBe(true);
    const p = tensor([[0.2, 0.8], [0.6, 0.4]], { dtype: "float64", requiresGrad: true }); // biome-ignore format: a matrix
    gradcheck((prediction) => crossEntropy(prediction, labels([1, 0]), { fromLogits: false }), [p]);
    gradcheck((prediction) => binaryCrossEntropy(prediction, tensor([[0, 1], [1, 0.5]]), { fromLogits: false }), [p]); // biome-ignore format: one line
  });
});

describe("infinite logits", () => {
  test.each(builds)("have the limit of binaryCrossEntropy, whatever the reduction and the weights, %s", (build) => {
    withBuild(build, () => {
      const x = tensor([Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity], { requiresGrad: true });
      const y = tensor([0, 0.9, 1, 0, 0.1, 1]);
      const limits = [Infinity, Infinity, 0, 0, Infinity, Infinity];
      for (const options of [{}, { weight: tensor(2) }, { posWeight: tensor(2) }, { weight: tensor(2), posWeight: tensor(3) }]) {
        const each = binaryCrossEntropy(x, y, { ...options, reduction: "none" });
        expect([...each.data]).toEqual(limits);
        expect(binaryCrossEntropy(x, y, options).item()).toBe(Infinity);
        each.sum().backward();
        expect([...(x.grad as Tensor).data].every(Number.isFinite)).toBe(true);
        x.grad = null;
      }
    });
  });
});

describe("fromLogits: false with what is no probability", () => {
  test.each(builds)("is refused by value and position, %s", (build) => {
    withBuild(build, () => {
      const problem = (value: string, position: number, where: string) =>
        `fromLogits is false, but prediction ${value} at position ${position} is ${where}. Of logits leave fromLogits out.`;
      for (const [value, text] of [[1.5, "1.5"], [-0.25, "-0.25"]] as const) // biome-ignore format: a list
        expect(failure(() => binaryCrossEntropy(tensor([0.5, value]), tensor([1, 1]), { fromLogits: false }))).toBe(
          `ARGUMENT binaryCrossEntropy: ${problem(text, 1, "outside 0 … 1")}`,
        );
      expect(failure(() => crossEntropy(tensor([[0.5, 0.5], [1.5, -0.5]]), labels([0, 0]), { fromLogits: false }))).toBe(
        `ARGUMENT crossEntropy: ${problem("-0.5", 3, "below 0")}`,
      ); // biome-ignore format: a matrix
    });
  });

  test("ends a captured step too", () => {
    const step = capture((p: Tensor) => binaryCrossEntropy(p, tensor([1, 0]), { fromLogits: false }));
    for (let i = 0; i < 4; i++) step(tensor([0.5, 0.25]));
    expect(step.status().state).toBe("replaying");
    expect(failure(() => step(tensor([0.5, 2])))).toMatch(
      /^ARGUMENT binaryCrossEntropy: fromLogits is false, but prediction 2 at position 1/,
    );
  });
});

describe("targets outside 0 … 1", () => {
  const x = tensor([[2, 0, 1], [0, 2, -1]], { requiresGrad: true }); // biome-ignore format: a matrix
  const binary = "Targets are 0, 1 or probabilities between; for labels −1 and 1 use y.add(1).div(2), for classes crossEntropy.";
  const soft = "Targets of the prediction's shape are probabilities; labels have no class axis.";

  test.each(builds)("are refused by value and position, %s", (build) => {
    withBuild(build, () => {
      const matrix = (...values: number[]) => tensor(values, { shape: [2, 3] });
      for (const options of [{}, { reduction: "none" as const }, { weight: tensor(2) }, { posWeight: tensor(2) }]) {
        expect(failure(() => binaryCrossEntropy(x, matrix(0, 1, 0.5, 1, 5, 7), options))).toBe(
          `ARGUMENT binaryCrossEntropy: target 5 at position 4 is outside 0 … 1. ${binary}`,
        );
      }
      expect(failure(() => binaryCrossEntropy(x, matrix(1, -1, 1, 1, -1, -1)))).toBe(
        `ARGUMENT binaryCrossEntropy: target -1 at position 1 is outside 0 … 1. ${binary}`,
      );
      expect(failure(() => crossEntropy(x, matrix(0, 0, 1, 0, 7, 0)))).toBe(
        `ARGUMENT crossEntropy: target 7 at position 4 is outside 0 … 1. ${soft}`,
      );
      // Rounding is no fault, nor does a fault stay behind.
      expect(binaryCrossEntropy(x, matrix(0, 1.0000001, -1e-7, 1, 1, 0)).item()).toBeGreaterThan(0);
      expect(crossEntropy(x, matrix(0, 1, 0, 1, 0, 0)).item()).toBeGreaterThan(0);
    });
  });

  test("also where a captured step is replayed", () => {
    const weight = new Parameter(tensor([1, 1, 1]));
    const step = capture((target: Tensor) => {
      const loss = binaryCrossEntropy(weight.mul(2), target);
      loss.backward();
      return loss;
    });
    const fine = () => step(tensor([0, 1, 1])).item();
    const expected = fine();
    for (let i = 0; i < 4; i++) expect(fine()).toBe(expected);
    expect(step.status().state).toBe("replaying");
    expect(failure(() => step(tensor([0, 1, 3])))).toBe(`ARGUMENT binaryCrossEntropy: target 3 at position 2 is outside 0 … 1. ${binary}`);
    expect(fine()).toBe(expected);
    expect(step.status().state).toBe("replaying");
  });

  test("fit trains nothing of such a batch", async () => {
    const model = new Sequential([new Dense(1, { inputShape: [2] })]).compile({ optimizer: "sgd", loss: "binaryCrossEntropy" });
    const before = [...(model.parameters()[0] as Tensor).data];
    await expect(model.fit({ x: zeros([4, 2]), y: [0, 1, 2, 1] }, { shuffle: false, verbose: 0 })).rejects.toThrow(
      "binaryCrossEntropy: target 2 at position 2 is outside 0 … 1.",
    );
    expect([...(model.parameters()[0] as Tensor).data]).toEqual(before);
  });
});
