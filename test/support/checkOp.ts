import { expect } from "vitest";
import { type DType, grad, gradcheck, gradgradcheck, noGrad, type Shape, type Tensor, tensor } from "../../src/index.js";
import type { KernelBuild } from "../../src/kernels/load.js";
import { builds, random, withBuild } from "./kernels.js";

export interface OpCheck {
  /** The function under test. It takes one tensor for each of `shapes`. */
  op: (...inputs: Tensor[]) => Tensor;
  /** Shape of each operand. */
  shapes: readonly Shape[];
  /** Shape of the result. */
  result?: Shape;
  /** The interval from which operands are drawn. Default −2 … 2. For gradient checks it must not contain kinks. */
  range?: readonly [number, number];
  /** Absolute and relative tolerance between float32 and float64. Default 1e-5. */
  tolerance?: number;
  /** Whether gradients and second derivatives are checked in float64. Both default true. */
  gradient?: boolean;
  second?: boolean;
  seed?: number;
}

/**
 * Checks an operation. The float32 result of every build is compared with the float64 twin. In float64, the gradient and the second
 * derivative are compared with central differences. The gradient of every build is compared with that of float64, computed both by
 * backward(), which may be fused, and by formulas (createGraph).
 */
export function checkOp({
  op,
  shapes,
  result,
  range = [-2, 2],
  tolerance = 1e-5,
  gradient = true,
  second = true,
  seed = 1,
}: OpCheck): void {
  const next = random(seed);
  const values = shapes.map((shape) =>
    Float64Array.from({ length: size(shape) }, () => Math.fround(range[0] + (range[1] - range[0]) * next())),
  );
  const make = (dtype: DType, requiresGrad: boolean): Tensor[] =>
    shapes.map((shape, i) => tensor(dtype === "float32" ? Float32Array.from(values[i]) : values[i], { shape, dtype, requiresGrad }));

  const exact = noGrad(() => op(...make("float64", false)));
  if (result !== undefined) expect(exact.shape).toEqual(result);
  const direction = Float64Array.from({ length: exact.size }, () => Math.fround(2 * next() - 1));
  const seedFor = (dtype: DType): Tensor =>
    tensor(dtype === "float32" ? Float32Array.from(direction) : direction, { shape: exact.shape, dtype });
  const gradients = (dtype: DType, createGraph: boolean): Tensor[] => {
    const inputs = make(dtype, true);
    return grad(op(...inputs), inputs, { gradOutputs: [seedFor(dtype)], createGraph, allowUnused: true });
  };
  const exactGradients = gradient ? gradients("float64", false) : [];

  for (const build of builds) {
    withBuild(build, () => {
      expectClose(
        build,
        noGrad(() => op(...make("float32", false))),
        exact,
        tolerance,
      );
      if (!gradient) return;
      for (const createGraph of second ? [false, true] : [false]) {
        gradients("float32", createGraph).forEach((found, i) => {
          if (exactGradients[i] === null) expect(found).toBe(null);
          else expectClose(`${build}: gradient ${i}`, found, exactGradients[i], tolerance);
        });
      }
    });
  }
  if (gradient && exact.size > 0) gradcheck(op, make("float64", true));
  if (gradient && second && exact.size > 0) gradgradcheck(op, make("float64", true));
}

/** Expects all elements to be within tolerance · max(1, |expected|); NaN equals NaN. */
export function expectClose(what: KernelBuild | string, found: Tensor, expected: Tensor | ArrayLike<number>, tolerance = 1e-5): void {
  const want = "storage" in expected ? expected.view() : expected;
  if ("storage" in expected) expect(found.shape, what).toEqual(expected.shape);
  const got = found.view();
  expect(got.length, what).toBe(want.length);
  for (let i = 0; i < want.length; i++) {
    const difference = Math.abs(got[i] - want[i]);
    const equal = Object.is(got[i], want[i]) || got[i] === want[i] || difference <= tolerance * Math.max(1, Math.abs(want[i]));
    if (!equal) expect.fail(`${what}: element ${i} is ${got[i]}; expected ${want[i]} within ${tolerance}`);
  }
}

function size(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
