import fc from "fast-check";
import { normals } from "./kernels.js";

/** A product: everything but the data. Gaps are elements between rows, or between matrices, that must stay as they are. */
export interface Product {
  m: number;
  n: number;
  k: number;
  batch: number;
  transA: boolean;
  transB: boolean;
  beta: number;
  relu: boolean;
  biased: boolean;
  /** One A, or one B, for all matrices. */
  oneA: boolean;
  oneB: boolean;
  gap: number;
}

export const PLAIN: Omit<Product, "m" | "n" | "k"> = {
  batch: 1,
  transA: false,
  transB: false,
  beta: 0,
  relu: false,
  biased: false,
  oneA: false,
  oneB: false,
  gap: 0,
};

export const FORMS = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
];

/** Rows and columns that meet every tile: tall, short, wide, repeated, streamed, by dot products, packed four strips at once. */
export const EXTENTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 16, 17, 23, 32, 33, 45, 66];

export function layout(p: Product) {
  const lda = (p.transA ? p.m : p.k) + p.gap;
  const ldb = (p.transB ? p.k : p.n) + 2 * p.gap;
  const ldc = p.n + 3 * p.gap;
  const [sizeA, sizeB, sizeC] = [(p.transA ? p.k : p.m) * lda, (p.transB ? p.n : p.k) * ldb, p.m * ldc].map((size) => size + p.gap);
  return { lda, ldb, ldc, strideA: p.oneA ? 0 : sizeA, strideB: p.oneB ? 0 : sizeB, strideC: sizeC, sizeA, sizeB, sizeC };
}

export type Layout = ReturnType<typeof layout>;

/** What the operands hold; C holds NaN where it is only written. */
export function operands(p: Product, { sizeA, sizeB, sizeC }: Layout) {
  return {
    a: normals(p.batch * sizeA, 1),
    b: normals(p.batch * sizeB, 2),
    c: p.beta === 0 ? new Float32Array(p.batch * sizeC).fill(Number.NaN) : normals(p.batch * sizeC, 3),
    bias: normals(p.n, 4),
  };
}

export type Operands = ReturnType<typeof operands>;

/** The arguments of a product. @param place lays numbers into linear memory, and is called for A, B, C, the bias, in this order */
export function argsOf(p: Product, data: Operands, place: (values: Float32Array) => number) {
  const { sizeA: _a, sizeB: _b, sizeC: _c, ...strides } = layout(p);
  const [a, b, c, bias] = [data.a, data.b, data.c, data.bias].map((values) => place(values));
  const { m, n, k, batch, beta } = p;
  const transposed = { transA: Number(p.transA), transB: Number(p.transB) };
  return { a, b, c, bias: p.biased ? bias : 0, m, n, k, batch, ...strides, ...transposed, beta, act: Number(p.relu) };
}

const extent = fc.oneof(fc.constantFrom(0, ...EXTENTS), fc.integer({ min: 0, max: 70 }));
export const products: fc.Arbitrary<Product> = fc.record({
  m: extent,
  n: extent,
  k: extent,
  batch: fc.integer({ min: 1, max: 3 }),
  transA: fc.boolean(),
  transB: fc.boolean(),
  beta: fc.constantFrom(0, 1, 0.75),
  relu: fc.boolean(),
  biased: fc.boolean(),
  oneA: fc.boolean(),
  oneB: fc.boolean(),
  gap: fc.integer({ min: 0, max: 5 }),
});
