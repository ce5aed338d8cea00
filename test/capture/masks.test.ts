import { describe, expect, test } from "vitest";
import { capture, grad, type NestedNumbers, Parameter, type Tensor, tensor, where } from "../../src/index.js";
import { builds, withBuild } from "../support/kernels.js";

type Step = (...inputs: Tensor[]) => Tensor;

/** Checks that a step is replayed, on each set of inputs with the result that it has eagerly. */
function expectReplayed(step: Step, ...inputs: Tensor[][]): void {
  const captured = capture(step);
  for (let i = 0; i < 6; i++) {
    for (const tensors of inputs) expect(captured(...tensors).toArray()).toEqual(step(...tensors).toArray());
  }
  const { state, reason, replays } = captured.status();
  expect([state, reason, replays > 0]).toEqual(["replaying", null, true]);
}

const x = (values: number[]): Tensor => tensor(values);
const ints = (values: number[]): Tensor => tensor(values, { dtype: "int32" });

describe("steps with masks are replayed", () => {
  test("sums and products of bools, and their counts", () => {
    const step: Step = (t) => {
      const mask = t.gt(0).mul(t.lt(2)).add(t.eq(5));
      return t.mul(mask).sum().div(mask.sum());
    };
    expectReplayed(step, [x([-1, 1, 1.5, 5, 7])], [x([5, 0, 1, 3, 1])]);
    expectReplayed((t) => t.gt(0).sum(0), [x([-1, 1])], [x([1, 1])]);
  });

  test("not, and comparisons of labels and of bytes", () => {
    expectReplayed((t) => where(t.gt(0).eq(0), t, 0), [x([-1, 1, 3])]);
    expectReplayed((labels) => labels.ne(-100).mul(labels.ge(0)).mul(labels.lt(3)), [ints([-100, -1, 0, 2, 3, 16777217])]);
    expectReplayed(
      (a, b) => a.eq(b).add(a.gt(b)).mul(a.le(16777216)),
      [ints([1, 16777217, 5, 16777216]), ints([1, 16777216, 6, 16777217])],
    );
    expectReplayed((labels) => where(labels.ne(-100), labels, 0), [ints([-100, 7, 16777217])]);
    expectReplayed((bytes) => bytes.ge(200), [tensor(Uint8Array.of(199, 200, 255))]);
  });

  test("the gradient of a power by its exponent", () => {
    const [base, exponent] = [new Parameter(x([2, 0, 3])), new Parameter(x([3, 2, 0.5]))];
    expectReplayed((t) => grad(base.mul(t).pow(exponent).sum(), exponent)[0], [x([1, 1, 1])], [x([2, 5, 1])]);
  });
});

describe("steps that are not replayed name the kernel and what to do", () => {
  test.each<[string, Step, Tensor, string]>([
    ["float64", (t) => t.exp(), tensor([1], { dtype: "float64" }), '"exp" ran in plain JavaScript (float64)'],
    ["arithmetic of int32", (t) => t.add(1), ints([1]), '"add" ran in plain JavaScript (int32)'],
    ["a product of matrices of int32", (t) => t.dot(t), ints([1]), '"gemm" ran in plain JavaScript (int32)'],
    ["a sum of int32", (t) => t.sum(), ints([1]), '"cast" ran in plain JavaScript (float64)'],
  ])("%s", (_, step, input, kernel) => {
    const captured = capture(step);
    for (let i = 0; i < 5; i++) captured(input);
    expect(captured.status()).toMatchObject({
      state: "eager",
      reason: `${kernel}; cast its operands to float32, for which it is compiled`,
    });
  });
});

describe.each(builds)("masks, %s", (build) => {
  /** The elements of a result of this build. */
  const of = (fn: () => Tensor): NestedNumbers => withBuild(build, () => fn().toArray());
  const bools = (n: number, from: (i: number) => boolean): Tensor => tensor(Array.from({ length: n }, (_, i) => from(i)));

  test("and, or of any length, and broadcast along rows and columns", () => {
    for (const n of [1, 3, 15, 16, 17, 40, 64]) {
      const [a, b] = [bools(n, (i) => i % 2 === 0), bools(n, (i) => i % 3 === 0)];
      expect(of(() => a.mul(b))).toEqual(Array.from({ length: n }, (_, i) => Number(i % 6 === 0)));
      expect(of(() => a.add(b))).toEqual(Array.from({ length: n }, (_, i) => Number(i % 2 === 0 || i % 3 === 0)));
      expect(of(() => a.mul(tensor(true)))).toEqual(a.toArray());
      expect(of(() => tensor(true).add(a))).toEqual(new Array(n).fill(1));
      const [column, row] = [bools(3, (i) => i === 1).reshape([3, 1]), a.reshape([1, n])];
      const cells = (f: (i: number, j: number) => boolean) => [0, 1, 2].map((i) => Array.from({ length: n }, (_, j) => Number(f(i, j))));
      expect(of(() => column.mul(row))).toEqual(cells((i, j) => i === 1 && j % 2 === 0));
      expect(of(() => row.add(column))).toEqual(cells((i, j) => i === 1 || j % 2 === 0));
    }
  });

  test("comparisons of int32 are exact, also beyond 2²⁴ and broadcast", () => {
    const [a, b] = [ints([16777217, -5, 2147483647, -2147483648, 0]), ints([16777216, -5, -2147483648, 2147483647, 1])];
    expect(of(() => a.eq(b))).toEqual([0, 1, 0, 0, 0]);
    expect(of(() => a.ne(b))).toEqual([1, 0, 1, 1, 1]);
    expect(of(() => a.lt(b))).toEqual([0, 0, 0, 1, 1]);
    expect(of(() => a.le(b))).toEqual([0, 1, 0, 1, 1]);
    expect(of(() => a.gt(b))).toEqual([1, 0, 1, 0, 0]);
    expect(of(() => a.ge(b))).toEqual([1, 1, 1, 0, 0]);
    expect(
      of(() =>
        ints([1, 2])
          .reshape([2, 1])
          .gt(ints([0, 1, 2])),
      ),
    ).toEqual([
      [1, 0, 0],
      [1, 1, 0],
    ]);
    expect(
      of(() =>
        ints([1, 2])
          .reshape([2, 1])
          .ge(ints([0, 1, 2])),
      ),
    ).toEqual([
      [1, 1, 0],
      [1, 1, 1],
    ]);
    expect(of(() => where(tensor([true, false]), ints([2139095041, 1]), ints([3, 2143289345])))).toEqual([2139095041, 2143289345]);
  });
});
