import { describe, expect, test } from "vitest";
import * as library from "../../src/index.js";
import { type DType, elu, grad, leakyRelu, type Tensor, tensor } from "../../src/index.js";
import * as all from "../../src/nn/activations/all.js";
import { activations as catalogue } from "../../src/nn/activations/catalogue.js";
import { checkOp, expectClose } from "../support/checkOp.js";
import { erf } from "../support/erf.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";

const { softmax: _, logSoftmax: __, softmin: ___, softmax2d: ____, glu: _____, maxout: ______, ...activations } = all;

/** The activations that work element by element. */
type Name = keyof typeof activations;
type Activation = (x: Tensor) => Tensor;

const [INF, NAN] = [Number.POSITIVE_INFINITY, Number.NaN];

/** The formulas, as the papers print them. */
const functions: Record<Name, (x: number) => number> = {
  relu: (x) => Math.max(x, 0),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  gelu: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)),
  geluTanh: (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  silu: (x) => x / (1 + Math.exp(-x)),
  softplus: (x) => Math.log(1 + Math.exp(x)),
  leakyRelu: (x) => (x > 0 ? x : 0.01 * x),
  elu: (x) => (x > 0 ? x : Math.exp(x) - 1),
  hardSigmoid: (x) => Math.min(Math.max((x + 3) / 6, 0), 1),
  heaviside: (x) => (x > 0 ? 1 : 0),
  threshold: (x) => (x > 0 ? x : 0),
  thresholdedRelu: (x) => (x > 1 ? x : 0),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  hardTanh: (x) => Math.min(Math.max(x, -1), 1),
  hardSwish: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
  softshrink: (x) => (x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0),
  hardshrink: (x) => (Math.abs(x) > 0.5 ? x : 0),
  rrelu: (x) => (x > 0 ? x : ((1 / 8 + 1 / 3) / 2) * x),
  celu: (x) => Math.max(x, 0) + Math.min(0, Math.exp(x) - 1),
  tanhshrink: (x) => x - Math.tanh(x),
  softsign: (x) => x / (1 + Math.abs(x)),
  swish: (x) => x / (1 + Math.exp(-x)),
  geluSigmoid: (x) => x / (1 + Math.exp(-1.702 * x)),
  mish: (x) => x * Math.tanh(Math.log(1 + Math.exp(x))),
  logSigmoid: (x) => Math.log(1 / (1 + Math.exp(-x))),
  selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.exp(x) - 1)),
};

const of = (values: number[], dtype: DType = "float32", requiresGrad = false): Tensor => tensor(values, { dtype, requiresGrad });

describe.each(Object.keys(functions) as Name[])("%s", (name) => {
  const op = activations[name] as Activation;

  test.each([1, 3, 4, 5, 17, 64])("%i elements", (n) => checkOp({ op, shapes: [[n]], result: [n], range: [-4, 4], seed: n }));
  test("scalar, matrix, nothing", () => {
    for (const shape of [[], [3, 5], [2, 0, 3]]) checkOp({ op, shapes: [shape], result: shape });
  });
  test("is its formula", () => {
    const x = Array.from({ length: 33 }, (_, i) => (i - 16) / 4);
    expectClose(name, op(of(x, "float64")), Float64Array.from(x, functions[name]), 1e-13);
  });
  test("is a method where every program carries it, and a function of the library", () => {
    const x = of([-1, 1]);
    const method = x[name as "relu"] as (() => Tensor) | undefined;
    if (method !== undefined) expect(method.call(x).data).toEqual(op(x).data);
    expect(library[name as "relu"]).toBe(op);
  });
  test("NaN stays, integers become float32, float64 stays", () => {
    for (const build of builds) withBuild(build, () => expect(Array.from(op(of([NAN, 1])).data, Number.isNaN)).toEqual([true, false]));
    for (const dtype of ["int32", "uint8", "bool"] as const) {
      const y = op(of([1, 0], dtype));
      expect([y.dtype, y.data]).toEqual(["float32", op(of([1, 0])).data]);
    }
    expect(op(of([1], "float64")).dtype).toBe("float64");
  });
  test("no argument that nobody reads", () => {
    const call = op as (...args: unknown[]) => Tensor;
    expect(failure(() => call(of([1]), undefined, "tanh"))).toMatch(
      new RegExp(`^ARGUMENT ${name}: 2 arguments stand behind the tensor; it takes (none|at most 1)`),
    );
    expect(failure(() => call(of([1]), "tanh"))).toMatch(
      new RegExp(`^ARGUMENT ${name}: (1 argument stands behind|the options are "tanh")`),
    );
    expect(failure(() => call(of([1]), { bogus: 2 }))).toMatch(
      new RegExp(`^ARGUMENT ${name}: (1 argument stands behind|unknown option "bogus")`),
    );
  });
  test("no other thing than a tensor", () => {
    expect(failure(() => op(3 as never))).toBe(`ARGUMENT ${name}: x is 3; expected a tensor. Wrap it with tensor(…).`);
    expect(failure(() => op(null as never))).toBe(`ARGUMENT ${name}: x is null; expected a tensor. Wrap it with tensor(…).`);
  });
});

