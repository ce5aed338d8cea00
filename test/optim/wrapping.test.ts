/** Optimizers that wrap others: SAM, ASAM, Lookahead, held against their formulas in float64. */
import { describe, expect, it } from "vitest";
import {
  Adam,
  ASAM,
  type Callback,
  capture,
  Dense,
  DivergedError,
  LBFGS,
  Lookahead,
  manualSeed,
  Parameter,
  parseOptimizerState,
  randint,
  randn,
  SAM,
  Sequential,
  SGD,
  serializeOptimizerState,
  type Tensor,
  tensor,
} from "../../src/index.js";
import type { Optimizer } from "../../src/optim/index.js";
import { bentLoss, bentParameters } from "../support/closures.js";
import { failure } from "../support/errors.js";
import { disposedOf, elements } from "../support/optimizers.js";
import { replaysDuring } from "../support/replays.js";

type Vector = number[];
const A = [
  [3, 0.5, 0.2],
  [0.5, 2, 0.3],
  [0.2, 0.3, 1],
];
const START = [1.5, -1, 2];
/** ½ xᵀAx, and its gradient Ax. */
const gradientOf = (x: Vector): Vector => A.map((row) => row.reduce((sum, a, j) => sum + a * x[j], 0));
const lossOf = (x: Parameter): Tensor =>
  tensor(A.flat(), { shape: [3, 3], dtype: x.dtype })
    .mul(x)
    .mul(x.reshape([3, 1]))
    .sum()
    .mul(0.5);

/** Ten steps of SGD with momentum along the gradient at x + ε(x). */
function reference(ascent: (x: Vector, g: Vector) => Vector): Vector {
  let [x, v] = [START, [0, 0, 0]];
  for (let step = 0; step < 10; step++) {
    const e = ascent(x, gradientOf(x));
    const g = gradientOf(x.map((value, i) => value + e[i]));
    v = v.map((value, i) => 0.9 * value + g[i]);
    x = x.map((value, i) => value - 0.05 * v[i]);
  }
  return x;
}

const norm = (x: Vector): number => Math.hypot(...x);
const plain = (rho: number) => (_: Vector, g: Vector) => g.map((value) => (rho * value) / (norm(g) + 1e-12));
const adaptive = (rho: number, eta: number) => (x: Vector, g: Vector) => {
  const t = x.map((value) => Math.abs(value) + eta);
  const length = norm(g.map((value, i) => value * t[i])) + 1e-12;
  return g.map((value, i) => (rho * t[i] * t[i] * value) / length);
};

const SGD_SPEC = { name: "sgd", learningRate: 0.05, momentum: 0.9 } as const;
const CASES: [string, () => SAM, Vector][] = [
  ["SAM", () => new SAM(SGD_SPEC, { rho: 0.3 }), reference(plain(0.3))],
  ["SAM, defaults", () => new SAM(new SGD({ learningRate: 0.05, momentum: 0.9 })), reference(plain(0.05))],
  ["SAM, adaptive", () => new SAM(SGD_SPEC, { rho: 0.4, adaptive: true, eta: 0.1 }), reference(adaptive(0.4, 0.1))],
  ["ASAM", () => new ASAM({ optimizer: SGD_SPEC }), reference(adaptive(0.5, 0.01))],
];

describe.each(CASES)("%s", (_, make, expected) => {
  it.each(["float32", "float64"] as const)("follows its formula, %s", (dtype) => {
    const x = new Parameter(tensor(START, { dtype }));
    const optimizer = disposedOf(make().bind([x]));
    for (let i = 0; i < 10; i++) optimizer.step(() => lossOf(x));
    for (const [i, value] of expected.entries()) expect(x.data[i]).toBeCloseTo(value, dtype === "float64" ? 12 : 4);
    expect(optimizer.stepCount).toBe(10);
  });

  it("captured: the same bits", () => {
    const run = (captured: boolean) => {
      const x = new Parameter(tensor(START));
      const optimizer = disposedOf(make().bind([x]));
      const body = (y: Tensor) => optimizer.step(() => lossOf(x).add(y.sum()));
      const step = captured ? capture(body) : body;
      const losses = Array.from({ length: 8 }, () => step(tensor([0])).item());
      if (captured) expect((step as ReturnType<typeof capture>).status().replays).toBeGreaterThan(4);
      return { losses, x: [...x.data] };
    };
    expect(run(true)).toEqual(run(false));
  });
});

