import { describe, expect, test } from "vitest";
import { diag, kron, meshgrid, tensor, trace, zeros } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { failure } from "../support/errors.js";

describe("diag", () => {
  test.each([-3, -1, 0, 1, 2])("to a matrix and back, diagonal %i", (k) => {
    const n = 4 + Math.abs(k);
    checkOp({ op: (x) => diag(x, k), shapes: [[4]], result: [n, n] });
    checkOp({ op: (x) => diag(x, k), shapes: [[3, 5]], result: [Math.max(0, Math.min(3 + Math.min(k, 0), 5 - Math.max(k, 0)))] });
    const x = tensor([1, Infinity, NaN, 4]);
    expect([...diag(diag(x, k), k).data]).toEqual([...x.data]);
  });
  test("the places of a matrix", () => {
    expect(diag(tensor([1, 2]), 1).toArray()).toEqual([
      [0, 1, 0],
      [0, 0, 2],
      [0, 0, 0],
    ]);
    const x = tensor(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      { dtype: "int32" },
    );
    expect([-2, -1, 0, 1, 2, 3].map((k) => [...diag(x, k).data])).toEqual([[], [4], [1, 5], [2, 6], [3], []]);
    expect(diag(zeros([0])).shape).toEqual([0, 0]);
  });
  test("errors", () => {
    expect(failure(() => diag(zeros([2, 2, 2])))).toBe("SHAPE diag: x has shape [2, 2, 2]; expected a vector or a matrix.");
    expect(failure(() => diag(zeros([2]), 0.5))).toBe("ARGUMENT diag: diagonal is 0.5; expected a whole number.");
  });
});

describe("trace", () => {
  test.each([
    [3, 3],
    [2, 5],
    [5, 2],
    [0, 3],
  ])("%i × %i", (...shape) => checkOp({ op: trace, shapes: [shape], result: [] }));
  test("errors", () => expect(failure(() => trace(zeros([2])))).toBe("SHAPE trace: x has shape [2]; expected a matrix."));
});

describe("meshgrid", () => {
  test.each(["ij", "xy"] as const)("%s, with gradients", (indexing) => {
    const shape = indexing === "ij" ? [3, 2, 4] : [2, 3, 4];
    for (const which of [0, 1, 2]) {
      checkOp({ op: (...vectors) => meshgrid(vectors, { indexing })[which], shapes: [[3], [2], [4]], result: shape });
    }
    expect(meshgrid([tensor([1, 2]), tensor(3)], { indexing })[1].shape).toEqual(indexing === "ij" ? [2, 1] : [1, 2]);
  });
  test("errors", () => {
    expect(failure(() => meshgrid([]))).toBe("ARGUMENT meshgrid: no tensors; expected one or more vectors.");
    expect(failure(() => meshgrid([zeros([2, 2])]))).toBe("SHAPE meshgrid: a tensor of shape [2, 2]; expected vectors.");
    expect(failure(() => meshgrid([zeros([2])], { indexing: "yx" as never }))).toBe(
      'ARGUMENT meshgrid: indexing is "yx"; expected "ij" or "xy".',
    );
  });
});

describe("kron", () => {
  test.each([
    [
      [2, 3],
      [3, 2],
      [6, 6],
    ],
    [[3], [2, 2], [2, 6]],
    [[2, 1, 2], [2], [2, 1, 4]],
    [[], [2, 3], [2, 3]],
    [[0, 2], [3], [0, 6]],
  ])("%j and %j", (a, b, result) => checkOp({ op: kron, shapes: [a, b], result }));
  test("the blocks are b, each times an element of a", () => {
    expect(
      kron(
        tensor([[1, 10]]),
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ).toArray(),
    ).toEqual([
      [1, 2, 10, 20],
      [3, 4, 30, 40],
    ]);
  });
});
