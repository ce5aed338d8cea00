import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  type CrossEntropyOptions,
  crossEntropy,
  grad,
  hessian,
  hvp,
  memory,
  Parameter,
  ShapeError,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { expectClose } from "../support/checkOp.js";
import { random } from "../support/kernels.js";

const next = random(11);
const draw = (shape: number[], options: { requiresGrad?: boolean } = { requiresGrad: true }): Tensor =>
  tensor(
    Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * next() - 1),
    { shape, ...options },
  );
const values = (x: Tensor): number[] => Array.from(x.data);

/** H from central differences of the gradient. */
function numericalHessian(f: () => Tensor, x: Tensor): number[] {
  const start = values(x);
  const epsilon = 1e-5;
  const slope = (): number[] => values(grad(f(), x)[0]);
  const columns = start.map((value, i) => {
    const at = (moved: number): number[] => {
      x.assign(start.map((own, k) => (k === i ? moved : own)));
      return slope();
    };
    const [up, down] = [at(value + epsilon), at(value - epsilon)];
    x.assign(start);
    return up.map((each, k) => (each - down[k]) / (2 * epsilon));
  });
  return start.flatMap((_, i) => columns.map((column) => column[i]));
}

function checkHessian(f: () => Tensor, x: Tensor): Tensor {
  const H = hessian(f, x);
  expect(H.shape).toEqual([x.size, x.size]);
  expectClose("hessian", H, numericalHessian(f, x), 1e-6);
  // Symmetric, and H·v by hvp is H times v.
  expectClose("transposed", H, values(H.transpose()), 1e-12);
  const v = draw([...x.shape], {});
  const [product] = hvp(f, [x], [v]);
  expectClose("hvp", product.reshape([x.size]), H.matmul(v.reshape([x.size])), 1e-10);
  return H;
}

describe("second derivatives in float64", () => {
  test("of tanh and sigmoid: the formulas", () => {
    const x = draw([4]);
    const [t, s] = [values(x.detach().tanh()), values(x.detach().sigmoid())];
    const diagonal = (entries: number[]) => entries.flatMap((entry, i) => entries.map((_, k) => (i === k ? entry : 0)));
    expectClose(
      "tanh″",
      checkHessian(() => x.tanh().sum(), x),
      diagonal(t.map((y) => -2 * y * (1 - y * y))),
      1e-12,
    );
    expectClose(
      "σ″",
      checkHessian(() => x.sigmoid().sum(), x),
      diagonal(s.map((y) => y * (1 - y) * (1 - 2 * y))),
      1e-12,
    );
  });

  test("of a product of matrices: mixed and pure", () => {
    const [a, b] = [draw([2, 3]), draw([3, 2])];
    checkHessian(() => a.matmul(b).tanh().sum(), a);
    checkHessian(() => a.matmul(b).square().sum(), b);
    // f = Σ (a·b) is bilinear: H·(u, v) = (Σ v rows, Σ u columns).
    const [u, v] = [draw([2, 3], {}), draw([3, 2], {})];
    const [da, db] = hvp(() => a.matmul(b).sum(), [a, b], [u, v]);
    expectClose("da", da, values(v.sum(1).expand([2, 3])), 1e-12);
    expectClose("db", db, values(u.sum(0).unsqueeze(1).expand([3, 2])), 1e-12);
  });

  const labels = tensor([2, 0, 1], { dtype: "int32" });
  const soft = draw([3, 3], {}).softmax();
  const classWeight = tensor([0.5, 2, 1], { dtype: "float64" });
  const cases: [string, Tensor, CrossEntropyOptions][] = [
    ["labels", labels, {}],
    ["labels, summed", labels, { reduction: "sum" }],
    ["soft targets", soft, {}],
    ["class weights", labels, { classWeight }],
    ["smoothing", labels, { labelSmoothing: 0.2 }],
    ["an ignored label", labels, { ignoreIndex: 0 }],
    ["weights, smoothing and an ignored label", labels, { classWeight, labelSmoothing: 0.1, ignoreIndex: 1 }],
    ["soft targets, weights and smoothing", soft, { classWeight, labelSmoothing: 0.3 }],
  ];
  test.each(cases)("of softmax cross-entropy: %s", (_, target, options) => {
    const logits = draw([3, 3]);
    checkHessian(() => crossEntropy(logits, target, options), logits);
  });

  test("of softmax cross-entropy, one row: diag(p) − p·pᵀ", () => {
    const logits = draw([1, 4]);
    const p = values(logits.detach().softmax());
    const H = hessian(() => crossEntropy(logits, tensor([1], { dtype: "int32" })), logits);
    expectClose(
      "H",
      H,
      p.flatMap((a, i) => p.map((b, k) => (i === k ? a : 0) - a * b)),
      1e-12,
    );
  });

  test("through a network of parameters", () => {
    const W = new Parameter(draw([3, 2], {}));
    const x = draw([4, 3], {});
    const target = tensor([0, 1, 1, 0], { dtype: "int32" });
    checkHessian(() => crossEntropy(x.matmul(W).tanh(), target), W);
    expect(W.grad).toBe(null);
  });

  test("of a linear function are zero, and no graph is left behind", () => {
    const x = draw([3]);
    const { unconsumedGraphs } = memory();
    expect(values(hessian(() => x.mul(2).sum(), x))).toEqual(new Array(9).fill(0));
    expect(values(hvp(() => x.sum(), [x], [draw([3], {})])[0])).toEqual([0, 0, 0]);
    hvp(() => x.square().sum(), [x], [draw([3], {})]);
    expect(() => hessian(() => x.mul(2), x)).toThrow(ShapeError);
    expect(memory().unconsumedGraphs).toBe(unconsumedGraphs);
  });
});

test("arguments that do not fit", () => {
  const x = draw([3]);
  expect(() => hvp(() => x.mul(2), [x], [draw([3])])).toThrow(
    new ShapeError("hvp: the function returned shape [3]; expected a scalar. Reduce it with sum() or mean()."),
  );
  expect(() => hvp(() => x.sum(), [x], [draw([2])])).toThrow(
    new ShapeError("hvp: vector 0 has shape [2]; expected that of its input, [3]."),
  );
  expect(() => hvp(() => x.sum(), [x], [])).toThrow(new ArgumentError("hvp: 0 vectors for 1 inputs; expected one for each."));
});
