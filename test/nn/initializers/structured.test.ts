import { describe, expect, test } from "vitest";
import { Conv2d, Dense, type InitializerSpec, randn } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

describe("mostly zeros", () => {
  test("identity and dirac pass on what they get", () => {
    expect(new Dense(2, { weightInitializer: { name: "identity", gain: 3 }, inputShape: [3] }).weight.toArray()).toEqual([
      [3, 0, 0],
      [0, 3, 0],
    ]);
    const x = randn([2, 4, 5, 6]);
    const same = new Conv2d(4, 4, 3, { padding: 1, bias: false, weightInitializer: "dirac" });
    expect(same.forward(x).toArray()).toEqual(x.toArray());
  });
  test("dirac begins anew in each group, at PyTorch's centre of even kernels", () => {
    const { weight } = new Conv2d(3, 4, [2, 3], { weightInitializer: { name: "dirac", groups: 2 } });
    const ones = weight.toArray() as number[][][][];
    const places = ones.flatMap((o, out) =>
      o.flatMap((i, at) => i.flatMap((row, y) => row.flatMap((value, x) => (value === 1 ? [[out, at, y, x]] : [])))),
    );
    expect(places).toEqual([
      [0, 0, 1, 1],
      [1, 1, 1, 1],
      [2, 0, 1, 1],
      [3, 1, 1, 1],
    ]);
    expect(weight.sum().item()).toBe(4);
  });
  test("sparse: so many zeros in each column", () => {
    const dense = new Dense(10, { weightInitializer: { name: "sparse", sparsity: 0.25, std: 1 }, inputShape: [7] });
    expect(dense.weight.eq(0).cast("int32").sum(0).toArray()).toEqual([3, 3, 3, 3, 3, 3, 3]);
  });
  test("shapes that do not fit", () => {
    const conv = (weightInitializer: InitializerSpec): string => failure(() => new Conv2d(3, 4, 3, { weightInitializer }).weight.data);
    expect(conv("identity")).toBe(
      'SHAPE identity: the parameter has shape [4, 3, 3, 3]; expected a matrix [out, in]. A convolution takes "dirac".',
    );
    expect(conv("sparse")).toBe("SHAPE sparse: the parameter has shape [4, 3, 3, 3]; expected a matrix [out, in].");
    expect(conv({ name: "dirac", groups: 3 })).toBe(
      "SHAPE dirac: the parameter has shape [4, 3, 3, 3]; expected [out, in, ...kernel] with outputs that 3 groups divide.",
    );
  });
});
