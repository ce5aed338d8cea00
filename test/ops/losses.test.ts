import { describe, expect, test } from "vitest";
import { binaryCrossEntropy, grad, mse, randn, type Tensor, tensor } from "../../src/index.js";
import type { Reduction } from "../../src/ops/crossEntropy.js";
import { type FusedLoss, logisticLoss, squaredError } from "../../src/ops/losses.js";
import { checkOp } from "../support/checkOp.js";

const LOSSES: [string, FusedLoss, (x: Tensor, y: Tensor) => Tensor][] = [
  ["mse", squaredError, (x, y) => x.sub(y).square()],
  [
    "binaryCrossEntropy",
    logisticLoss,
    (x, y) =>
      x
        .neg()
        .softplus()
        .mul(y)
        .add(x.softplus().mul(y.neg().add(1))),
  ],
];

describe.each(LOSSES)("%s", (name, loss, composed) => {
  describe.each(["mean", "sum", "none"] as Reduction[])("%s", (reduction) => {
    test("values and gradients of its formulas", () => {
      for (const n of [1, 3, 4, 5, 17, 64]) {
        const shape = [1, n];
        const range = [0, 1] as const;
        checkOp({ op: (x, y) => loss(x, y, { reduction }), shapes: [shape, shape], result: reduction === "none" ? shape : [], range });
      }
      checkOp({ op: (x, y) => loss(x, y, { reduction }), shapes: [[2, 3, 4], [2, 3, 4]], range: [-3, 3] }); // biome-ignore format: one line
    });

    test("what its parts give", () => {
      // The second is summed in chunks.
      for (const n of [33, 70_000]) {
        const [x, y] = [randn([n]), randn([n]).sigmoid()];
        const run = (of: (x: Tensor, y: Tensor) => Tensor) => {
          const leaf = tensor(x.data, { requiresGrad: true });
          const result = of(leaf, y);
          return { value: result.data, gradient: grad(result.sum(), [leaf])[0].data };
        };
        const parts = run((a, b) => {
          const all = composed(a, b);
          return reduction === "none" ? all : reduction === "mean" ? all.mean() : all.sum();
        });
        const fused = run((a, b) => loss(a, b, { reduction }));
        for (const key of ["value", "gradient"] as const) {
          fused[key].forEach((value, i) => {
            const expected = Number(parts[key][i]);
            expect(Math.abs(Number(value) - expected)).toBeLessThanOrEqual(
              2e-6 * Math.max(Math.abs(expected), reduction === "mean" ? 1 / n : 1),
            );
          });
        }
      }
    });
  });

  test("one node", () => {
    const x = tensor([1, 2, 3, 4], { requiresGrad: true });
    const result = (name === "mse" ? mse : binaryCrossEntropy)(x, tensor([0, 1, 1, 0]));
    const { operation, inputs } = result.origin as unknown as { operation: { name: string }; inputs: Tensor[] };
    expect([operation.name, inputs[0] === x]).toEqual([name, true]);
  });

  test("of nothing", () => {
    const none = tensor([]);
    expect(loss(none, none, { reduction: "mean" }).item()).toBeNaN();
    expect(loss(none, none, { reduction: "sum" }).item()).toBe(0);
    expect(loss(none, none, { reduction: "none" }).shape).toEqual([0]);
  });

  test("of a tensor with itself both gradients arrive", () => {
    const x = tensor([0.5, 2], { requiresGrad: true });
    const [found] = grad(loss(x, x, { reduction: "sum" }), [x]);
    const [expected] = grad(composed(x, x).sum(), [x]);
    found.data.forEach((value, i) => {
      expect(value).toBeCloseTo(Number(expected.data[i]), 5);
    });
  });
});
