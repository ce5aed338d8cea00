import { describe, expect, test } from "vitest";
import { type CrossEntropyOptions, crossEntropy, grad, type Tensor, tensor, zeros } from "../../src/index.js";
import { checkOp, expectClose } from "../support/checkOp.js";
import { integers, uniform } from "../support/elements.js";
import { failure } from "../support/errors.js";
import { builds, random, withBuild } from "../support/kernels.js";

/** The formula of torch.nn.CrossEntropyLoss: labels, or a distribution for each row. */
function definition(logits: Tensor, target: number[] | number[][], options: CrossEntropyOptions = {}): number[] {
  const { reduction = "mean", labelSmoothing = 0, ignoreIndex = -100, classWeight } = options;
  const [, classes] = logits.shape;
  const w = Array.from({ length: classes }, (_, c) => classWeight?.data[c] ?? 1);
  const rows = (logits.toArray() as number[][]).map((x, i) => {
    const label = target[i];
    if (label === ignoreIndex) return { loss: 0, weight: 0 };
    const q = typeof label === "number" ? x.map((_, c) => Number(c === label)) : label;
    const logSum = Math.log(x.reduce((sum, value) => sum + Math.exp(value), 0));
    const loss = x.reduce((sum, value, c) => sum + w[c] * ((1 - labelSmoothing) * q[c] + labelSmoothing / classes) * (logSum - value), 0);
    return { loss, weight: typeof label === "number" ? w[label] : 1 };
  });
  const sum = rows.reduce((total, { loss }) => total + loss, 0);
  if (reduction === "none") return rows.map(({ loss }) => loss);
  return [reduction === "sum" ? sum : sum / rows.reduce((total, { weight }) => total + weight, 0)];
}

/** Rows that sum to 1. */
function distributions(n: number, classes: number): number[][] {
  const next = random(5);
  return Array.from({ length: n }, () => {
    const row = Array.from({ length: classes }, () => Math.fround(next()));
    const sum = row.reduce((total, value) => total + value, 0);
    return row.map((value) => Math.fround(value / sum));
  });
}

const VARIANTS: Record<string, (classes: number) => CrossEntropyOptions> = {
  "the defaults": () => ({}),
  sum: () => ({ reduction: "sum" }),
  none: () => ({ reduction: "none" }),
  smoothing: () => ({ labelSmoothing: 0.3 }),
  "nothing but smoothing": () => ({ labelSmoothing: 1 }),
  "class weights": (classes) => ({ classWeight: uniform([classes], 3).abs() }),
  "class weights and smoothing, each row": (classes) => ({
    classWeight: uniform([classes], 3).abs(),
    labelSmoothing: 0.1,
    reduction: "none",
  }),
};

for (const [name, optionsOf] of Object.entries(VARIANTS)) {
  describe(`crossEntropy with ${name}`, () => {
    for (const classes of [1, 3, 4, 5, 17, 64]) {
      const options = optionsOf(classes);
      const n = 4;
      const labels = Array.from({ length: n }, (_, i) => (3 * i) % classes);
      const result = options.reduction === "none" ? [n] : [];
      test(`labels of ${classes} classes`, () => {
        for (const dtype of ["int32", "uint8"] as const) {
          const target = tensor(labels, { dtype });
          checkOp({ op: (x) => crossEntropy(x, target, options), shapes: [[n, classes]], result, second: classes < 17 });
          const x = uniform([n, classes]);
          for (const build of builds) {
            expectClose(
              build,
              withBuild(build, () => crossEntropy(x, target, options)),
              tensor(definition(x, labels, options)).reshape(result),
            );
          }
        }
      });
      test(`probabilities of ${classes} classes`, () => {
        const rows = distributions(n, classes);
        checkOp({ op: (x) => crossEntropy(x, tensor(rows), options), shapes: [[n, classes]], result, second: classes < 17 });
        const x = uniform([n, classes]);
        for (const build of builds) {
          const found = withBuild(build, () => crossEntropy(x, tensor(rows), options));
          expectClose(build, found, tensor(definition(x, rows, options)).reshape(result));
        }
      });
    }
  });
}

