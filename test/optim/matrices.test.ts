/** Optimizers that look at matrices: Adafactor and Muon, whose states have shapes of their own or are missing. */
import { describe, expect, it } from "vitest";
import { capture, Embedding, manualSeed, mse, Parameter, randn, type Tensor, tensor } from "../../src/index.js";
import { stateArena } from "../../src/memory/arena.js";
import { Adafactor, Muon, type Optimizer } from "../../src/optim/index.js";
import { builds, withBuild } from "../support/kernels.js";
import { disposedOf, elements } from "../support/optimizers.js";

type Options = { learningRate?: number; globalClipNorm?: number };

/** Parameters after three steps, by PyTorch's formulas in float64. */
const CASES: [string, number[], (x: Parameter[]) => Optimizer, number[]][] = [
  [
    "Muon, a flat matrix",
    [2, 3],
    (x) => new Muon(x, { learningRate: 0.1 }),
    [-0.5022984248, -0.4694318624, -0.201129331, -0.06266637327, 0.1153652121, 0.4424601852],
  ],
  [
    "Muon, a tall one, plain momentum, another polynomial, rates as AdamW's",
    [4, 2],
    (x) =>
      new Muon(x, {
        ...{ learningRate: 0.1, momentum: 0.5, nesterov: false, weightDecay: 0 },
        ...{ nsSteps: 3, nsCoefficients: [2, -1.5, 0.5], adjustLearningRate: "matchRmsAdamw" },
      }),
    [-0.656539345, -0.5058662519, -0.2478696945, -0.02270671024, 0.2325562749, 0.4656574903, 0.7050031567, 0.9264331103],
  ],
  [
    "Adafactor, a matrix",
    [2, 3],
    (x) => new Adafactor(x, { learningRate: 0.1 }),
    [-0.659207845, -0.4869223733, -0.2455743724, -0.01233975099, 0.1435235606, 0.4043696119],
  ],
  [
    "Adafactor, three axes, all options",
    [2, 2, 2],
    (x) => new Adafactor(x, { learningRate: 0.5, weightDecay: 0.1, clipThreshold: 1.5, epsilon1: 0.01, beta2Decay: -0.5 }),
    [-0.1666249324, -0.3517720409, -0.3526003765, -0.1170546245, -0.09803959205, 0.2435815107, 0.4333032955, 0.5172080371],
  ],
];

describe.each(CASES)("%s", (_, shape, make, expected) => {
  const steps = (dtype: "float32" | "float64") => {
    const n = expected.length;
    const x = new Parameter(
      tensor(
        Array.from({ length: n }, (_, i) => (i + 1) / 4 - 1),
        { shape, dtype },
      ),
    );
    const optimizer = disposedOf(make([x]));
    for (let t = 0; t < 3; t++) {
      const slope = [...x.data].map((value, i) => (((i * 7 + 3 * t) % 11) - 5) / 8 + value / 2);
      x.grad = tensor(slope, { shape, dtype });
      optimizer.step();
    }
    return [...x.data];
  };

  it("in float64", () => {
    for (const [i, x] of steps("float64").entries()) expect(x).toBeCloseTo(expected[i], 8);
  });

  it.each(builds)("in float32, %s", (build) => {
    for (const [i, x] of withBuild(build, () => steps("float32")).entries()) expect(Math.abs(x - expected[i])).toBeLessThan(1e-5);
  });
});

/** A matrix, a kernel of a convolution, a vector, another matrix. */
const made = (): Parameter[] => {
  manualSeed(4);
  return [[3, 4], [2, 1, 2, 2], [5], [4, 3]].map((shape) => new Parameter(randn(shape))); // biome-ignore format: a table
};

const OPTIMIZERS: [string, (params: Parameter[], options?: Options) => Optimizer][] = [
  ["Adafactor", (params, options) => disposedOf(new Adafactor(params, options))],
  ["Muon", (params, options) => disposedOf(new Muon(params, options))],
];

