import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import type { NumberArray } from "../../../src/memory/views.js";
import {
  argsOf,
  type Convolution,
  convolutions,
  LARGE,
  NAMES,
  type Name,
  numbersFor,
  termsOf,
  unitsOf,
} from "../../support/convolutions.js";
import { Block, builds, useBuildFor, withBuild } from "../../support/kernels.js";

type Options = { dtype?: "float32" | "float64"; cut?: boolean; absolute?: boolean };

/** What a kernel writes. @param options.cut whether the range is cut in two; @param options.absolute whether all operands are ≥ 0 */
function run(name: Name, convolution: Convolution, { dtype = "float32", cut = false, absolute = false }: Options = {}): NumberArray {
  const numbers = numbersFor(convolution);
  const block = (values: Float32Array): Block => Block.of(absolute ? values.map(Math.abs) : values, dtype);
  const blocks = { x: block(numbers.x), weight: block(numbers.weight), y: block(numbers.y), bias: block(numbers.bias) };
  const at = { x: blocks.x.at, weight: blocks.weight.at, y: blocks.y.at, bias: blocks.bias.at };
  const args = argsOf(convolution, at);
  const units = unitsOf(name, convolution);
  const middle = cut ? Math.ceil(units / 3) : 0;
  kernels[name](args, middle, units, dtype);
  kernels[name](args, 0, middle, dtype);
  const result = { convOutput: blocks.y, convInput: blocks.x, convWeight: blocks.weight }[name].read();
  for (const one of Object.values(blocks)) one.free();
  return result;
}

/** The numbers of float64, and Σ |…| of each. */
function expected(name: Name, convolution: Convolution) {
  const [exact, size] = [false, true].map((absolute) => withBuild("js", () => run(name, convolution, { dtype: "float64", absolute })));
  return { exact, size };
}

/**
 * Expects float64's numbers within what float32 sums may miss. Each of the roundings, one or two a product, is at most 2⁻²⁴ of Σ |…|,
 * and of t of them about √t add up.
 */
function check(name: Name, convolution: Convolution, { exact, size } = expected(name, convolution)): void {
  const found = run(name, convolution);
  const share = 2 ** -24 * (4 + 2 * Math.sqrt(termsOf(name, convolution)));
  const worst = [...exact].reduce((most, value, i) => Math.max(most, Math.abs(found[i] - value) / (share * size[i] + 1e-30)), 0);
  expect(worst).toBeLessThanOrEqual(1);
  expect(run(name, convolution, { cut: true })).toEqual(found);
}

describe.each(builds)("convolutions, %s", (build) => {
  useBuildFor(build);

  test.each(NAMES)("%s: float64's numbers to rounding, the same bits for any split", (name) => {
    fc.assert(
      fc.property(convolutions, (convolution) => check(name, convolution)),
      { numRuns: build === "js" ? 12 : 40, seed: 11 },
    );
  });
});

test.each(LARGE)("%s", (_, convolution) => {
  for (const name of NAMES) {
    const numbers = expected(name, convolution);
    for (const build of ["simd", "relaxed"] as const) withBuild(build, () => check(name, convolution, numbers));
  }
});
