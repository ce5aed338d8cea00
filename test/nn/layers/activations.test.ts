import { describe, expect, test } from "vitest";
import { activations, ReLU, Sequential, tensor } from "../../../src/index.js";
import * as layers from "../../../src/nn/layers/activations.js";
import { expectClose } from "../../support/checkOp.js";
import { failure } from "../../support/errors.js";

const x = tensor([[-2, -0.4, 0.7, 3]]);

describe.each(Object.entries(activations))("%s", (name, { function: apply, layer, isElementwise }) => {
  // Of the forms that share a class, the first is its default.
  test.runIf(isElementwise && !["geluTanh", "geluSigmoid"].includes(name))("its layer computes the same", () => {
    expectClose(name, new layer().eval().forward(x), apply(x), 1e-6);
  });
});

test("every class is in the catalogue", () => {
  const listed = new Set<unknown>(Object.values(activations).map(({ layer }) => layer));
  expect(Object.entries(layers).filter(([, layer]) => !listed.has(layer))).toEqual([]);
});

test("arguments stand as in PyTorch, and whoever writes an object is told so", () => {
  expect(new layers.Hardtanh(-0.5, 0.5).forward(x).toArray()).toEqual([[-0.5, Math.fround(-0.4), 0.5, 0.5]]);
  expect(new layers.Threshold(1, -1).forward(x).toArray()).toEqual([[-1, -1, -1, 3]]);
  expect(failure(() => new layers.LeakyReLU({ slope: 0.2 } as never))).toBe(
    "ARGUMENT LeakyReLU: slope is an object; expected a finite number. Write new LeakyReLU(0.01).",
  );
  expect(failure(() => new layers.Softplus({ beta: 2 } as never))).toBe(
    "ARGUMENT Softplus: beta is an object; expected a number > 0. Write new Softplus(1, Infinity).",
  );
  expect(failure(() => new layers.Hardtanh(1, 1).forward(x))).toBe("ARGUMENT hardTanh: min 1, max 1; expected min < max.");
  expect(failure(() => new layers.GELU("sigmoid" as never))).toBe('ARGUMENT GELU: approximate is "sigmoid"; expected "none" or "tanh".');
});

test("what it is given must be a tensor, and is called by the layer's name", () => {
  expect(failure(() => new ReLU().forward([1] as never))).toMatch(/^ARGUMENT ReLU: x is an array/);
  expect(new ReLU().constructor.name).toBe("ReLU");
  expect(new Sequential([new ReLU()]).describe().layers).toEqual([{ type: "ReLU", config: {} }]);
});