describe.each(OPTIMIZERS)("%s", (_, make) => {
  const advance = (params: Parameter[], optimizer: Optimizer, from: number, to: number, between = () => {}): void => {
    for (let t = from; t < to; t++) {
      for (const parameter of params)
        parameter
          .sub(t / 8)
          .square()
          .sum()
          .backward();
      optimizer.step();
      optimizer.zeroGrad();
      between();
    }
  };

  it("continues from a saved state, bit for bit", () => {
    const params = made();
    const optimizer = make(params, { learningRate: 0.1 });
    advance(params, optimizer, 0, 3);
    const copies = params.map((parameter) => new Parameter(tensor(parameter.data, { shape: parameter.shape })));
    const other = make(copies);
    advance(copies.slice(0, 1), other, 0, 1);
    for (const [i, copy] of copies.entries()) copy.assign(params[i]);
    const saved = optimizer.stateDict();
    other.loadStateDict(saved);
    expect(other.stateDict()).toEqual(saved);
    advance(params, optimizer, 3, 6);
    advance(copies, other, 3, 6);
    expect(elements(copies)).toEqual(elements(params));
    expect(() => make(copies).loadStateDict({ ...saved, parameters: [...saved.parameters].reverse() })).toThrow(
      /is missing|; expected|the /,
    );
  });

  it("has the same bits where its states rest between steps", () => {
    const [params, others] = [made(), made()];
    const [one, other] = [make(params), make(others)];
    advance(params, one, 0, 6);
    advance(others, other, 0, 6, () => other.rest());
    expect(elements(others)).toEqual(elements(params));
  });

  it("captured and eager, the same bits", () => {
    const run = (captured: boolean): number[][] => {
      const params = made();
      const optimizer = make(params, { globalClipNorm: 1 });
      const step = (x: Tensor) => {
        for (const parameter of params) parameter.sub(x).square().sum().backward();
        optimizer.step();
        optimizer.zeroGrad();
      };
      const go = captured ? capture(step) : step;
      for (let t = 0; t < 8; t++) go(tensor(t / 8));
      if (captured) expect((go as ReturnType<typeof capture>).status().replays).toBeGreaterThan(0);
      return elements(params);
    };
    expect(run(true)).toEqual(run(false));
  });

  it("leaves a zero matrix without a gradient's direction where it is", () => {
    const x = new Parameter(tensor([[0, 0], [0, 0]])); // biome-ignore format: a table
    const optimizer = make([x]);
    x.grad = tensor([[0, 0], [0, 0]]); // biome-ignore format: a table
    optimizer.step();
    expect([...x.data]).toEqual([0, 0, 0, 0]);
  });
});

describe("Adafactor", () => {
  it("has m + n numbers for a matrix [m, n]", () => {
    const [matrix, kernel, vector] = made();
    const optimizer = disposedOf(new Adafactor([matrix, kernel, vector]));
    for (const parameter of [matrix, kernel, vector]) parameter.grad = parameter.mul(2).detach();
    optimizer.step();
    const shapes = optimizer
      .stateDict()
      .parameters.map(({ states }) => Object.entries(states).map(([name, { shape }]) => [name, ...shape]));
    expect(shapes).toEqual([
      [["rows", 3, 1], ["columns", 1, 4]],
      [["rows", 2, 1, 2, 1], ["columns", 2, 1, 1, 2]],
      [["v", 5]],
    ]); // biome-ignore format: a table
  });

  it("takes no more memory than that", () => {
    const x = new Parameter(randn([256, 256]));
    x.grad = randn([256, 256]);
    const optimizer = disposedOf(new Adafactor([x]));
    const before = stateArena.used;
    optimizer.step();
    expect(stateArena.used - before).toBe(2 * 4 * 256);
  });
});

describe("Muon", () => {
  it("brings the singular values of a step near 1", () => {
    const x = new Parameter(tensor([[0, 0], [0, 0]])); // biome-ignore format: a table
    x.grad = tensor([[3, 0], [0, 0.5]]); // biome-ignore format: a table
    disposedOf(new Muon([x], { learningRate: 1, weightDecay: 0 })).step();
    const [a, b, c, d] = x.data;
    expect([Math.abs(b), Math.abs(c)].every((value) => value < 1e-6)).toBe(true);
    for (const value of [a, d]) expect(Math.abs(value + 1)).toBeLessThan(0.35);
  });

  it("leaves a group to AdamW where it is told to", () => {
    const [table, head] = [new Embedding(5, 3), new Parameter(randn([3, 3]))];
    const optimizer = disposedOf(
      new Muon([{ params: table.parameters(), orthogonalize: false }, { params: [head] }], { learningRate: 0.1 }),
    );
    const x = table.forward(tensor([0, 1, 4], { dtype: "int32" })).matmul(head);
    mse(x, randn([3, 3])).backward();
    optimizer.step();
    expect(optimizer.stateDict().parameters.map(({ states }) => Object.keys(states))).toEqual([["m", "v"], ["momentum"]]);
  });

  it("says what is wrong with an option", () => {
    expect(() => new Muon({ nsCoefficients: [1, 2] as never })).toThrow("Muon: nsCoefficients is [1, 2]; expected three finite numbers.");
    expect(() => new Muon({ nsSteps: 0 })).toThrow("Muon: nsSteps is 0; expected a whole number from 1 to below 100.");
  });
});
