import { describe, expect, test } from "vitest";
import {
  arange,
  BatchNorm,
  Dense,
  Embedding,
  einsum,
  eye,
  Flatten,
  full,
  input,
  LayerNorm,
  Linear,
  linspace,
  ones,
  Parameter,
  Reshape,
  rand,
  randint,
  randn,
  randperm,
  Sequential,
  SimdgradError,
  tensor,
  zeros,
} from "../../src/index.js";

/** The largest number that options take for a count. */
const MOST = 2 ** 53 - 1;
const x = ones([2]);
const image = ones([1, 1, 4, 4]);
const label = tensor([1], { dtype: "int32" });
const long = ones([2 ** 17]);

/** Calls whose results no memory holds, and what their errors say of the size. */
const CALLS: readonly (readonly [string, () => unknown, RegExp])[] = [
  ["Linear", () => new Linear(2 ** 40, 2 ** 40), /takes 4503599627370496 GiB; linear memory holds 4/],
  ["Linear, larger", () => new Linear(MOST, MOST), /takes 3\.02.*e\+23 GiB; linear memory holds 4/],
  ["Embedding", () => new Embedding(2 ** 33, 2), /takes 64 GiB; linear memory holds 4/],
  ["Dense", () => new Dense(MOST).forward(ones([2, 3])), /takes 100663296\.0 GiB; linear memory holds 4/],
  ["Dense, built", () => new Sequential([new Dense(MOST, { inputShape: [2] })]), /takes 67108864\.0 GiB; linear memory holds 4/],
  [
    "Dense, built for a shape",
    () => new Dense(2).build([1, 2 ** 53]),
    /shape \[1, 9007199254740992\] holds 9007199254740992 elements; no memory holds/,
  ],
  [
    "LayerNorm",
    () => new LayerNorm([2 ** 40, 2 ** 40]),
    /shape \[1099511627776, 1099511627776\] holds 1\.2.*e\+24 elements; no memory holds/,
  ],
  ["BatchNorm", () => new BatchNorm().build([1, 2 ** 40]), /1099511627776 elements of float32, 4096 GiB, do not fit into one array/],
  ["Reshape", () => new Reshape([MOST, MOST]).outputShape([1, 4]), /a sample of shape \[4\] holds 4 elements, which do not fill/],
  ["Flatten", () => new Flatten().outputShape([1, MOST, MOST]), /holds 8\.1.*e\+31 elements; no memory holds more than 9007199254740991/],
  ["input", () => input([MOST, MOST]), /shape \[1, 9007199254740991, 9007199254740991\] holds 8/],
  ["zeros", () => zeros([2 ** 31, 2 ** 31]), /shape \[2147483648, 2147483648\] holds 4611686018427388000 elements; no memory holds/],
  ["zeros, empty", () => zeros([0, 1e308, 1e308]), /holds Infinity elements; no memory holds/],
  ["full", () => full([2 ** 40], 1), /1099511627776 elements of float32, 4096 GiB, do not fit/],
  ["tensor", () => tensor([], { shape: [0, 2 ** 53, 2 ** 53] }), /holds 8\.1.*e\+31 elements; no memory holds/],
  ["Parameter", () => new Parameter(zeros([2 ** 31, 2 ** 31])), /holds 4611686018427388000 elements; no memory holds/],
  ["arange", () => arange(2 ** 40), /1099511627776 elements of float32, 4096 GiB, do not fit/],
  [
    "arange in small steps",
    () => arange(0, 1e308, 1e-300),
    /from 0 to 1e\+308 in steps of 1e-300 there are Infinity elements; no memory holds/,
  ],
  ["linspace", () => linspace(0, 1, MOST), /9007199254740991 elements of float32, 33554432\.0 GiB, do not fit/],
  ["eye", () => eye(2 ** 40), /shape \[1099511627776, 1099511627776\] holds/],
  ["rand", () => rand([2 ** 31, 2 ** 31]), /holds 4611686018427388000 elements; no memory holds/],
  ["randn", () => randn([2 ** 40]), /1099511627776 elements of float32/],
  ["randint", () => randint(0, 2, [2 ** 40]), /1099511627776 elements of int32/],
  ["randperm", () => randperm(2 ** 40), /1099511627776 elements of int32/],
  ["expand", () => x.unsqueeze(1).expand([2, 2 ** 53]), /holds 18014398509481984 elements; no memory holds/],
  ["tile", () => x.tile([2 ** 40]), /8192 GiB do not fit/],
  ["tile, larger", () => x.tile([2 ** 53]), /elements; no memory holds/],
  ["pad", () => x.pad([[2 ** 40, 2 ** 40]]), /8192\.0 GiB do not fit/],
  ["pad, larger", () => x.pad([[1e308, 1e308]]), /Infinity GiB do not fit/],
  ["oneHot", () => label.oneHot(2 ** 40), /4096 GiB do not fit/],
  ["outer", () => long.outer(long), /64 GiB do not fit/],
  ["add", () => long.unsqueeze(1).add(long), /64 GiB do not fit/],
  ["matmul", () => long.unsqueeze(1).matmul(long.unsqueeze(0)), /64 GiB do not fit/],
  ["einsum", () => einsum("i,j->ij", long, long), /64 GiB do not fit/],
  ["reshape", () => ones([0]).reshape([0, 2 ** 53, 2 ** 53]), /holds 8\.1.*e\+31 elements; no memory holds/],
  ["unfold2d", () => image.unfold2d(2, { padding: MOST }), /GiB do not fit/],
  ["unfold2d of a large kernel", () => image.unfold2d(MOST), /a window of 9007199254740991 × 9007199254740991 does not fit into 4 × 4/],
  ["split", () => image.expand([2 ** 21, 1, 4, 4]).split(1), /parts of 1 along an axis of 2097152 are more than 1000000/],
];

describe("a size beyond all memory is an error that names it", () => {
  test.each(CALLS)("%s", (_, call, text) => {
    expect(call).toThrow(SimdgradError);
    expect(call).toThrow(text);
  });
});
