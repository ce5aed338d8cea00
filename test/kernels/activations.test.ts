import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readKernels } from "../../scripts/records.mjs";
import * as kernels from "../../src/kernels/generated.js";
import { bits, expectAgreement, gradient, mapped, SPECIALS, TAILS, uniform } from "../support/elementwise.js";
import { builds } from "../support/kernels.js";
import { root } from "../support/repository.js";

/** Forward kernel, gradient kernel, what the gradient saves, parameters, tolerance between the builds. */
const families = [
  { forward: kernels.relu, backward: kernels.reluGrad, saves: "output", parameters: {}, tolerance: 0 },
  { forward: kernels.leakyRelu, backward: kernels.leakyReluGrad, saves: "input", parameters: { slope: 0.125 }, tolerance: 1e-7 },
  { forward: kernels.elu, backward: kernels.eluGrad, saves: "output", parameters: { alpha: 1.5 }, tolerance: 4e-7 },
  { forward: kernels.sigmoid, backward: kernels.sigmoidGrad, saves: "output", parameters: {}, tolerance: 4e-7 },
  { forward: kernels.tanh, backward: kernels.tanhGrad, saves: "output", parameters: {}, tolerance: 4e-7 },
  { forward: kernels.gelu, backward: kernels.geluGrad, saves: "input", parameters: {}, tolerance: 1e-6 },
  { forward: kernels.geluTanh, backward: kernels.geluTanhGrad, saves: "input", parameters: {}, tolerance: 1e-6 },
  { forward: kernels.silu, backward: kernels.siluGrad, saves: "input", parameters: {}, tolerance: 1e-6 },
  { forward: kernels.softplus, backward: kernels.softplusGrad, saves: "input", parameters: {}, tolerance: 4e-7 },
] as const;

describe.each(families.map((family) => [family.forward.name, family] as const))("%s", (_name, family) => {
  const { parameters, tolerance } = family;
  const forward = family.forward as typeof kernels.relu;
  const backward = family.backward as typeof kernels.reluGrad;
  const saved = (x: Float32Array) => (family.saves === "input" ? x : mapped("js", forward, x, parameters));

  it("is the same in all builds, whatever the length", () => {
    for (const n of TAILS) {
      const x = uniform(n, -6, 6, n + 1);
      const g = uniform(n, -1, 1, n + 2);
      expectAgreement((build) => mapped(build, forward, x, parameters), tolerance);
      expectAgreement((build) => gradient(build, backward, g, saved(x), parameters), tolerance);
    }
  });

  it("has the same limits, and lets NaN through", () => {
    const wide = Float32Array.from([...SPECIALS, ...uniform(200, -200, 200, 3)]);
    expectAgreement((build) => mapped(build, forward, wide, parameters), 4e-7 + tolerance);
    const ones = new Float32Array(wide.length).fill(1);
    expectAgreement((build) => gradient(build, backward, ones, saved(wide), parameters), 1e-6);
    for (const build of builds) expect(mapped(build, forward, [Number.NaN], parameters)[0]).toBeNaN();
  });

  it("gives the same bits however the range is split", () => {
    const x = uniform(101, -6, 6, 4);
    const g = uniform(101, -1, 1, 5);
    for (const build of builds) {
      const whole = mapped(build, forward, x, parameters);
      const back = gradient(build, backward, g, saved(x), parameters);
      for (const cuts of [[1], [50], [3, 8, 77], [97, 100]]) {
        expect(bits(mapped(build, forward, x, parameters, cuts))).toEqual(bits(whole));
        expect(bits(gradient(build, backward, g, saved(x), parameters, cuts))).toEqual(bits(back));
      }
    }
  });

  it("has the gradient of the forward function", () => {
    // away from the kinks at 0
    const x = Float32Array.from([-7, -3, -1.5, -0.5, -0.1, 0.1, 0.5, 1.5, 3, 7]);
    const step = 2 ** -7;
    const above = mapped(
      "js",
      forward,
      x.map((value) => value + step),
      parameters,
    );
    const below = mapped(
      "js",
      forward,
      x.map((value) => value - step),
      parameters,
    );
    const slope = gradient("js", backward, new Float32Array(x.length).fill(2), saved(x), parameters);
    slope.forEach((value, i) => {
      expect(value / 2).toBeCloseTo((above[i] - below[i]) / (2 * step), 3);
    });
  });
});

it("no kernel of the family is left out", () => {
  const { kernels: all } = readKernels(join(root, "assembly"));
  const tested = families.flatMap(({ forward, backward }) => [forward.name, backward.name]);
  expect(tested.sort()).toEqual(all.flatMap(({ name, family }) => (family === "activations" ? [name] : [])).sort());
});

describe("choices", () => {
  it.each(builds)("%s: slopes at 0 and silent tails", (build) => {
    expect([...gradient(build, kernels.reluGrad, [5, 5, 5], [0, -0, 1])]).toEqual([0, 0, 5]);
    expect([...gradient(build, kernels.leakyReluGrad, [4], [0], { slope: 0.5 })]).toEqual([2]);
    expect([...mapped(build, kernels.gelu, [Number.NEGATIVE_INFINITY, -1e30, 1e30, 30])].map((y) => y + 0)).toEqual([
      0,
      0,
      Math.fround(1e30),
      30,
    ]);
    expect([...mapped(build, kernels.silu, [Number.NEGATIVE_INFINITY, -1e30, 3e38])].map((y) => y + 0)).toEqual([0, 0, Math.fround(3e38)]);
  });
});
