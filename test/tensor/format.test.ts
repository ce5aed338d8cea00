import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { arange, noGrad, ones, type Tensor, tensor, zeros } from "../../src/index.js";

const [INF, NAN] = [Number.POSITIVE_INFINITY, Number.NaN];

describe("a tensor as text", () => {
  test.each<[string, () => Tensor, string]>([
    ["scalar", () => tensor(2.5), "Tensor float32 []\n2.5"],
    ["vector", () => tensor([1, -2, 0.1]), "Tensor float32 [3]\n[1, -2, 0.1]"],
    [
      "matrix",
      () =>
        tensor([
          [1, 2],
          [3, 4],
        ]),
      "Tensor float32 [2, 2]\n[[1, 2],\n [3, 4]]",
    ],
    ["three axes", () => tensor([[[1, 2]], [[3, 4]]]), "Tensor float32 [2, 1, 2]\n[[[1, 2]],\n [[3, 4]]]"],
    ["empty", () => zeros([0]), "Tensor float32 [0]\n[]"],
    ["empty rows", () => zeros([2, 0]), "Tensor float32 [2, 0]\n[[],\n []]"],
    ["booleans", () => tensor([true, false]), "Tensor bool [2]\n[true, false]"],
    ["integers", () => tensor([1, -2], { dtype: "int32" }), "Tensor int32 [2]\n[1, -2]"],
    ["special numbers", () => tensor([NAN, INF, -INF]), "Tensor float32 [3]\n[NaN, Infinity, -Infinity]"],
    ["five digits", () => tensor([1 / 3, 12345.678, 1e-10], { dtype: "float64" }), "Tensor float64 [3]\n[0.33333, 12346, 1e-10]"],
    ["a leaf", () => tensor([1], { requiresGrad: true }), "Tensor float32 [1] requiresGrad\n[1]"],
    ["1000 elements", () => zeros([1000]), `Tensor float32 [1000]\n[${new Array(1000).fill(0).join(", ")}]`],
    ["more, shortened", () => arange(1001), "Tensor float32 [1001]\n[0, 1, 2, …, 998, 999, 1000]"],
    [
      "many rows, all of short ones",
      () =>
        arange(2000)
          .reshape([500, 4])
          .slice([[0, 500]]),
      [
        "Tensor float32 [500, 4]",
        "[[0, 1, 2, 3],",
        " [4, 5, 6, 7],",
        " [8, 9, 10, 11],",
        " …,",
        " [1988, 1989, 1990, 1991],",
        " [1992, 1993, 1994, 1995],",
        " [1996, 1997, 1998, 1999]]",
      ].join("\n"),
    ],
  ])("%s", (_, make, text) => {
    const x = make();
    expect(String(x)).toBe(text);
    expect(inspect(x)).toBe(text);
  });

  test("within other objects", () => {
    expect(
      inspect({
        w: tensor([
          [1, 2],
          [3, 4],
        ]),
      }),
    ).toBe("{\n  w: Tensor float32 [2, 2]\n  [[1, 2],\n   [3, 4]]\n}");
  });

  test("released", () => {
    let inner: Tensor | undefined;
    noGrad(() => {
      inner = ones([2]).add(1);
      return 0;
    });
    expect(inspect(inner)).toBe("Tensor float32 [2] (released)");
  });
});