describe("special values", () => {
  test.each<[Name, number[], number[]]>([
    ["relu", [-INF, INF, -1], [0, INF, 0]],
    ["sigmoid", [-INF, INF, 0, -200, 200], [0, 1, 0.5, 0, 1]],
    ["tanh", [-INF, INF, 0, -0, 50], [-1, 1, 0, -0, 1]],
    ["gelu", [INF, 0, 40], [INF, 0, 40]],
    ["geluTanh", [INF, 0, 40], [INF, 0, 40]],
    ["silu", [INF, 0, 200], [INF, 0, 200]],
    ["softplus", [-INF, INF, 200, -200], [0, INF, 200, 0]],
    ["leakyRelu", [-INF, INF, 0], [-INF, INF, 0]],
    ["elu", [-INF, INF, 0, -200], [-1, INF, 0, -1]],
    ["selu", [INF, 0], [INF, 0]],
    ["hardSigmoid", [-INF, INF, 0, -3, 3], [0, 1, 0.5, 0, 1]],
    ["heaviside", [-INF, INF, 0, -1e-9], [0, 1, 0, 0]],
    ["threshold", [-INF, INF, 0], [0, INF, 0]],
    ["thresholdedRelu", [-INF, INF, 1], [0, INF, 0]],
    ["relu6", [-INF, INF, 0, 6], [0, 6, 0, 6]],
    ["hardTanh", [-INF, INF, -1, 1], [-1, 1, -1, 1]],
    ["hardSwish", [-INF, INF, -3, 3, 1000], [-0, INF, -0, 3, 1000]],
    ["softshrink", [-INF, INF, 0.5, -0.5], [-INF, INF, 0, 0]],
    ["hardshrink", [-INF, INF, 0.5, -0.5], [-INF, INF, 0, 0]],
    ["celu", [-INF, INF, 0, -200, 200], [-1, INF, 0, -1, 200]],
    ["tanhshrink", [-INF, INF, 0, 100], [-INF, INF, 0, 99]],
    ["softsign", [0, 3, -3], [0, 0.75, -0.75]],
    ["swish", [INF, 0, 200], [INF, 0, 200]],
    ["geluSigmoid", [INF, 0], [INF, 0]],
    ["mish", [INF, 0, 100, 1000], [INF, 0, 100, 1000]],
    ["logSigmoid", [-INF, INF, 200, -200], [-INF, -0, -0, -200]],
  ])("%s(%j)", (name, x, y) => {
    for (const build of builds) withBuild(build, () => expect(Array.from((activations[name] as Activation)(of(x)).data), build).toEqual(y));
  });
  test.each(["elu", "selu", "gelu", "geluTanh", "silu", "softplus", "tanh", "sigmoid"] as const)(
    "the gradient of %s at NaN is NaN",
    (name) => {
      for (const build of builds) {
        withBuild(build, () => {
          for (const n of [1, 5, 64]) {
            const x = tensor(new Float32Array(n).fill(NAN), { requiresGrad: true });
            expect(Array.from(grad(activations[name](x).sum(), x)[0].data)).toEqual(new Array(n).fill(NAN));
          }
        });
      }
    },
  );

  test("the gradients of relu and leakyRelu at NaN are PyTorch's, g and slope · g", () => {
    for (const build of builds) {
      withBuild(build, () => {
        const x = tensor([NAN], { requiresGrad: true });
        expect(grad(activations.relu(x), x)[0].item()).toBe(1);
        expect(grad(activations.leakyRelu(x, { slope: 0.25 }), x)[0].item()).toBe(0.25);
      });
    }
  });

  test("gelu, its tanh form and silu go to 0, not to NaN, at −∞", () => {
    for (const build of builds) {
      withBuild(build, () => {
        for (const name of ["gelu", "geluTanh", "silu"] as const) {
          for (const y of activations[name](of([-INF, -300])).data) expect(Math.abs(y), `${build}: ${name}`).toBe(0);
        }
      });
    }
  });
});

