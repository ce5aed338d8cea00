import { describe, expect, it } from "vitest";
import { Parameter, type Tensor, tensor, zeros } from "../../src/index.js";
import { Adam, cosineDecay, type Optimizer, type OptimizerState, SGD } from "../../src/optim/index.js";
import { failure } from "../support/errors.js";
import { elements, everyOptimizer, parameters, setGradients } from "../support/optimizers.js";

const SIZES = [7, 64, 1];

function train(optimizer: Optimizer, params: Parameter[], from: number, to: number): void {
  for (let step = from; step < to; step++) {
    // The second parameter comes in late.
    setGradients(step < 2 ? [params[0], params[2]] : params, step);
    optimizer.step();
    optimizer.zeroGrad();
  }
}

/** As a file would give it back: all but the tensors through JSON. */
function saved({ parameters, ...rest }: OptimizerState): OptimizerState {
  const copies = parameters.map(({ states, ...one }) => ({ ...(JSON.parse(JSON.stringify(one)) as typeof one), states }));
  return { ...(JSON.parse(JSON.stringify(rest)) as typeof rest), parameters: copies };
}

describe.each(everyOptimizer)("%s", (_, make) => {
  it.each(["float32", "float64"] as const)("continues bit for bit from a saved state, %s", (dtype) => {
    const whole = parameters(SIZES, dtype);
    const optimizer = make(whole);
    train(optimizer, whole, 0, 4);
    const state = saved(optimizer.stateDict());
    const resumed = whole.map((parameter) => new Parameter(tensor(parameter.data, { dtype })));
    train(optimizer, whole, 4, 8);
    const other = make(resumed);
    other.loadStateDict(state);
    expect(other.stepCount).toBe(4);
    train(other, resumed, 4, 8);
    expect(elements(resumed)).toEqual(elements(whole));
  });
});