describe("Lookahead", () => {
  it.each(["float32", "float64"] as const)("follows its formula, %s", (dtype) => {
    const [fast, x] = [new Parameter(tensor(START, { dtype })), new Parameter(tensor(START, { dtype }))];
    const inner = disposedOf(new SGD([fast], { learningRate: 0.05, momentum: 0.9 }));
    const optimizer = disposedOf(new Lookahead(new SGD([x], { learningRate: 0.05, momentum: 0.9 }), { k: 3, alpha: 0.4 }));
    let slow = [...fast.data];
    for (let step = 1; step <= 10; step++) {
      lossOf(fast).backward();
      inner.step();
      inner.zeroGrad();
      if (step % 3 === 0) {
        const now = [...fast.data];
        slow = slow.map((value, i) => value + 0.4 * (now[i] - value));
        fast.assign(tensor(slow, { dtype }));
      }
      lossOf(x).backward();
      optimizer.step();
      optimizer.zeroGrad();
      for (const [i, value] of fast.data.entries()) expect(x.data[i]).toBeCloseTo(value, dtype === "float64" ? 14 : 6);
    }
  });

  it("captured: the same bits, though only every k-th step is another one", () => {
    const run = (captured: boolean) => {
      const params = bentParameters();
      const optimizer = disposedOf(new Lookahead(new Adam(params, { learningRate: 0.05 }), { k: 4 }));
      const body = (y: Tensor) => {
        const loss = bentLoss(params).add(y.sum());
        loss.backward();
        optimizer.step();
        optimizer.zeroGrad();
        return loss;
      };
      const step = captured ? capture(body) : body;
      const losses = Array.from({ length: 14 }, () => step(tensor([0])).item());
      if (captured) expect((step as ReturnType<typeof capture>).status().replays).toBeGreaterThan(9);
      return { losses, weights: elements(params) };
    };
    expect(run(true)).toEqual(run(false));
  });

  it("wraps SAM", () => {
    const x = new Parameter(tensor(START));
    const optimizer = disposedOf(new Lookahead(new SAM(SGD_SPEC), { k: 2 })).bind([x]);
    const before = lossOf(x).item();
    for (let i = 0; i < 6; i++) optimizer.step(() => lossOf(x));
    expect(optimizer.stepCount).toBe(6);
    expect(lossOf(x).item()).toBeLessThan(0.5 * before);
  });
});

const WRAPPERS: [string, (inner: Optimizer | string) => SAM | Lookahead][] = [
  ["SAM", (inner) => new SAM(inner as never)],
  ["ASAM", (inner) => new ASAM(inner as never)],
  ["Lookahead", (inner) => new Lookahead(inner as never, { k: 3 })],
];

describe.each(WRAPPERS)("%s", (name, wrap) => {
  const advance = (optimizer: Optimizer, params: Parameter[], steps: number) => {
    for (let i = 0; i < steps; i++) {
      if (name === "Lookahead") {
        bentLoss(params).backward();
        optimizer.step();
        optimizer.zeroGrad();
      } else (optimizer as SAM).step(() => bentLoss(params));
    }
  };

  it("continues bit for bit from a saved state", () => {
    const params = bentParameters();
    const made = disposedOf(wrap(new Adam(params)));
    advance(made, params, 4);
    const saved = parseOptimizerState(serializeOptimizerState(made.stateDict()));
    expect(saved.optimizer).toBe(`${name}(Adam)`);
    const copies = params.map((parameter) => new Parameter(tensor(parameter.data, { shape: parameter.shape })));
    const other = disposedOf(wrap(new Adam(copies)));
    other.loadStateDict(saved);
    expect(other.stateDict().stepCount).toBe(4);
    advance(made, params, 5);
    advance(other, copies, 5);
    expect(elements(copies)).toEqual(elements(params));
    expect(failure(() => other.loadStateDict(new Adam(copies).stateDict()))).toContain(
      `the state is of "Adam"; this optimizer is "${name}"`,
    );
  });

  it("is its optimizer where rates and groups are meant", () => {
    const params = bentParameters();
    const made = disposedOf(wrap(new SGD({ learningRate: 0.5 })));
    expect(made.bound).toBe(false);
    made.bind([{ params: [params[0]], learningRate: 0.25 }, { params: [params[1]] }] as never);
    made.addGroup({ params: [params[2]] } as never);
    expect(made.groups.map(({ learningRate }) => learningRate)).toEqual([0.25, 0.5, 0.5]);
    made.learningRate = 0.125;
    expect([made.learningRate, made.wrapped.learningRate, made.currentLearningRate]).toEqual([0.125, 0.125, 0.25]);
  });

  it("says what is wrong with a call", () => {
    expect(failure(() => wrap(bentParameters() as never))).toContain(`ARGUMENT ${name}: parameters were given; expected an optimizer`);
    expect(wrap(undefined as never).wrapped).toBeInstanceOf(SGD);
    expect(failure(() => wrap(new LBFGS()))).toContain(`ARGUMENT ${name}: the optimizer is LBFGS, which searches for its step`);
    if (name !== "Lookahead") {
      for (const inner of [new SAM("sgd"), new ASAM("sgd"), new Lookahead(new SAM("sgd"))]) {
        const { type } = (inner instanceof Lookahead ? inner.wrapped : inner).constructor as typeof Optimizer;
        expect(failure(() => wrap(inner))).toBe(
          `ARGUMENT ${name}: the optimizer has ${type} within, which climbs as well. Wrap one such as "sgd" or "adam", and add rho up.`,
        );
      }
    }
    expect(failure(() => wrap("sdg"))).toContain(`ARGUMENT ${name}: unknown optimizer "sdg"`);
    const unbound = wrap("sgd");
    expect(failure(() => (name === "Lookahead" ? unbound.step() : unbound.step(() => tensor(0))))).toContain("has no parameters yet");
  });

  it("trains in fit by its name, captured with the same bits", async () => {
    const run = async (capture: boolean) => {
      manualSeed(2);
      const model = new Sequential([new Dense(6, { activation: "tanh" }), new Dense(3)]);
      const optimizer = { name: name.toLowerCase(), optimizer: { name: "sgd", learningRate: 0.1, momentum: 0.9 } } as never;
      model.compile({ optimizer, loss: "crossEntropy", metrics: ["accuracy"] });
      const data = { x: randn([40, 4]), y: randint(0, 3, [40]) };
      const seen: number[] = [];
      const callback: Callback = { onStep: (batch) => void seen.push(batch) };
      let figures: Record<string, number[]> = {};
      const replays = await replaysDuring(async () => {
        figures = (await model.fit(data, { batchSize: 8, epochs: 5, verbose: 0, capture, callbacks: [callback] })).history;
      });
      expect(seen).toHaveLength(25);
      expect(replays > 15).toBe(capture);
      return { figures, weights: model.parameters().map((parameter) => [...parameter.data]) };
    };
    const found = await run(true);
    expect(found).toEqual(await run(false));
    expect(found.figures.loss[4]).toBeLessThan(found.figures.loss[0]);
  });
});

