import { describe, expect, test } from "vitest";
import { abs, add, arange, type DType, einsum, full, linspace, type Tensor, tensor, zeros } from "../../src/index.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";

const int32 = (values: number[]): Tensor => tensor(values, { dtype: "int32" });
const uint8 = (values: number[]): Tensor => tensor(values, { dtype: "uint8" });
const outside = (op: string, dtype: "int32" | "uint8" = "int32"): string =>
  dtype === "int32"
    ? `DTYPE ${op}: a result is outside int32 (-2147483648 … 2147483647). Convert the operands with cast("float64").`
    : `DTYPE ${op}: a result is outside uint8 (0 … 255). Convert the operands with cast("int32") or cast("float64").`;

describe.each(builds)("integers never wrap around, %s", (build) => {
  const run = <T>(fn: () => T): T => withBuild(build, fn);

  test("a sum of bytes and of int32 is exact beyond 2³¹", () => {
    run(() => {
      const bytes = tensor(new Uint8Array(12e6).fill(255));
      expect(bytes.sum().item()).toBe(3.06e9);
      expect(bytes.reshape([2, 6e6]).sum(1).toArray()).toEqual([1.53e9, 1.53e9]);
      expect(full([3], 2e9, { dtype: "int32" }).sum().item()).toBe(6e9);
      expect(int32([2147483647, 2147483647, 1]).sum(0).toArray()).toBe(4294967295);
    });
  });

  test("a product and running sums of int32 are exact beyond 2³¹", () => {
    run(() => {
      expect(int32([65536, 65536, 3]).prod().item()).toBe(12884901888);
      expect(full([3], 2e9, { dtype: "int32" }).cumsum(0).toArray()).toEqual([2e9, 4e9, 6e9]);
      expect(uint8([200, 100]).cumsum(0).toArray()).toEqual([200, 300]);
    });
  });

  test("bools are counted in int32", () => {
    run(() => {
      const mask = tensor(new Uint8Array(300).fill(1)).cast("bool");
      expect([mask.sum().dtype, mask.sum().item()]).toEqual(["int32", 300]);
    });
  });

  test("products of matrices that int32 does not hold are errors", () => {
    run(() => {
      const x = full([2, 2], 50000, { dtype: "int32" });
      expect(failure(() => x.matmul(x))).toBe(outside("matmul"));
      expect(failure(() => int32([65536, 1]).dot(int32([32768, 0])))).toBe(outside("matmul"));
      expect(
        int32([65536, 1])
          .dot(int32([32767, 65535]))
          .item(),
      ).toBe(2147483647);
      // The sum comes back to 0, after it was rounded.
      const [a, b] = [int32([2147483647, 2147483647, 1]), int32([2147483647, -2147483647, 1])];
      const large = full([4], 2147483647, { dtype: "int32" });
      expect(failure(() => large.dot(int32([2147483647, 2147483647, -2147483647, -2147483647])))).toBe(outside("matmul"));
      expect(failure(() => a.dot(b))).toBe(outside("matmul"));
      expect(failure(() => einsum("ij,jk->ik", x, x))).toBe(
        "DTYPE einsum: 5000000000 at position 0 is outside int32 (-2147483648 … 2147483647). Use float32 or float64, or clamp before.",
      );
      expect(einsum("ij->", x).dtype).toBe("int32");
      expect(x.cast("float64").matmul(x.cast("float64")).toArray()).toEqual([
        [5e9, 5e9],
        [5e9, 5e9],
      ]);
    });
  });

  test("bytes multiply as matrices in int32", () => {
    run(() =>
      expect(
        uint8([255, 255])
          .dot(uint8([255, 255]))
          .item(),
      ).toBe(130050),
    );
  });

  test("scatterAdd", () => {
    run(() => {
      const [index, source] = [int32([1, 1]), int32([2e9, 2e9])];
      expect(failure(() => zeros([2], { dtype: "int32" }).scatterAdd(0, index, source))).toBe(outside("scatterAdd"));
      expect(failure(() => zeros([2], { dtype: "uint8" }).scatterAdd(0, index, uint8([200, 200])))).toBe(outside("scatterAdd", "uint8"));
      expect(
        zeros([2], { dtype: "uint8" })
          .scatterAdd(0, index, uint8([200, 55]))
          .toArray(),
      ).toEqual([0, 255]);
    });
  });

  test("arithmetic element by element", () => {
    run(() => {
      const [low, high] = [int32([-2147483648]), int32([2147483647])];
      expect(failure(() => high.add(1))).toBe(outside("add"));
      expect(failure(() => low.sub(high))).toBe(outside("sub"));
      expect(failure(() => high.mul(int32([2])))).toBe(outside("mul"));
      expect(failure(() => int32([65536, 123456789]).mul(int32([65536, 987654321]).reshape([2, 1])))).toBe(outside("mul"));
      expect(failure(() => low.neg())).toBe(outside("neg"));
      expect(failure(() => abs(low))).toBe(outside("abs"));
      expect(failure(() => int32([46341]).square())).toBe(outside("square"));
      expect(int32([46340]).square().item()).toBe(2147395600);
      expect(failure(() => uint8([255]).add(uint8([1])))).toBe(outside("add", "uint8"));
      expect(failure(() => uint8([1]).sub(2))).toBe(outside("sub", "uint8"));
      expect(failure(() => uint8([16]).mul(16))).toBe(outside("mul", "uint8"));
      expect(failure(() => uint8([1]).neg())).toBe(outside("neg", "uint8"));
      expect(failure(() => uint8([16]).square())).toBe(outside("square", "uint8"));
      expect(int32([3]).pow(40).item()).toBe(Math.fround(3 ** 40));
    });
  });

  test("a number beside a tensor whose type does not hold it", () => {
    run(() => {
      expect(failure(() => uint8([1]).add(-1))).toBe(
        'DTYPE add: -1 does not fit into the tensor\'s type uint8. Convert the tensor with cast("int32").',
      );
      expect(failure(() => uint8([1]).mul(300))).toContain("DTYPE mul: 300 does not fit");
      expect(failure(() => add(2 ** 40, int32([1])))).toContain("DTYPE add: 1099511627776 does not fit");
      expect(add(2 ** 40, tensor([1])).item()).toBe(2 ** 40);
    });
  });

  test("a failure leaves no trace", () => {
    run(() => {
      expect(failure(() => int32([2147483647]).add(1))).toBe(outside("add"));
      expect(int32([2147483646]).add(1).item()).toBe(2147483647);
    });
  });
});

