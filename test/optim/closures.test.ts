/** What every optimizer must do whose step evaluates the loss: the registry is walked, so that none is left out. */
import { describe, expect, it } from "vitest";
import {
  capture,
  noGrad,
  type Optimizer,
  Parameter,
  parseOptimizerState,
  serializeOptimizerState,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { bentLoss, bentParameters } from "../support/closures.js";
import { failure } from "../support/errors.js";
import { closureRegistry, disposedOf, elements } from "../support/optimizers.js";

interface ClosureStep {
  step(closure?: unknown): Tensor;
}

describe.each(closureRegistry)("%s", (name, optimizer) => {
  const make = (params: Parameter[], options = {}) => {
    const made = disposedOf(new optimizer(params, options));
    return Object.assign(made, { step: made.step as unknown as ClosureStep["step"] });
  };

  it("checks every option", () => {
    for (const [option, { holds, expected }] of Object.entries(optimizer.options.options)) {
      for (const value of [-1, 0, 0.5, 1, 3, Infinity, Number.NaN, "1", null, true, {}]) {
        const make = () => new optimizer({ [option]: value });
        if (!holds(value)) expect(failure(make)).toMatch(new RegExp(`^ARGUMENT ${name}: ${option} is .*; expected ${expected}\\.`));
        else expect(make).not.toThrow();
      }
    }
    expect(failure(() => new optimizer({ lr: 1 }))).toMatch(/Did you mean "learningRate"\?$/);
    expect(failure(() => new optimizer({ max_iter: 1 }))).toMatch(/Did you mean "maxIter"\?$/);
  });

  it.each(["float32", "float64"] as const)("finds the least loss, %s", (dtype) => {
    const params = bentParameters(dtype);
    const made = make(params);
    const start = bentLoss(params).item();
    expect(made.step(() => bentLoss(params)).item()).toBe(start);
    for (let i = 0; i < 40; i++) made.step(() => bentLoss(params));
    expect(bentLoss(params).item()).toBeLessThan(1e-3 * start);
    expect(made.stepCount).toBe(41);
  });

  it.runIf(name !== "NewtonCG")("takes a closure that computes the gradients itself, as PyTorch's", () => {
    const [own, plain] = [bentParameters(), bentParameters()];
    const [one, other] = [make(own), make(plain)];
    for (let i = 0; i < 3; i++) {
      one.step(() => {
        one.zeroGrad();
        const loss = bentLoss(own);
        loss.backward({ retainGraph: true });
        return loss;
      });
      other.step(() => bentLoss(plain));
    }
    expect(elements(own)).toEqual(elements(plain));
  });

  it("continues bit for bit from a saved state, whatever the order of the names", () => {
    const params = bentParameters();
    const named = (of: readonly Parameter[]) => new Map(of.map((parameter, i) => [`p${i}`, parameter]));
    const made = make(named(params) as never);
    for (let i = 0; i < 3; i++) made.step(() => bentLoss(params));
    const saved = parseOptimizerState(serializeOptimizerState(made.stateDict()));
    const copies = params.map((parameter) => new Parameter(tensor(parameter.data, { shape: parameter.shape })));
    const other = make(new Map([...named(copies)].reverse()) as never);
    other.loadStateDict(saved);
    expect(other.stepCount).toBe(3);
    const again = make(named(params) as never);
    again.loadStateDict(saved);
    expect(again.stateDict()).toEqual(made.stateDict());
    for (let i = 0; i < 3; i++) {
      made.step(() => bentLoss(params));
      other.step(() => bentLoss(copies));
    }
    for (const [i, values] of elements(copies).entries())
      for (const [j, value] of values.entries()) expect(value).toBeCloseTo(params[i].data[j], 5);
  });

  it("continues bit for bit where parameters are of several element types", () => {
    const frequencies = tensor([1, 2, 3, 4, 5, 6, 7, 8]);
    const make = (): Parameter[] => [
      new Parameter(tensor([1.5, -2, 0.7, 3.3, -4.1, 0.2, 7, 8.8])),
      new Parameter(tensor([0.3, 0.9], { dtype: "float64" })),
    ];
    const loss = ([wave, other]: readonly Parameter[]): Tensor => {
      const product = other.sum().mul(wave.sum().cast("float64"));
      return wave.mul(frequencies).sin().square().sum().cast("float64").add(other.square().sum()).add(product.square());
    };
    const [params, copies] = [make(), make()];
    const [made, other] = [new optimizer(params), new optimizer(copies)].map(
      (one) => disposedOf(one) as unknown as ClosureStep & Optimizer,
    );
    for (let i = 0; i < 12; i++) made.step(() => loss(params));
    for (const [i, copy] of copies.entries()) noGrad(() => copy.assign(params[i]));
    other.loadStateDict(parseOptimizerState(serializeOptimizerState(made.stateDict())));
    for (let i = 0; i < 12; i++) {
      made.step(() => loss(params));
      other.step(() => loss(copies));
    }
    expect(elements(copies)).toEqual(elements(params));
  });

  it("leaves parameters and memory as they were if the closure throws", () => {
    const params = bentParameters();
    const made = make(params);
    for (let i = 0; i < 2; i++) made.step(() => bentLoss(params));
    for (const parameter of params) noGrad(() => parameter.assign(parameter.mul(1.5)));
    const [before, state] = [elements(params), made.stateDict()];
    let calls = 0;
    const failing = () => {
      if (++calls === 2) throw new Error("no more data");
      return bentLoss(params);
    };
    expect(() => made.step(failing)).toThrow("no more data");
    expect(elements(params)).toEqual(before);
    expect(made.stateDict()).toEqual(state);
  });

  it("does not move what is frozen or has no gradient", () => {
    const params = bentParameters();
    const frozen = new Parameter(tensor([3, 4]), { requiresGrad: false });
    const made = make([...params, frozen]);
    made.step(() => bentLoss(params).add(frozen.sum()));
    expect([...frozen.data]).toEqual([3, 4]);
  });

  it("refuses a parameter with a constraint", () => {
    const params = bentParameters();
    params[1].constraint = (x) => x.maximum(0);
    expect(failure(() => make(params).step(() => bentLoss(params)))).toContain("the parameter [2, 3] has a constraint");
  });

  it("says what is wrong with a call", () => {
    const params = bentParameters();
    const made = make(params);
    expect(failure(() => made.step())).toBe(
      `ARGUMENT ${name}: step() was called without a closure. Write optimizer.step(() => crossEntropy(net.forward(x), y)).`,
    );
    expect(failure(() => made.step(3))).toContain(`ARGUMENT ${name}: the closure is 3; expected a function.`);
    expect(failure(() => made.step(() => 3))).toContain(`ARGUMENT ${name}: the closure returned 3; expected the loss, a tensor.`);
    expect(failure(() => made.step(async () => bentLoss(params)))).toContain(`ARGUMENT ${name}: the closure returned a Promise`);
    expect(failure(() => made.step(() => params[0].mul(2)))).toContain(`SHAPE ${name}: the closure returned a loss of shape [2]`);
    expect(failure(() => make([]))).toContain("the list of parameters is empty");
    expect(failure(() => make(params, { clipNorm: 1 }))).toContain(`ARGUMENT ${name}: clipNorm is given; expected none`);
    expect(failure(() => make(params.map((one) => ({ params: [one] })) as never))).toContain("it has one group of parameters");
    expect(failure(() => made.addGroup({ params: bentParameters() }))).toContain("it has one group of parameters");
    expect(failure(() => new optimizer().step())).toContain(`ARGUMENT ${name}: step() was called without a closure`);
  });

  it("is not captured, its closure may be", () => {
    const [params, plain] = [bentParameters(), bentParameters()];
    const made = make(params);
    const whole = capture((x: Tensor) => {
      made.step(() => bentLoss(params).add(x.sum()));
      return x;
    });
    whole(tensor([0]));
    expect(failure(() => whole(tensor([0])))).toContain(`a step of ${name} goes by the numbers that it finds; capture its closure instead`);
    const other = make(plain);
    for (let i = 0; i < 3; i++) other.step(() => bentLoss(plain));
    expect(bentLoss(plain).item()).toBeLessThan(bentLoss(bentParameters()).item());
  });
});