it("options are checked, and those of the wrapped optimizer are refused", () => {
  expect(failure(() => new SAM("sgd", { rho: 0 }))).toContain("ARGUMENT SAM: rho is 0; expected a number > 0");
  expect(failure(() => new SAM("sgd", { eta: -1 }))).toContain("ARGUMENT SAM: eta is -1");
  expect(failure(() => new ASAM("sgd", { adaptive: true } as never))).toContain('ARGUMENT ASAM: unknown option "adaptive"');
  expect(failure(() => new Lookahead("sgd", { k: 0 }))).toContain("ARGUMENT Lookahead: k is 0; expected a whole number ≥ 1");
  expect(failure(() => new Lookahead("sgd", { alpha: 1.5 }))).toContain("ARGUMENT Lookahead: alpha is 1.5");
  expect(failure(() => new SAM("sgd", { learningRate: 0.1 } as never))).toBe(
    'ARGUMENT SAM: learningRate belongs to the optimizer that is wrapped. Write new SAM({ name: "sgd", learningRate: … }).',
  );
});

it("SAM comes back from the height if the closure throws, also where a captured step does", async () => {
  const x = new Parameter(tensor(START));
  const optimizer = disposedOf(new SAM(SGD_SPEC).bind([x]));
  optimizer.step(() => lossOf(x));
  const before = [...x.data];
  let calls = 0;
  const failing = () => {
    if (++calls === 2) throw new Error("no more data");
    return lossOf(x);
  };
  expect(() => optimizer.step(failing)).toThrow("no more data");
  expect([...x.data]).toEqual(before);

  // √ of w: on the height w · x is below 0 where it was above before, so that the loss of the second evaluation is NaN.
  manualSeed(1);
  for (const capture of [true, false]) {
    const model = new Sequential([new Dense(1, { bias: false, weightInitializer: "ones" })]);
    const root = Object.assign((output: Tensor) => output.sqrt().mean().neg().add(output.mean().mul(2)), { capturable: true });
    model.compile({ optimizer: new SAM({ name: "sgd", learningRate: 0.02 }, { rho: 0.3 }), loss: root });
    const weight = (): number[] => [...model.parameters()[0].data];
    model.forward(tensor([[1]]));
    const seen: number[][] = [];
    const watch = { onBatchEnd: () => void seen.push(weight()) };
    const data = { x: tensor(new Float32Array(60).fill(1), { shape: [60, 1] }), y: tensor(new Float32Array(60), { shape: [60, 1] }) };
    const fit = model.fit(data, { batchSize: 1, epochs: 2, verbose: 0, capture, callbacks: [watch] });
    await expect(fit).rejects.toThrow(DivergedError);
    expect(seen.length).toBeGreaterThan(20);
    expect(weight()).toEqual(seen.at(-1));
  }
});
