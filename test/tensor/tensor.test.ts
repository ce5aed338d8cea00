import { describe, expect, test } from "vitest";
import { noGrad, ones, type Tensor, tensor, zeros } from "../../src/index.js";
import { failure } from "../support/errors.js";

describe("data, toArray, view", () => {
  test("data is a copy of the type's own array", () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    const { data } = x;
    expect(data).toEqual(Float32Array.of(1, 2, 3, 4));
    data[0] = 9;
    expect(x.data[0]).toBe(1);
    expect(tensor([1], { dtype: "float64" }).data).toEqual(Float64Array.of(1));
    expect(tensor([1], { dtype: "int32" }).data).toEqual(Int32Array.of(1));
    expect(tensor([1], { dtype: "uint8" }).data).toEqual(Uint8Array.of(1));
    expect(tensor([true]).data).toEqual(Uint8Array.of(1));
  });
  test("a result's data is an ordinary array, also while it is in linear memory", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const { data } = x.add(1);
    expect(data).toEqual(Float32Array.of(2, 3));
    expect(data.buffer).toBeInstanceOf(ArrayBuffer);
    expect(data.byteLength).toBe(data.buffer.byteLength);
  });
  test("toArray nests", () => {
    expect(tensor(3).toArray()).toBe(3);
    expect(tensor([1, 2]).toArray()).toEqual([1, 2]);
    expect(
      tensor([
        [[1], [2]],
        [[3], [4]],
      ]).toArray(),
    ).toEqual([
      [[1], [2]],
      [[3], [4]],
    ]);
    expect(zeros([2, 0]).toArray()).toEqual([[], []]);
    expect(zeros([0, 2]).toArray()).toEqual([]);
    expect(tensor([true, false]).toArray()).toEqual([1, 0]);
    expect(
      tensor(
        tensor([
          [1, 2],
          [3, 4],
        ]).toArray() as number[][],
      ).shape,
    ).toEqual([2, 2]);
  });
  test("view shows the elements where they are", () => {
    const x = tensor([1, 2]);
    expect(x.view()).toBe(x.view());
    expect(x.view()).toEqual(x.data);
    const pinned = tensor([1, 2]).pin();
    expect(pinned.view().buffer).not.toBe(x.view().buffer);
    pinned.assign([5, 7]);
    expect(Array.from(pinned.view())).toEqual([5, 7]);
    expect(Array.from(pinned.unpin().view())).toEqual([5, 7]);
  });
});

describe("item", () => {
  test("of one element, whatever the axes", () => {
    expect([tensor(2.5), tensor([[[3]]]), tensor(true), ones([1]).add(1)].map((x) => x.item())).toEqual([2.5, 3, 1, 2]);
  });
  test("not of more or fewer", () => {
    expect(failure(() => tensor([1, 2]).item())).toBe("SHAPE item: a tensor of shape [2] holds 2 elements; expected one. Use toArray().");
    expect(failure(() => zeros([0]).item())).toBe("SHAPE item: a tensor of shape [0] holds 0 elements; expected one. Use toArray().");
  });
});

test("JSON", () => {
  const x = tensor([[1, 2]], { dtype: "int32" });
  expect(JSON.stringify({ x })).toBe('{"x":{"dtype":"int32","shape":[1,2],"data":[1,2]}}');
  const { data, shape, dtype } = JSON.parse(JSON.stringify(x));
  expect(tensor(data, { shape, dtype }).toArray()).toEqual(x.toArray());
  expect(JSON.stringify(tensor(Number.NaN))).toBe('{"dtype":"float32","shape":[],"data":[null]}');
});

test("rank, size, dtype, isLeaf", () => {
  const x = zeros([2, 3], { requiresGrad: true });
  expect([x.rank, x.size, x.dtype, x.isLeaf, x.grad]).toEqual([2, 6, "float32", true, null]);
  expect([x.add(1).isLeaf, x.detach().isLeaf, zeros([2]).add(1).isLeaf]).toEqual([false, true, true]);
});

describe("a released tensor", () => {
  const released = (): Tensor => {
    let inner: Tensor | undefined;
    noGrad(() => {
      inner = ones([2]).mul(3);
    });
    return inner as Tensor;
  };
  const text =
    "RELEASED mul: this result [2] was released: noGrad ended. Call retain() on it before, return it from noGrad, or copy it with toArray() while it is live.";
  test.each<[string, (x: Tensor) => unknown]>([
    ["data", (x) => x.data],
    ["toArray", (x) => x.toArray()],
    ["view", (x) => x.view()],
    ["retain", (x) => x.retain()],
    ["pin", (x) => x.pin()],
    ["detach", (x) => x.detach()],
    ["toJSON", (x) => x.toJSON()],
    ["tensor", (x) => tensor(x)],
    ["an operation", (x) => x.add(1)],
  ])("says so: %s", (_, use) => expect(failure(() => use(released()))).toBe(text));

  test("keeps its shape, and its value if it is one number", () => {
    expect([released().shape, released().size, released().dtype]).toEqual([[2], 2, "float32"]);
    let one: Tensor | undefined;
    noGrad(() => {
      one = ones([2]).sum();
    });
    expect(one?.item()).toBe(2);
  });

  test("is not released when returned, retained or pinned", () => {
    let kept: Tensor | undefined;
    const returned = noGrad(() => {
      kept = ones([2]).mul(3).retain();
      return [ones([2]).mul(4)];
    });
    expect([Array.from((kept as Tensor).data), Array.from(returned[0].data)]).toEqual([
      [3, 3],
      [4, 4],
    ]);
  });
});
