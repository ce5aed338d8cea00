import { describe, expect, test } from "vitest";
import * as library from "../../src/index.js";
import { Dense, defineOp, grad, gradcheck, gradgradcheck, hvp, init, Sequential, type Tensor, tensor } from "../../src/index.js";
import { failure } from "../support/errors.js";

type Call = (...args: unknown[]) => unknown;
const { backward, capture, checkpoint, detach, hessian, isGradEnabled, memory, noGrad, recompute } = library as unknown as Record<
  string,
  Call
>;
/** The same functions without their types. */
const calls = { backward, capture, checkpoint, defineOp, detach, grad, gradcheck, gradgradcheck, hessian, hvp, isGradEnabled, memory, noGrad, recompute } as Record<string, Call>; // biome-ignore format: one line

const leaf = (values: number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });
const x = leaf([1, 2]);
const square = (): Tensor => x.mul(x).sum();

describe("wrong arguments", () => {
  test.each<[string, unknown[], string]>([
    ["noGrad", [3], "fn is 3; expected a function. Write noGrad(() => model.forward(x))."],
    ["noGrad", [() => 1, 2], "2 arguments were given; it takes at most 1."],
    ["isGradEnabled", [true], "1 argument was given; it takes none."],
    ["memory", [1], "1 argument was given; it takes none."],
    ["detach", [3], "x is 3; expected a tensor. Wrap it with tensor(…)."],
    ["backward", ["x"], 'x is "x"; expected a tensor. Wrap it with tensor(…).'],
    ["backward", [null], "x is null; expected a tensor. Wrap it with tensor(…)."],
    ["backward", [x, 1], "the gradient to start from is 1; expected a tensor. Wrap it with tensor(…)."],
    [
      "backward",
      [x, null, { retain_graph: true }],
      'unknown option "retain_graph". Known: retainGraph, createGraph. Did you mean "retainGraph"?',
    ],
    [
      "backward",
      [x, { retain_graph: true }],
      'unknown option "retain_graph". Known: retainGraph, createGraph. Did you mean "retainGraph"?',
    ],
    ["backward", [x, null, true], "the options are true; expected an object. Write { retainGraph: … }."],
    ["grad", [1, 2], "outputs is 1; expected a tensor or an array of tensors."],
    ["grad", [x, [x, 2]], "inputs[1] is 2; expected a tensor. Wrap it with tensor(…)."],
    ["grad", [x, x, { create_graph: true }], 'unknown option "create_graph". Known: retainGraph, createGraph, gradOutputs, allowUnused. Did you mean "createGraph"?'], // biome-ignore format: one line
    ["grad", [x, x, { gradOutputs: 1 }], "gradOutputs is 1; expected a tensor, or an array of tensors and null."],
    ["grad", [x, x, { gradOutputs: [null, null] }], "the number of gradOutputs is 2, that of outputs 1; expected one for each."],
    ["hvp", [class {}, x, x], "f is a class; expected a function. Write hvp(() => x.pow(3).sum(), x, v)."],
    ["hvp", [], "f is undefined; expected a function. Write hvp(() => x.pow(3).sum(), x, v)."],
    ["hvp", [square, x], "vectors is undefined; expected a tensor or an array of tensors."],
    ["hvp", [() => 1, x, x], "the result of f is 1; expected a tensor. Wrap it with tensor(…)."],
    ["hessian", [3, x], "f is 3; expected a function. Write hessian(() => x.mul(x).sum(), x)."],
    ["hessian", [square, [x]], "x is an array of length 1; expected a tensor. Wrap it with tensor(…)."],
    ["gradcheck", [x, x], "f is a tensor; expected a function. Write gradcheck((x) => x.tanh(), x)."],
    ["gradcheck", [() => 1, x], "the result of f is 1; expected a tensor. Wrap it with tensor(…)."],
    ["gradcheck", [square, x, { eps: 1 }], 'unknown option "eps". Known: epsilon, atol, rtol. Did you mean "epsilon"?'],
    ["gradgradcheck", [square, x, { atol: -1 }], "atol is -1; expected a number ≥ 0."],
    ["checkpoint", [square, x], "it is called recompute now. Write recompute((x) => block.forward(x), x)."],
    ["recompute", [3, x], "fn is 3; expected a function. Write recompute((x) => block.forward(x), x)."],
    ["recompute", [square, 3], "input 0 is 3; expected a tensor. Wrap it with tensor(…)."],
    ["defineOp", [], "name is undefined; expected a string."],
    ["defineOp", ["op"], 'the options are "op"; expected an object. Write { name: "op" }.'],
    ["defineOp", [{}], "name is undefined; expected a string."],
    ["defineOp", [{ name: "op", inputs: "x" }], 'inputs is "x"; expected an array of names.'],
    ["defineOp", [{ name: "op", inputs: ["x"] }], "shape is undefined; expected a function of the operands."],
    ["defineOp", [{ name: "op", inputs: ["x"], shape: () => [], gradient: {} }], 'unknown option "gradient". Known: name, inputs, save, shape, dtype, workspace, forward, alias, grad, backward.'], // biome-ignore format: one line
    [
      "defineOp",
      [{ name: "op", inputs: ["x"], shape: () => [], grad: { x: 1 } }],
      "grad is an object; expected an object of functions by operand.",
    ],
  ])("%s %o", (name, args, text) => expect(failure(() => calls[name](...args))).toBe(`ARGUMENT ${name}: ${text}`));

  test("a Parameter's", () => {
    const { Parameter } = library;
    const make = Parameter as unknown as new (...args: unknown[]) => unknown;
    const of = (...args: unknown[]): string => failure(() => new make(...args));
    expect(of(3)).toBe("ARGUMENT Parameter: the value is 3; expected a tensor. Wrap it with tensor(…).");
    expect(of(x, { trainable: false })).toBe(
      'ARGUMENT Parameter: unknown option "trainable". Known: requiresGrad. Did you mean "requiresGrad"?',
    );
    expect(of(x, false)).toBe("ARGUMENT Parameter: the options are false; expected an object. Write { requiresGrad: false }.");
    expect(of(x, {}, 1)).toBe("ARGUMENT Parameter: 3 arguments were given; it takes at most 2.");
  });

  test("an operation made by defineOp", () => {
    const twice = defineOp({ name: "twice", inputs: ["x"], shape: ({ x }) => x.shape, forward: ({ x, out }) => out.view().set(x.view()) });
    expect(failure(() => (twice as unknown as Call)(x, {}, 1))).toBe("ARGUMENT twice: 3 arguments were given; it takes at most 2.");
  });

  test("init", async () => {
    const wrong = (options: object): Promise<unknown> => init(options);
    await expect(wrong({ kernels: 3 })).rejects.toMatchObject({
      code: "ARGUMENT",
      message: 'init: kernels is 3; expected "js", "simd" or "relaxed".',
    });
    await expect(wrong({ threads: 0 })).rejects.toMatchObject({
      code: "ARGUMENT",
      message: "init: threads is 0; expected a whole number from 1 to 256.",
    });
    await expect(wrong({ thread: 1 })).rejects.toMatchObject({ code: "ARGUMENT" });
  });
});

describe("one tensor stands for a list of one", () => {
  test("gradOutputs of grad", () => {
    const [slope] = grad(x.mul(3), x, { gradOutputs: leaf([1, 10]) });
    expect(slope.toArray()).toEqual([3, 30]);
  });
  test("hvp, gradcheck, gradgradcheck", () => {
    expect(hvp(() => x.pow(3).sum(), x, leaf([1, 0]))[0].toArray()).toEqual([6, 0]);
    expect(gradcheck((a) => a.tanh(), x)).toBe(true);
    expect(gradgradcheck((a) => a.tanh(), x)).toBe(true);
  });
});

test("the options of backward may stand in the gradient's place", () => {
  const w = leaf([2]);
  const y = w.square().sum();
  y.backward({ retainGraph: true });
  y.backward();
  expect(w.grad?.toArray()).toEqual([8]);
});

test("a model trains on after all that", () => {
  const model = new Sequential([new Dense(1, { inputShape: [2] })]);
  model
    .forward(tensor([[1, 2]]))
    .sum()
    .backward();
  expect(model.parameters()[0].grad?.toArray()).toEqual([[1, 2]]);
});
