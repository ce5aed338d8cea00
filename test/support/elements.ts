import fc from "fast-check";
import { expect } from "vitest";
import { type DType, type Shape, type Tensor, tensor } from "../../src/index.js";
import { builds, random, withBuild } from "./kernels.js";

/** All positions of a shape, the last axis fastest. */
export function positions(shape: Shape): number[][] {
  return shape.reduce<number[][]>((all, extent) => all.flatMap((p) => Array.from({ length: extent }, (_, i) => [...p, i])), [[]]);
}

/** The flat position of an element. */
export function flat(shape: Shape, position: readonly number[]): number {
  return position.reduce((at, i, axis) => at * shape[axis] + i, 0);
}

/** A tensor whose elements are computed one by one from their positions. */
export function naive(shape: Shape, element: (position: number[]) => number, dtype: DType = "float32"): Tensor {
  return tensor(positions(shape).map(element), { shape, dtype });
}

/** A tensor of 0, 1, 2, …, converted to the element type. */
export function counting(shape: Shape, dtype: DType = "float32"): Tensor {
  return naive(shape, (position) => flat(shape, position) % (dtype === "bool" ? 2 : 256), dtype);
}

/** A tensor of seeded random numbers in −2 … 2. */
export function uniform(shape: Shape, seed = 1, options: { dtype?: DType; requiresGrad?: boolean } = {}): Tensor {
  const next = random(seed);
  const elements = positions(shape).map(() => Math.fround(4 * next() - 2));
  return tensor(elements, { shape, ...options });
}

/** An int32 tensor. */
export function integers(values: readonly number[], shape: Shape = [values.length]): Tensor {
  return tensor(values, { shape, dtype: "int32" });
}

/** Expects that `run` gives the expected elements, shape and element type on every build, bit for bit. */
export function expectSame(run: () => Tensor, expected: Tensor): void {
  for (const build of builds) {
    withBuild(build, () => {
      const found = run();
      expect([found.dtype, found.shape], build).toEqual([expected.dtype, expected.shape]);
      expect([...found.data], build).toEqual([...expected.data]);
    });
  }
}

/** A list with element i replaced. */
export function put(list: readonly number[], i: number, value: number): number[] {
  return list.map((old, at) => (at === i ? value : old));
}

/** A list with an element inserted at i. */
export function insert(list: readonly number[], i: number, value: number): number[] {
  return [...list.slice(0, i), value, ...list.slice(i)];
}

/** A list without element i. */
export function remove(list: readonly number[], i: number): number[] {
  return list.filter((_, at) => at !== i);
}

export const DTYPES: readonly DType[] = ["float32", "float64", "int32", "uint8", "bool"];

/** Generates shapes of few elements. */
export function shapes(options: { minRank?: number; maxRank?: number; min?: number; max?: number } = {}): fc.Arbitrary<number[]> {
  const { minRank = 0, maxRank = 4, min = 0, max = 5 } = options;
  return fc.array(fc.integer({ min, max }), { minLength: minRank, maxLength: maxRank });
}
