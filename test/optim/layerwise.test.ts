/** LARS and LAMB: the length of a tensor's step follows from its weights. */
import { describe, expect, it } from "vitest";
import { Parameter, tensor } from "../../src/index.js";
import { AdamW, LAMB, LARS, SGD } from "../../src/optim/index.js";
import { disposedOf, elements, parameters, setGradients } from "../support/optimizers.js";

const made = (data: number[], grad: number[]): Parameter => {
  const x = new Parameter(tensor(data, { dtype: "float64" }));
  x.grad = tensor(grad, { dtype: "float64" });
  return x;
};

const lengthOf = (x: Parameter, from: number[]): number => Math.hypot(...from.map((value, i) => x.data[i] - value));

describe("LARS", () => {
  it("steps by lr · η · ‖θ‖, however long the gradient is", () => {
    for (const scale of [1e-6, 1, 1e6]) {
      const x = made([3, 4], [scale, -2 * scale]);
      disposedOf(new LARS([x], { learningRate: 2, trustCoefficient: 0.01, epsilon: 0 })).step();
      expect(lengthOf(x, [3, 4])).toBeCloseTo(2 * 0.01 * 5, 12);
    }
  });

  it("begins at zero weights with the plain step", () => {
    const x = made([0, 0], [1, 2]);
    disposedOf(new LARS([x], { learningRate: 0.1 })).step();
    expect([...x.data]).toEqual([-0.1, -0.2]);
  });

  it.each([false, true])("is SGD where it is not layerwise, nesterov %j", (nesterov) => {
    const options = { learningRate: 0.1, momentum: 0.9, nesterov, weightDecay: 0.1 };
    const [ones, others] = [parameters([5, 8], "float64"), parameters([5, 8], "float64")];
    const [one, other] = [new LARS(ones, { ...options, layerwise: false }), new SGD(others, options)].map(disposedOf);
    for (let step = 0; step < 5; step++) {
      for (const params of [ones, others]) setGradients(params, step);
      one.step();
      other.step();
    }
    for (const [i, x] of elements(ones).flat().entries()) expect(x).toBeCloseTo(elements(others).flat()[i], 12);
  });
});

describe("LAMB", () => {
  it("steps by lr · ‖θ‖, however long the gradient is", () => {
    for (const scale of [1e-3, 1, 1e6]) {
      const x = made([3, 4], [scale, -2 * scale]);
      disposedOf(new LAMB([x], { learningRate: 0.1, weightDecay: 0.3 })).step();
      expect(lengthOf(x, [3, 4])).toBeCloseTo(0.1 * 5, 12);
    }
  });

  it("is AdamW where it is not layerwise", () => {
    const options = { learningRate: 0.1, weightDecay: 0.1, epsilon: 1e-6 };
    const [ones, others] = [parameters([5, 8], "float64"), parameters([5, 8], "float64")];
    const [one, other] = [new LAMB(ones, { ...options, layerwise: false }), new AdamW(others, options)].map(disposedOf);
    for (let step = 0; step < 5; step++) {
      for (const params of [ones, others]) setGradients(params, step);
      one.step();
      other.step();
    }
    for (const [i, x] of elements(ones).flat().entries()) expect(x).toBeCloseTo(elements(others).flat()[i], 12);
  });
});
