import { describe, expect, it } from "vitest";
import { capture, clipGradAdaptive, Linear, manualSeed, mse, Parameter, randn, tensor } from "../../src/index.js";
import { Adam, SGD } from "../../src/optim/index.js";
import { builds, withBuild } from "../support/kernels.js";
import { disposedOf } from "../support/optimizers.js";

/** Weights, gradients, the factor, and the clipped gradients by PyTorch, whose norms go over all axes but the first. */
const CASES = {
  "rows of a matrix: too large, without weights, small enough": {
    w: [[3, 4], [0, 0], [1, 0]], // biome-ignore format: a table
    g: [[0.3, -0.4], [1, 2], [0.001, 0]], // biome-ignore format: a table
    clipping: 0.01,
    clipped: [0.03, -0.04, 4.4721360e-6, 8.9442720e-6, 0.001, 0], // biome-ignore format: a table
  },
  "a vector as a whole": { w: [1, 2, 2], g: [3, 0, 4], clipping: 0.1, clipped: [0.18, 0, 0.24] },
  "kernels of a convolution": {
    w: [[[[1, 2], [3, 4]]], [[[5, 6], [7, 8]]]], // biome-ignore format: a table
    g: [[[[1, 1], [1, 1]]], [[[1, 1], [1, 1]]]], // biome-ignore format: a table
    clipping: 0.1,
    clipped: [...new Array<number>(4).fill(0.27386129), ...new Array<number>(4).fill(0.6595453)],
  },
};

const expectNear = (found: ArrayLike<number>, expected: readonly number[]): void => {
  for (const [i, x] of expected.entries()) expect(Math.abs(found[i] - x)).toBeLessThan(2e-7 * Math.max(Math.abs(x), 1e-5));
};

describe.each(Object.entries(CASES))("%s", (_, { w, g, clipping, clipped }) => {
  const made = () => {
    const parameter = new Parameter(tensor(w as number[]));
    parameter.grad = tensor(g as number[]);
    return parameter;
  };

  it.each(builds)("clipGradAdaptive, %s", (build) => {
    withBuild(build, () => {
      const parameter = made();
      clipGradAdaptive(parameter, clipping);
      expectNear(parameter.grad?.data ?? [], clipped);
    });
  });

  it("is what the optimizer's option does, bit for bit", () => {
    const [inside, outside] = [made(), made()];
    disposedOf(new Adam([inside], { adaptiveClip: clipping })).step();
    clipGradAdaptive(outside, clipping);
    disposedOf(new Adam([outside])).step();
    expect([...inside.data]).toEqual([...outside.data]);
    expect([...(inside.grad?.data ?? [])]).toEqual([...(outside.grad?.data ?? [])]);
  });
});

describe("clipGradAdaptive", () => {
  it("bounds each step of SGD by a part of the weights, where nothing else holds it", () => {
    const x = new Parameter(tensor([[3, 4]]));
    x.grad = tensor([[1e20, 1e20]]);
    disposedOf(new SGD([x], { learningRate: 1, adaptiveClip: 0.1 })).step();
    expect(Math.hypot(3 - x.data[0], 4 - x.data[1])).toBeCloseTo(0.5, 5);
  });

  it("can be captured", () => {
    const run = (captured: boolean): number[] => {
      manualSeed(2);
      const [layer, x, y] = [new Linear(3, 2), randn([8, 3]), randn([8, 2])];
      const optimizer = disposedOf(new SGD(layer.parameters(), { learningRate: 0.5 }));
      const step = () => {
        mse(layer.forward(x), y).backward();
        clipGradAdaptive(layer.parameters(), 0.05);
        optimizer.step();
        optimizer.zeroGrad();
      };
      const advance = captured ? capture(step) : step;
      for (let t = 0; t < 6; t++) advance();
      return [...layer.weight.data];
    };
    expect(run(true)).toEqual(run(false));
  });

  it("leaves alone what has no gradient, and keeps NaN", () => {
    const [bare, x] = [new Parameter(tensor([1])), new Parameter(tensor([[1], [1]]))];
    x.grad = tensor([[Number.NaN], [1]]);
    clipGradAdaptive([bare, x], 0.1);
    expect(bare.grad).toBe(null);
    expect(x.grad?.data[0]).toBeNaN();
    expectNear([x.grad?.data[1] ?? 0], [0.1]);
  });

  it("says what is wrong", () => {
    expect(() => clipGradAdaptive(new Parameter(tensor([1])), 0)).toThrow("clipGradAdaptive: clipping is 0; expected a number > 0.");
    expect(() => new SGD({ adaptiveClip: -1 })).toThrow("SGD: adaptiveClip is -1; expected a number > 0.");
    expect(() => new SGD({ adaptiveClip: 0.1, clipNorm: 1 })).toThrow("at most one way to clip");
  });
});