describe("gradients where PyTorch defines them", () => {
  test.each<[string, Activation, number[], number[]]>([
    ["relu", activations.relu, [-1, -0, 0, 1, NAN], [0, 0, 0, 1, 1]],
    ["leakyRelu", (x) => leakyRelu(x, { slope: 0.5 }), [-1, 0, 1], [0.5, 0.5, 1]],
    ["elu", (x) => elu(x, { alpha: 2 }), [0, 1, -INF], [2, 1, 0]],
    ["selu", activations.selu, [1, -INF], [1.0507009873554805, 0]],
    ["hardSigmoid", activations.hardSigmoid, [0, -4, 4], [1 / 6, 0, 0]],
    ["sigmoid", activations.sigmoid, [0, INF, -INF], [0.25, 0, 0]],
    ["tanh", activations.tanh, [0, INF, -INF], [1, 0, 0]],
    ["gelu", activations.gelu, [0, 40, -40], [0.5, 1, 0]],
    ["geluTanh", activations.geluTanh, [0, 40, -40], [0.5, 1, 0]],
    ["silu", activations.silu, [0, 200, -200], [0.5, 1, 0]],
    ["softplus", activations.softplus, [0, 200, -200], [0.5, 1, 0]],
    [
      "softplus, with a threshold",
      (x) => library.softplus(x, { beta: 2, threshold: 1 }),
      [0, 0.5, 0.51, -INF, INF],
      [0.5, 0.7310586, 1, 0, 1],
    ],
    ["heaviside", activations.heaviside, [-1, 0, 1], [0, 0, 0]],
    ["heaviside, straight through", (x) => library.heaviside(x, { straightThrough: true }), [-5, 0, 7], [1, 1, 1]],
    ["threshold", activations.threshold, [-1, 0, 1, NAN], [0, 0, 1, 1]],
    ["thresholdedRelu", activations.thresholdedRelu, [1, 1.1, -2], [0, 1, 0]],
    ["relu6", activations.relu6, [-1, 0, 3, 6, 7, INF], [0, 0, 1, 0, 0, 0]],
    ["hardTanh", activations.hardTanh, [-1, 0, 1, -INF, NAN], [0, 1, 0, 0, 1]],
    ["hardSwish", activations.hardSwish, [-INF, -3, 0, 3, 4, INF], [0, -0.5, 0.5, 1, 1, 1]],
    ["softshrink", activations.softshrink, [-INF, -0.5, 0.2, 0.5, 0.6, NAN], [1, 0, 0, 0, 1, 1]],
    ["hardshrink", activations.hardshrink, [-INF, -0.5, 0.2, 0.5, 0.6], [1, 0, 0, 0, 1]],
    ["rrelu", activations.rrelu, [-1, 0, 1], [11 / 48, 11 / 48, 1]],
    ["celu", (x) => library.celu(x, { alpha: 1e-3 }), [-INF, -100, 0, 1e38, INF], [0, 0, 1, 1, 1]],
    ["tanhshrink", activations.tanhshrink, [0, 100, -INF], [0, 1, 1]],
    ["softsign", activations.softsign, [0, 1, -100], [1, 0.25, 9.802960494e-5]],
    ["swish", (x) => library.swish(x, { beta: 0 }), [-100, 0, 100], [0.5, 0.5, 0.5]],
    ["geluSigmoid", activations.geluSigmoid, [0, 100, -100], [0.5, 1, 0]],
    ["mish", activations.mish, [0, 100, -100], [0.6, 1, 0]],
    ["logSigmoid", activations.logSigmoid, [0, 100, -100, INF, -INF], [0.5, 0, 1, 0, 1]],
  ])("%s", (name, op, x, dx) => {
    for (const build of builds) {
      withBuild(build, () => {
        const input = of(x, "float32", true);
        expectClose(`${build}: ${name}`, grad(op(input).sum(), input)[0], dx, 1e-6);
      });
    }
  });
});