describe("stateDict", () => {
  it("holds copies", () => {
    const x = new Parameter(tensor([1]));
    const optimizer = new SGD([x], { momentum: 0.5, learningRate: 1 });
    x.grad = tensor([2]);
    optimizer.step();
    const state = optimizer.stateDict();
    optimizer.step();
    expect(state.parameters[0].states.velocity.toArray()).toEqual([2]);
    expect(state).toMatchObject({
      optimizer: "SGD",
      stepCount: 1,
      groups: [{ learningRate: 1, options: { momentum: 0.5, nesterov: false }, parameters: [0] }],
      parameters: [{ name: "", steps: 1, products: [] }],
    });
    optimizer.loadStateDict(state);
    expect(optimizer.stepCount).toBe(1);
  });

  it("of a parameter that was never updated has no moments, and loading it clears them", () => {
    const x = new Parameter(tensor([1]));
    const optimizer = new Adam([x]);
    const fresh = optimizer.stateDict();
    expect(fresh.parameters).toEqual([{ name: "", steps: 0, products: [], states: {} }]);
    const first = () => {
      x.assign(tensor([1]));
      x.grad = tensor([3]);
      optimizer.step();
      return x.item();
    };
    const once = first();
    optimizer.loadStateDict(fresh);
    expect(first()).toBe(once);
  });

  it("keeps the running products in float64", () => {
    const x = new Parameter(tensor([1]));
    const optimizer = new Adam([x], { beta1: 0.7 });
    for (let t = 0; t < 3; t++) {
      x.grad = tensor([3]);
      optimizer.step();
    }
    expect(optimizer.stateDict().parameters[0].products).toEqual([0.7 * 0.7 * 0.7, 0.999 * 0.999 * 0.999]);
  });

  it("brings back learning rates, but leaves a schedule", () => {
    const [x, y] = [new Parameter(tensor([1])), new Parameter(tensor([1]))];
    const optimizer = new SGD([{ params: x }, { params: y, learningRate: 0.5 }], { learningRate: 0.25, momentum: 0.9 });
    optimizer.learningRate = 0.125;
    const state = saved(optimizer.stateDict());
    const other = new SGD([{ params: x }, { params: y, learningRate: cosineDecay(1, { steps: 5 }) }]);
    other.loadStateDict(state);
    expect(other.learningRate).toBe(0.125);
    expect(other.groups[0].options).toMatchObject({ momentum: 0.9 });
    expect(other.groups[1].learningRate).toBeTypeOf("function");
    other.learningRate = 1;
    expect(other.groups.map(({ learningRate }) => typeof learningRate)).toEqual(["number", "function"]);
    expect(saved(other.stateDict()).groups[1].learningRate).toBe(null);
  });

  it("matches parameters by name if all have one, else by order", () => {
    const named = (names: string[]) => new Map(names.map((name) => [name, new Parameter(zeros([1]))]));
    const velocity = (map: Map<string, Parameter>, load?: OptimizerState): [OptimizerState, Tensor[]] => {
      const optimizer = new SGD(map, { momentum: 0.9 });
      if (load) optimizer.loadStateDict(load);
      else {
        [...map.values()].forEach((parameter, i) => {
          parameter.grad = tensor([i + 1]);
        });
        optimizer.step();
      }
      const state = optimizer.stateDict();
      return [state, state.parameters.map(({ states }) => states.velocity)];
    };
    const [state] = velocity(named(["a", "b"]));
    const values = (tensors: Tensor[]) => tensors.map((one) => one.item());
    expect(state.parameters.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(values(velocity(named(["b", "a"]), state)[1])).toEqual([2, 1]);
    expect(values(velocity(named(["c", "a"]), state)[1])).toEqual([1, 2]);
  });

  it("says what does not fit, and changes nothing", () => {
    const x = new Parameter(tensor([1, 2]));
    const optimizer = new SGD([x], { momentum: 0.5 });
    x.grad = tensor([1, 1]);
    optimizer.step();
    const state = optimizer.stateDict();
    const load = (change: Partial<OptimizerState>) => () => optimizer.loadStateDict({ ...state, ...change });
    expect(load({ optimizer: "Adam" })).toThrow('loadStateDict: the state is of "Adam"; this optimizer is "SGD".');
    expect(load({ parameters: [] })).toThrow("loadStateDict: the state has 0 parameters in 1 groups; this optimizer 1 in 1.");
    const [one] = state.parameters;
    expect(load({ parameters: [{ ...one, states: {} }] })).toThrow('loadStateDict: "velocity" of parameter 0 is missing.');
    expect(load({ parameters: [{ ...one, name: "w", states: { velocity: zeros([3]) } }] })).toThrow(
      'loadStateDict: "velocity" of parameter 0 (w) is float32 [3]; the parameter is float32 [2].',
    );
    expect(load({ groups: [{ ...state.groups[0], options: { momentum: -1 } }] })).toThrow(
      "loadStateDict: momentum is -1; expected a number ≥ 0.",
    );
    expect(load({ groups: [{ ...state.groups[0], learningRate: -1 }] })).toThrow(/^loadStateDict: learningRate is -1/);
    expect(optimizer.stateDict()).toEqual(state);
    expect(() => optimizer.loadStateDict(undefined as never)).toThrow(
      "loadStateDict: the state is undefined; expected what stateDict() of an optimizer gave.",
    );
  });

  it.each<[string, (state: OptimizerState) => unknown, string]>([
    ["null", () => null, "the state is null; expected what stateDict() of an optimizer gave."],
    ["a number", () => 3, "the state is 3; expected what stateDict() of an optimizer gave."],
    ["no count", (state) => ({ ...state, stepCount: -1 }), "stepCount is -1; expected a whole number ≥ 0."],
    ["no groups", (state) => ({ ...state, groups: null }), "groups is null; expected an array of objects."],
    ["odd parameters", (state) => ({ ...state, parameters: [3] }), "parameters is an array of length 1; expected an array of objects."],
    ["odd options", (state) => ({ ...state, groups: [{ ...state.groups[0], options: 3 }] }), "groups[0].options is 3; expected an object."],
    [
      "an unknown option",
      (state) => ({ ...state, groups: [{ ...state.groups[0], options: { eps: 3 } }] }),
      'unknown option "eps". Known: learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, maximize. Did you mean "epsilon"?',
    ],
    [
      "an unknown part of a group",
      (state) => ({ ...state, groups: [{ ...state.groups[0], ownRate: true }] }),
      '"ownRate" of groups[0] is true; expected learningRate, ownsRate, lowerings, options, parameters.',
    ],
    [
      "no positions",
      (state) => ({ ...state, groups: [{ ...state.groups[0], parameters: undefined }] }),
      "groups[0].parameters is undefined; expected an array of whole numbers ≥ 0.",
    ],
    [
      "no name",
      (state) => ({ ...state, parameters: [{ ...state.parameters[0], name: undefined }] }),
      "parameters[0].name is undefined; expected a string.",
    ],
    [
      "odd steps",
      (state) => ({ ...state, parameters: [{ ...state.parameters[0], steps: "1" }] }),
      'parameters[0].steps is "1"; expected a whole number ≥ 0.',
    ],
    [
      "odd products",
      (state) => ({ ...state, parameters: [{ ...state.parameters[0], products: ["1"] }] }),
      "parameters[0].products is an array of length 1; expected an array of numbers.",
    ],
    [
      "odd states",
      (state) => ({ ...state, parameters: [{ ...state.parameters[0], states: null }] }),
      "parameters[0].states is null; expected an object of tensors.",
    ],
    [
      "a round trip through JSON",
      (state) => JSON.parse(JSON.stringify(state)) as OptimizerState,
      '"m" of parameter 0 is an object; expected a tensor. Neither JSON nor structuredClone keeps tensors: use saveOptimizerState or serializeOptimizerState.',
    ],
  ])("%s is refused", (_, damage, text) => {
    const x = new Parameter(tensor([1, 2]));
    const optimizer = new Adam([x]);
    x.grad = tensor([1, 1]);
    optimizer.step();
    const state = optimizer.stateDict();
    expect(failure(() => optimizer.loadStateDict(damage(state) as OptimizerState))).toBe(`ARGUMENT loadStateDict: ${text}`);
    expect(optimizer.stateDict()).toEqual(state);
    optimizer.dispose();
  });

  it("before the optimizer is bound says how it is bound", () => {
    const text = (op: string) =>
      `ARGUMENT ${op}: this Adam has no parameters yet. Write new Adam(model.parameters(), …), or bind(model.parameters()). One that was passed to compile is bound when fit begins.`;
    expect(failure(() => new Adam().stateDict())).toBe(text("stateDict"));
    expect(failure(() => new Adam().loadStateDict({} as never))).toBe(text("loadStateDict"));
  });
});
