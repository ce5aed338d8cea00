import { describe, expect, test } from "vitest";
import { corrcoef, cov, entropy, grad, tensor, zeros } from "../../src/index.js";
import { checkOp, expectClose } from "../support/checkOp.js";
import { failure } from "../support/errors.js";

const counts = tensor([1, 2, 0, 3], { dtype: "int32" });
const weights = tensor([0.5, 0.2, 0.9, 0.4], { dtype: "float64" });
const data = tensor(
  [
    [1, 2, 4, 7],
    [3, 1, 0, 2],
  ],
  { dtype: "float64" },
);

describe("cov", () => {
  test.each([0, 1, 2])("correction %i, with gradients", (correction) => {
    checkOp({ op: (x) => cov(x, { correction }), shapes: [[3, 5]], result: [3, 3] });
    checkOp({ op: (x) => cov(x, { correction, fweights: counts }), shapes: [[2, 4]], result: [2, 2] });
    checkOp({ op: (x) => cov(x, { correction: correction / 2, aweights: weights }), shapes: [[2, 4]], result: [2, 2] });
    checkOp({ op: (x) => cov(x, { correction }), shapes: [[5]], result: [] });
  });
  test("PyTorch's numbers", () => {
    expectClose("plain", cov(data), [7, -2 / 3, -2 / 3, 5 / 3], 1e-12);
    // An observation that was made twice is as two.
    const repeated = data.indexSelect(1, tensor([0, 1, 1, 3, 3, 3], { dtype: "int32" }));
    expectClose("counts", cov(data, { fweights: counts }), cov(repeated), 1e-12);
    expectClose("weights", cov(data, { aweights: weights, correction: 0 }), [4.3275, -0.8125, -0.8125, 1.5875], 1e-12);
    expectClose("both", cov(data, { aweights: weights, fweights: counts }), [169 / 18, -4 / 9, -4 / 9, 0.522222222222222], 1e-12);
  });
  test("errors", () => {
    expect(failure(() => cov(zeros([2, 2, 2])))).toBe("SHAPE cov: x has shape [2, 2, 2]; expected [variables, observations].");
    expect(failure(() => cov(data, { fweights: tensor([1]) }))).toBe(
      "SHAPE cov: fweights has 1 elements for 4 observations; expected one for each.",
    );
    expect(failure(() => cov(data, { aweights: 3 as never }))).toMatch(/^ARGUMENT cov: aweights is 3; expected a vector/);
    expect(failure(() => cov(data, { correction: -1 }))).toBe("ARGUMENT cov: correction is -1; expected a number ≥ 0.");
  });
});

describe("corrcoef", () => {
  test("with gradients", () => checkOp({ op: corrcoef, shapes: [[3, 5]], result: [3, 3], tolerance: 1e-4 }));
  test("of what is a line, and of one variable", () => {
    expectClose(
      "line",
      corrcoef(
        tensor([
          [1, 2, 3],
          [-2, -4, -6],
        ]),
      ),
      [1, -1, -1, 1],
    );
    expectClose("one", corrcoef(tensor([1, 2, 4])), [1]);
    expect(corrcoef(data).data[1]).toBeCloseTo(-2 / 3 / Math.sqrt(35 / 3), 12);
  });
});

describe("entropy", () => {
  test("with gradients, along axes", () => {
    checkOp({ op: (p) => entropy(p), shapes: [[3, 5]], result: [3], range: [0.1, 1] });
    checkOp({ op: (p) => entropy(p, 0, { keepDims: true }), shapes: [[3, 5]], result: [1, 5], range: [0.1, 1] });
  });
  test("0 · ln 0 is 0, a negative number none", () => {
    const p = tensor(
      [
        [0.5, 0.5],
        [1, 0],
        [-1, 2],
      ],
      { requiresGrad: true },
    );
    expectClose("entropy", entropy(p), [Math.LN2, 0, -Infinity]);
    expectClose("gradient", grad(entropy(p.slice([[0, 2]])).sum(), p)[0], [Math.LN2 - 1, Math.LN2 - 1, -1, 0, 0, 0]);
  });
  test("errors", () => expect(failure(() => entropy(zeros([2]), 1))).toMatch(/^INDEX entropy: axis 1/));
});
