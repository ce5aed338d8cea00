import { describe, expect, test } from "vitest";
import * as library from "../../src/index.js";
import { failure } from "../support/errors.js";

const { all, allClose, any, capture, isClose, logicalAnd, logicalNot, logicalOr, logicalXor, tensor, zeros } = library;
type Tensor = library.Tensor;
const [INF, NAN] = [Number.POSITIVE_INFINITY, Number.NaN];

const bools = (x: Tensor): number[] => {
  expect(x.dtype).toBe("bool");
  return [...x.data];
};

describe.each([
  ["any", any, (row: number[]) => row.some((value) => value !== 0)],
  ["all", all, (row: number[]) => row.every((value) => value !== 0)],
] as const)("%s", (name, op, of) => {
  const rows = [
    [0, NAN, 0],
    [1, -2, 0.5],
    [0, 0, -0],
  ];
  test("along axes, in every type", () => {
    for (const dtype of ["float32", "float64", "bool", "uint8", "int32"] as const) {
      const whole = dtype === "float32" || dtype === "float64" ? rows : rows.map((row) => row.map((value) => Number(value !== 0)));
      const x = tensor(whole, { dtype });
      expect(bools(op(x, 1))).toEqual(whole.map((row) => Number(of(row))));
      expect(op(x, { axes: -1, keepDims: true }).shape).toEqual([3, 1]);
      expect(bools(op(x, 0))).toEqual([0, 1, 2].map((k) => Number(of(whole.map((row) => row[k])))));
      expect(bools(op(x))).toEqual([Number(of(whole.flat()))]);
      expect(bools(op(x, [0, 1]))).toEqual([Number(of(whole.flat()))]);
    }
  });
  test("of nothing, and of a scalar", () => {
    expect(bools(op(zeros([0, 2]), 0))).toEqual(name === "any" ? [0, 0] : [1, 1]);
    expect(bools(op(tensor(3)))).toEqual([1]);
  });
  test("errors", () => {
    expect(failure(() => op(zeros([2]), 1))).toBe(`INDEX ${name}: axis 1 is outside shape [2]; expected a whole number from -1 to 0.`);
    expect(failure(() => op(zeros([2]), 0, { keepdim: true } as never))).toMatch(/Did you mean "keepDims"|keepDims/);
    expect(failure(() => op(1 as never))).toBe(`ARGUMENT ${name}: x is 1; expected a tensor. Wrap it with tensor(…).`);
  });
});

test("isNaN, isInf, isFinite, logicalNot", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const x = tensor([0, -0, 1, INF, -INF, NAN, 1e-40], { dtype });
    expect(bools(library.isNaN(x))).toEqual([0, 0, 0, 0, 0, 1, 0]);
    expect(bools(library.isInf(x))).toEqual([0, 0, 0, 1, 1, 0, 0]);
    expect(bools(library.isFinite(x))).toEqual([1, 1, 1, 0, 0, 0, 1]);
    expect(bools(logicalNot(x))).toEqual([1, 1, 0, 0, 0, 0, 0]);
  }
  // Its size is outside int32.
  const least = tensor([-(2 ** 31), 0], { dtype: "int32" });
  expect([library.isNaN, library.isInf, library.isFinite, logicalNot].map((op) => bools(op(least)))).toEqual([
    [0, 0],
    [0, 0],
    [1, 1],
    [0, 1],
  ]);
});

test("logicalAnd, logicalOr, logicalXor broadcast, of any types", () => {
  const [a, b] = [tensor([[2], [0]]), tensor([true, false])];
  expect(bools(logicalAnd(a, b))).toEqual([1, 0, 0, 0]);
  expect(bools(logicalOr(a, b))).toEqual([1, 1, 1, 0]);
  expect(bools(logicalXor(a, b))).toEqual([0, 1, 1, 0]);
  expect(failure(() => logicalAnd(a, 1 as never))).toBe("ARGUMENT logicalAnd: b is 1; expected a tensor. Wrap it with tensor(…).");
});

describe("isClose, allClose", () => {
  test("|a − b| ≤ atol + rtol · |b|, which is not the same the other way", () => {
    const [a, b] = [tensor([1, 1.1, 0, INF, -INF, 1, NAN]), tensor([1.1, 1, 1e-9, INF, INF, INF, NAN])];
    expect(bools(isClose(a, b, { rtol: 0.095, atol: 0 }))).toEqual([1, 0, 0, 1, 0, 0, 0]);
    expect(bools(isClose(a, b, { atol: 0.11, equalNan: true }))).toEqual([1, 1, 1, 1, 0, 0, 1]);
    expect(allClose(tensor([1, 2]), tensor([1, 2 + 1e-6]))).toBe(true);
    expect(allClose(tensor([1, 2]), tensor([1, 2.1]))).toBe(false);
    expect(allClose(zeros([0]), zeros([0]))).toBe(true);
    expect(bools(isClose(tensor([2 ** 31 - 1], { dtype: "int32" }), tensor([-(2 ** 31)], { dtype: "int32" })))).toEqual([0]);
  });
  test("errors", () => {
    expect(failure(() => allClose(zeros([1]), zeros([1]), { rtol: -1 }))).toBe("ARGUMENT allClose: rtol is -1; expected a number ≥ 0.");
    expect(failure(() => allClose(zeros([2]), zeros([3])))).toMatch(/^SHAPE/);
    expect(failure(() => isClose(zeros([1]), 3 as never))).toBe("ARGUMENT isClose: b is 3; expected a tensor. Wrap it with tensor(…).");
  });
});

test("masks of a captured step", () => {
  const step = (x: Tensor): Tensor => logicalAnd(any(x.gt(1), 1), library.isFinite(x.sum(1))).cast("float32");
  const captured = capture(step);
  for (const x of [
    tensor([
      [0, 2],
      [1, 1],
    ]),
    tensor([
      [3, INF],
      [1, 1],
    ]),
    tensor([
      [0, 0],
      [5, 1],
    ]),
    tensor([
      [9, 2],
      [1, 7],
    ]),
  ]) {
    expect([...captured(x).data]).toEqual([...step(x).data]);
  }
});
