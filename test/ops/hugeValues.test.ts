import { describe, expect, test } from "vitest";
import { type DType, full, grad, type Tensor, tensor } from "../../src/index.js";
import { builds, withBuild } from "../support/kernels.js";

/** Figures of numbers whose squares, powers or sums the element type does not hold. */
describe.each(builds)("reductions of huge and of tiny values, %s", (build) => {
  const run = (fn: () => Tensor): number => withBuild(build, () => fn().item());
  const of = (values: number[], dtype: DType = "float32"): Tensor => tensor(values, { dtype });
  const expectNear = (found: number, wanted: number, relative = 1e-6): void => expect(Math.abs(found / wanted - 1)).toBeLessThan(relative);

  test("std does not overflow with the variance", () => {
    expectNear(
      run(() => of([1e38, 3e38, 3e38]).std()),
      (2 / Math.sqrt(3)) * 1e38,
    );
    expectNear(
      run(() => of([1e-30, 3e-30, 3e-30]).std()),
      (2 / Math.sqrt(3)) * 1e-30,
    );
    expectNear(
      run(() => of([1e200, 3e200, 3e200], "float64").std()),
      (2 / Math.sqrt(3)) * 1e200,
      1e-15,
    );
    // By columns.
    const columns = tensor([
      [1e38, 0],
      [3e38, 1],
      [3e38, 2],
    ]);
    const [huge, usual] = withBuild(build, () => columns.std(0).data);
    expectNear(huge, (2 / Math.sqrt(3)) * 1e38);
    expect(usual).toBe(1);
    expect(run(() => of([1e38, 3e38, 3e38]).variance())).toBe(Infinity);
  });

  test("std's gradient is finite there", () => {
    const x = tensor([1e38, 3e38, 3e38], { requiresGrad: true });
    const found = withBuild(build, () => grad(x.std(), x)[0].data);
    for (const [i, wanted] of [-0.5773502691896257, 0.28867513459481287, 0.28867513459481287].entries()) expectNear(found[i], wanted, 1e-5);
  });

  test("mean and sum do not overflow on the way", () => {
    for (const n of [2, 16, 64, 100, 70000]) {
      expectNear(
        run(() => full([n], 3e38).mean()),
        3e38,
      );
      expect(run(() => tensor(Float32Array.from({ length: n }, (_, i) => (i < n / 2 ? 3e38 : -3e38))).sum())).toBe(0);
    }
    const columns = withBuild(build, () => full([64, 5], 3e38).mean(0).data);
    for (const found of columns) expectNear(found, 3e38);
    expectNear(
      run(() => full([64], 3e38).std({ correction: 0 }).add(1)),
      1,
    );
    expect(run(() => of([1.7e308, 1.7e308], "float64").mean())).toBe(1.7e308);
    expect(run(() => full([64], 3e38).sum())).toBe(Infinity);
    expect(run(() => of([...new Array(40).fill(1), Infinity]).sum())).toBe(Infinity);
    expect(run(() => of([...new Array(40).fill(1), Number.NaN]).mean())).toBeNaN();
  });

  test("norms of any order", () => {
    expectNear(
      run(() => of([3e38, 1e38]).div(2).norm()),
      (Math.sqrt(10) / 2) * 1e38,
    );
    expectNear(
      run(() => of([1e20, 1e20]).norm({ p: 3 })),
      1.25992104989e20,
      1e-5,
    );
    expectNear(
      run(() => of([1e-20, 0, 1e-20]).norm({ p: 3 })),
      1.25992104989e-20,
      1e-5,
    );
    expectNear(
      run(() => of([3e200, 4e200], "float64").norm()),
      5e200,
      1e-15,
    );
    expectNear(
      run(() => of([3e-200, 4e-200], "float64").norm()),
      5e-200,
      1e-15,
    );
    expect(run(() => of([0, 0]).norm({ p: 3 }))).toBe(0);
    expect(run(() => of([1, -Infinity]).norm({ p: 3 }))).toBe(Infinity);
    expect(run(() => of([1, Number.NaN]).norm({ p: 3 }))).toBeNaN();
    expect(run(() => of([]).norm({ p: 3 }))).toBe(0);
    expectNear(
      run(() => full([64], 5e36).norm({ p: 1 })),
      3.2e38,
    );
  });

  test("logSumExp", () => {
    expectNear(
      run(() => of([3e38, 3e38]).logSumExp()),
      3e38,
    );
    expect(run(() => of([-3e38, -Infinity]).logSumExp())).toBe(Math.fround(-3e38));
  });
});