describe("parameters", () => {
  test("leakyRelu", () => {
    expect(Array.from(leakyRelu(of([-2, 2]), { slope: 0.25 }).data)).toEqual([-0.5, 2]);
    expect(Array.from(of([-2, 2]).leakyRelu({ slope: 0 }).data, Math.abs)).toEqual([0, 2]);
    for (const slope of [0.2, -0.5, 1.5]) checkOp({ op: (x) => leakyRelu(x, { slope }), shapes: [[17]] });
    expect(failure(() => leakyRelu(of([1]), { slope: NAN }))).toBe("ARGUMENT leakyRelu: slope is NaN; expected a finite number.");
    expect(failure(() => leakyRelu(of([1]), { slope: "0.1" as never }))).toBe(
      'ARGUMENT leakyRelu: slope is "0.1"; expected a finite number.',
    );
    expect(failure(() => leakyRelu(of([1]), 0.2 as never))).toBe(
      "ARGUMENT leakyRelu: the options are 0.2; expected an object. Write { slope: 0.2 }.",
    );
    expect(failure(() => leakyRelu(of([1]), { negativeSlope: 0.2 } as never))).toBe(
      'ARGUMENT leakyRelu: unknown option "negativeSlope". Known: slope. Did you mean "slope"?',
    );
    expect(failure(() => leakyRelu(of([1]), { slope: null as never }))).toBe(
      "ARGUMENT leakyRelu: slope is null; expected a finite number.",
    );
  });
  test("elu", () => {
    expect(Array.from(elu(of([-200, 2]), { alpha: 3 }).data)).toEqual([-3, 2]);
    for (const alpha of [0, 0.5, 2]) checkOp({ op: (x) => elu(x, { alpha }), shapes: [[17]] });
    expect(failure(() => elu(of([1]), { alpha: -1 }))).toBe("ARGUMENT elu: alpha is -1; expected a number ≥ 0.");
    expect(failure(() => elu(of([1]), { alpha: INF }))).toBe("ARGUMENT elu: alpha is Infinity; expected a number ≥ 0.");
    expect(failure(() => elu(of([1]), { alpha: null as never }))).toBe("ARGUMENT elu: alpha is null; expected a number ≥ 0.");
  });
});

test("the catalogue lists every activation with what plots its curve", () => {
  expect(Object.keys(catalogue).sort()).toEqual([...Object.keys(all), "linear", "prelu"].sort());
  const x = of([-2, -0.5, 0.5, 2], "float32", true);
  for (const [name, { function: curve, formula, layer, options, isElementwise }] of Object.entries(catalogue)) {
    expect(formula, name).not.toBe("");
    expect(Object.isFrozen(options), name).toBe(true);
    expect(library[layer.name as "ReLU"], name).toBe(layer);
    expect(isElementwise, name).toBe(Object.keys(functions).includes(name) || name === "linear" || name === "prelu");
    if (isElementwise) expect(grad(curve(x).sum(), x)[0].shape, name).toEqual([4]);
  }
  expect(catalogue.leakyRelu.options).toEqual({ slope: 0.01 });
  expect(Object.isFrozen(catalogue)).toBe(true);
});
