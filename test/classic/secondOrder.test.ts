import { describe, expect, it } from "vitest";
import { LevenbergMarquardt, Newton } from "../../src/classic.js";
import { manualSeed, Parameter, tensor } from "../../src/index.js";
import { failure, rejection } from "../support/errors.js";
import { lossOf } from "../support/trajectories.js";

function at(...x: number[]): Parameter {
  return new Parameter(tensor(x, { dtype: "float64" }));
}

describe("Newton", () => {
  it("solves a quadratic in one step", async () => {
    const x = at(1.5, -1, 2, 0.5, -3);
    const loss = await new Newton(x).step(() => lossOf("quadratic", x));
    expect(loss.item()).toBeCloseTo(0.2125, 6);
    const least = [0.36769763172740494, -1.002661825502047, 0.40256054203446584, 1.991190058172999, -2.9929332780902573];
    for (const [i, value] of least.entries()) expect(x.data[i]).toBeCloseTo(value, 10);
  });

  it("makes Newton's steps in Rosenbrock's valley", async () => {
    // The first step from (−1.2, 1), by hand: θ − H⁻¹∇ with H = [[1330, 480], [480, 200]], ∇ = [−215.6, −88].
    const x = at(-1.2, 1);
    const newton = new Newton(x);
    await newton.step(() => lossOf("rosenbrock", x));
    expect(x.data[0]).toBeCloseTo(-1.1752808988764, 9);
    expect(x.data[1]).toBeCloseTo(1.3806741573034, 9);
    for (let i = 0; i < 6; i++) await newton.step(() => lossOf("rosenbrock", x));
    for (const value of x.data) expect(value).toBeCloseTo(1, 8);
    expect(newton.stepCount).toBe(7);
  });

  it("saddle-free, it leaves a saddle that Newton's step runs into", async () => {
    const loss = (x: Parameter) =>
      x
        .square()
        .mul(tensor([1, -1], { dtype: "float64" }))
        .add(
          x
            .square()
            .square()
            .mul(tensor([0, 1], { dtype: "float64" })),
        )
        .sum();
    const [plain, free] = [at(1, 0.1), at(1, 0.1)];
    const [one, other] = [new Newton(plain), new Newton(free, { saddleFree: true, damping: 0.1 })];
    for (let i = 0; i < 30; i++) {
      await one.step(() => loss(plain));
      await other.step(() => loss(free));
    }
    expect(Math.abs(plain.data[1])).toBeLessThan(1e-6);
    expect(Math.abs(free.data[1])).toBeCloseTo(Math.SQRT1_2, 4);
  });

  it("several parameters are one vector, and frozen ones stay", async () => {
    const [a, b] = [at(3, -2), at(4)];
    const frozen = new Parameter(tensor([7], { dtype: "float64" }), { requiresGrad: false });
    await new Newton([a, b, frozen]).step(() => a.mul(b).square().sum().add(a.sub(1).square().sum()).add(b.add(frozen).square().sum()));
    expect([...frozen.data]).toEqual([7]);
    expect(a.grad).toBe(null);
  });

  it("says what is wrong with a call", async () => {
    const x = at(1, 2);
    expect(failure(() => new Newton([]))).toBe("ARGUMENT Newton: the list of parameters is empty. Pass model.parameters().");
    expect(failure(() => new Newton(x, { most: 1 }))).toBe(
      "ARGUMENT Newton: 2 parameters; expected at most 1. Take NewtonCG, or raise most.",
    );
    expect(failure(() => new Newton(x, { damping: -1 }))).toContain("damping is -1; expected a number ≥ 0");
    expect(await rejection(() => new Newton(x).step(undefined as never))).toContain("ARGUMENT Newton: step() was called without a closure");
    expect(await rejection(() => new Newton(x).step(() => x.mul(2)))).toContain("SHAPE Newton: the closure returned a loss of shape [2]");
    expect(await rejection(() => new Newton(x).step(() => x.sum()))).toContain(
      "ARGUMENT Newton: the Hessian is singular. Give damping: 1e-3.",
    );
    expect([...x.data]).toEqual([1, 2]);
  });
});

describe("LevenbergMarquardt", () => {
  it("fits a decay that Gauss-Newton alone would miss", async () => {
    manualSeed(1);
    const t = tensor(
      Float64Array.from({ length: 20 }, (_, i) => i / 10),
      { dtype: "float64" },
    );
    const [amplitude, rate] = [at(1), at(0.1)];
    const y = t.mul(-1.7).exp().mul(2.5);
    const fitting = new LevenbergMarquardt([amplitude, rate]);
    const losses: number[] = [];
    for (let i = 0; i < 12; i++) losses.push((await fitting.step(() => t.mul(rate).neg().exp().mul(amplitude).sub(y))).item());
    expect(amplitude.item()).toBeCloseTo(2.5, 6);
    expect(rate.item()).toBeCloseTo(1.7, 6);
    for (let i = 1; i < losses.length; i++) expect(losses[i]).toBeLessThanOrEqual(losses[i - 1]);
    expect(fitting.damping).toBeLessThanOrEqual(1e10);
  });

  it("solves linear residuals at once, if hardly damped", async () => {
    const x = at(0, 0);
    const a = tensor(
      [
        [2, 1],
        [1, 3],
        [1, -1],
      ],
      { dtype: "float64" },
    );
    const b = tensor([3, 5, 1], { dtype: "float64" });
    const fitting = new LevenbergMarquardt(x, { damping: 1e-12 });
    await fitting.step(() => a.mul(x).sum(1).sub(b));
    // (AᵀA)⁻¹Aᵀb with AᵀA = [[6, 4], [4, 11]], Aᵀb = [12, 17].
    expect(x.data[0]).toBeCloseTo(64 / 50, 8);
    expect(x.data[1]).toBeCloseTo(54 / 50, 8);
  });

  it("stays where no trial is better, and raises λ", async () => {
    const x = at(0);
    const fitting = new LevenbergMarquardt(x, { maxTrials: 3 });
    await fitting.step(() => x.mul(0).add(1));
    expect(x.item()).toBe(0);
    expect(fitting.damping).toBeCloseTo(1, 12);
  });

  it("stays where the closure throws in a trial", async () => {
    const x = at(1);
    let calls = 0;
    const closure = () => {
      if (++calls > 2) throw new Error("no more data");
      return x.square();
    };
    await expect(new LevenbergMarquardt(x).step(closure)).rejects.toThrow("no more data");
    expect(x.item()).toBe(1);
  });

  it("says what is wrong with a call", async () => {
    const x = at(1, 2);
    expect(failure(() => new LevenbergMarquardt(x, { raise: 1 }))).toContain("raise is 1; expected a number > 1");
    expect(failure(() => new LevenbergMarquardt(3 as never))).toContain("found 3; expected parameters");
    expect(failure(() => new LevenbergMarquardt(new Parameter(x, { requiresGrad: false })))).toContain("all parameters are frozen");
    expect(await rejection(() => new LevenbergMarquardt(x).step(() => x.sum()))).toContain(
      "the closure returned shape []; expected the residuals, [m]",
    );
  });
});