describe("makers and writers refuse what an integer type does not hold", () => {
  const message = (op: string, value: number, dtype: DType, where = ""): string =>
    `DTYPE ${op}: ${value}${where} is outside ${dtype === "int32" ? "int32 (-2147483648 … 2147483647)" : "uint8 (0 … 255)"}. Use ${
      dtype === "int32" ? "float32 or float64" : "int32 or float32"
    }, or clamp before.`;

  test("makers", () => {
    expect(failure(() => tensor([0, 300], { dtype: "uint8" }))).toBe(message("tensor", 300, "uint8", " at position 1"));
    expect(failure(() => tensor(Int32Array.of(-1), { dtype: "uint8" }))).toBe(message("tensor", -1, "uint8", " at position 0"));
    expect(failure(() => tensor(Number.NaN, { dtype: "int32" }))).toBe(message("tensor", Number.NaN, "int32", " at position 0"));
    expect(failure(() => full([2], 2 ** 31, { dtype: "int32" }))).toBe(message("full", 2 ** 31, "int32"));
    expect(failure(() => full([2], Number.NaN, { dtype: "int32" }))).toBe(message("full", Number.NaN, "int32"));
    expect(failure(() => full([2], -1, { dtype: "uint8" }))).toBe(message("full", -1, "uint8"));
    expect(failure(() => arange(257, { dtype: "uint8" }))).toBe(message("arange", 256, "uint8"));
    expect(arange(256, { dtype: "uint8" }).sum().item()).toBe(32640);
    expect(failure(() => linspace(-1, 1, 3, { dtype: "uint8" }))).toBe(message("linspace", -1, "uint8"));
    expect(tensor([1.9, -1.9, 255.5], { dtype: "int32" }).toArray()).toEqual([1, -1, 255]);
  });

  test("fill writes what full makes", () => {
    const mask = zeros([4], { dtype: "bool" });
    for (const [value, element] of [
      [7, 1],
      [0.5, 1],
      [Number.NaN, 1],
      [-0, 0],
    ]) {
      expect(mask.fill(value).toArray()).toEqual([element, element, element, element]);
      expect(mask.sum().item()).toBe(4 * element);
    }
    const x = int32([1, 2]);
    expect(failure(() => x.fill(2 ** 40))).toBe(message("fill", 2 ** 40, "int32"));
    expect(failure(() => x.fill(Number.NaN))).toBe(message("fill", Number.NaN, "int32"));
    expect(x.toArray()).toEqual([1, 2]);
    expect(x.fill(2.7).toArray()).toEqual([2, 2]);
    expect(failure(() => x.fill("x" as never))).toBe('ARGUMENT fill: the value is "x"; expected a number.');
    expect(failure(() => x.fill(undefined as never))).toBe("ARGUMENT fill: the value is undefined; expected a number.");
    expect(failure(() => x.fill(5n as never))).toBe("ARGUMENT fill: the value is the BigInt 5n; expected a number.");
    const pinned = uint8([1]).pin();
    expect(failure(() => pinned.fill(256))).toBe(message("fill", 256, "uint8"));
    expect(pinned.fill(255).add(0).toArray()).toEqual([255]);
  });

  test("pad", () => {
    expect(failure(() => uint8([1]).pad([[0, 1]], { value: 300 }))).toBe(message("pad", 300, "uint8"));
    expect(failure(() => int32([1]).pad([[0, 1]], { value: 2 ** 40 }))).toBe(message("pad", 2 ** 40, "int32"));
    expect(
      int32([1])
        .pad([[0, 1]], { value: 16777217 })
        .toArray(),
    ).toEqual([1, 16777217]);
    expect(
      tensor([false])
        .pad([[0, 1]], { value: 7 })
        .toArray(),
    ).toEqual([0, 1]);
  });

  test("assign", () => {
    const x = uint8([1, 2]);
    expect(failure(() => x.assign([0, 256]))).toBe(message("assign", 256, "uint8", " at position 1"));
    expect(failure(() => x.assign(tensor([0, Number.NaN])))).toBe(message("assign", Number.NaN, "uint8", " at position 1"));
    expect(x.toArray()).toEqual([1, 2]);
    expect(x.assign([255, 3.5]).toArray()).toEqual([255, 3]);
    expect(int32([0]).assign([16777217]).toArray()).toEqual([16777217]);
    expect(
      tensor([true, false])
        .assign(tensor([0, Number.NaN]))
        .toArray(),
    ).toEqual([0, 1]);
    expect(failure(() => x.assign([1, "2"] as never))).toMatch(/^ARGUMENT tensor: values\[1\] is "2"; expected a number/);
  });

  test("addScaled", () => {
    const x = int32([2147483647, 5]);
    expect(failure(() => x.addScaled(int32([1, 1])))).toBe(message("addScaled", 2147483648, "int32", " at position 0"));
    expect(x.toArray()).toEqual([2147483647, 5]);
    expect(x.addScaled(int32([1, 3]), -2).toArray()).toEqual([2147483645, -1]);
    expect(failure(() => x.addScaled(int32([1, 1]), 0.5))).toBe(
      "ARGUMENT addScaled: beside int32 the scale is 0.5; expected a whole number.",
    );
    expect(failure(() => tensor([true]).addScaled(tensor([true])))).toMatch(/^DTYPE addScaled: x has dtype bool; expected float32/);
    expect(failure(() => tensor([1]).addScaled("x" as never))).toMatch(/^ARGUMENT addScaled: y is "x"; expected a tensor/);
    expect(failure(() => tensor([1]).addScaled(tensor([1]), "x" as never))).toMatch(/^ARGUMENT addScaled: the scale is|scale is "x"/);
  });
});

test("whole floats are indices for all operations that take some", () => {
  const [x, at] = [tensor([10, 20, 30]), tensor([2, 0])];
  for (const index of [at, at.cast("float64"), at.cast("int32"), at.cast("uint8")]) {
    expect(x.indexSelect(0, index).toArray()).toEqual([30, 10]);
    expect(x.gather(0, index).toArray()).toEqual([30, 10]);
    expect(
      zeros([3])
        .scatterAdd(0, index, tensor([1, 2]))
        .toArray(),
    ).toEqual([2, 0, 1]);
    expect(index.oneHot(3).toArray()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
    ]);
  }
});