describe("ignored labels", () => {
  const x = uniform([4, 3]);
  test("count for nothing", () => {
    const classWeight = tensor([1, 2, 4]);
    for (const [labels, options] of [
      [[0, -100, 2, -100], {}],
      [[0, -100, 2, -100], { reduction: "none" }],
      [[0, 1, 2, 1], { ignoreIndex: 1, classWeight }],
      [[0, 1, 2, 1], { ignoreIndex: 1, labelSmoothing: 0.2, reduction: "sum" }],
    ] as [number[], CrossEntropyOptions][]) {
      checkOp({ op: (y) => crossEntropy(y, integers(labels), options), shapes: [[4, 3]] });
      for (const build of builds) {
        const found = withBuild(build, () => crossEntropy(x, integers(labels), options));
        expectClose(build, found.flatten(), definition(x, labels, options));
      }
    }
  });
  test("a mean of nothing is NaN, its gradient 0", () => {
    for (const build of builds) {
      withBuild(build, () => {
        const logits = uniform([2, 3], 1, { requiresGrad: true });
        const loss = crossEntropy(logits, integers([-100, -100]));
        expect(loss.item()).toBeNaN();
        expect(new Set(grad(loss, logits)[0].data)).toEqual(new Set([0]));
      });
    }
    expect(crossEntropy(zeros([0, 3]), integers([])).item()).toBeNaN();
    expect(crossEntropy(zeros([0, 3]), integers([]), { reduction: "sum" }).item()).toBe(0);
  });
  test("uint8 labels", () => {
    const labels = tensor([0, 255, 2, 1], { dtype: "uint8" });
    expectClose("255", crossEntropy(x, labels, { ignoreIndex: 255 }).flatten(), definition(x, [0, 255, 2, 1], { ignoreIndex: 255 }));
  });
});

test("great logits do not overflow", () => {
  for (const build of builds) {
    withBuild(build, () => {
      const logits = tensor([[1000, 0, -1000]]);
      expectClose(build, crossEntropy(logits, integers([0])), tensor(0));
      expectClose(build, crossEntropy(logits, integers([2])), tensor(2000));
    });
  }
});

test("logits of integers, weights of another type", () => {
  const logits = tensor([[1, 2]], { dtype: "int32" });
  const found = crossEntropy(logits, integers([0]), { classWeight: tensor([2, 1], { dtype: "float64" }), reduction: "sum" });
  expect(found.dtype).toBe("float32");
  expectClose("sum", found, [2 * Math.log(1 + Math.E)]);
});

test("no gradient for the target", () => {
  const [logits, target] = [
    uniform([2, 3], 1, { requiresGrad: true }),
    tensor(
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
      { requiresGrad: true },
    ),
  ];
  expect(grad(crossEntropy(logits, target), [logits, target], { allowUnused: true })[1]).toBe(null);
});

describe("crossEntropy errors", () => {
  const x = zeros([2, 3]);
  test("labels outside the classes", () => {
    for (const build of builds) {
      withBuild(build, () => {
        expect(failure(() => crossEntropy(x, integers([0, 3])))).toBe(
          "INDEX crossEntropy: label 3 at position 1 is outside 0 … 2. Check the labels, the number of logits, or set ignoreIndex.",
        );
        expect(failure(() => crossEntropy(x, integers([-1, 3])))).toBe(
          "INDEX crossEntropy: label -1 at position 0 is outside 0 … 2. Check the labels, the number of logits, or set ignoreIndex.",
        );
        // The fault does not stay behind.
        expect(crossEntropy(x, integers([0, 2])).item()).toBeCloseTo(Math.log(3));
      });
    }
  });
  test("class weights of another length", () => {
    expect(failure(() => crossEntropy(x, integers([0, 1]), { classWeight: tensor([1, 2]) }))).toBe(
      "SHAPE crossEntropy: classWeight has shape [2]; expected [3], one weight a class.",
    );
  });
  test("arguments", () => {
    const y = integers([0, 1]);
    expect(failure(() => crossEntropy(x, y, { classWeight: [1, 2, 3] as never }))).toBe(
      "ARGUMENT crossEntropy: classWeight is an array of length 3; expected a tensor, or null. Wrap it with tensor(…).",
    );
    expect(failure(() => crossEntropy(x, y, { reduction: "avg" as never }))).toBe(
      'ARGUMENT crossEntropy: reduction is "avg"; expected "mean", "sum" or "none".',
    );
    expect(failure(() => crossEntropy(x, y, { labelSmoothing: 1.5 }))).toBe(
      "ARGUMENT crossEntropy: labelSmoothing is 1.5; expected a number from 0 to 1.",
    );
    expect(failure(() => crossEntropy(x, y, { ignoreIndex: 0.5 }))).toBe(
      "ARGUMENT crossEntropy: ignoreIndex is 0.5; expected a whole number from -2147483648 to 2147483647.",
    );
    expect(failure(() => crossEntropy(x, y, { smoothing: 0.1 } as never))).toBe(
      'ARGUMENT crossEntropy: unknown option "smoothing". Known: reduction, labelSmoothing, ignoreIndex, classWeight, fromLogits. Did you mean "labelSmoothing"?',
    );
    expect(failure(() => crossEntropy(x, y, { weights: tensor([1]) } as never))).toBe(
      'ARGUMENT crossEntropy: unknown option "weights". Known: reduction, labelSmoothing, ignoreIndex, classWeight, fromLogits. Did you mean "classWeight"?',
    );
    expect(failure(() => crossEntropy(x, y, "sum" as never))).toBe(
      'ARGUMENT crossEntropy: the options are "sum"; expected an object. Write { reduction: "sum" }.',
    );
  });
});
