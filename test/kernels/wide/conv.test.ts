import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import {
  argsOf,
  type Convolution,
  convolutions,
  LARGE,
  NAMES,
  type Name,
  numbersFor,
  type Operands,
  unitsOf,
} from "../../support/convolutions.js";
import { anyFloats, canBeWide, compiled, expectSameWide, type Place } from "../../support/wide.js";

const KERNELS = { convOutput: kernels.convOutputKernel, convInput: kernels.convInputKernel, convWeight: kernels.convWeightKernel };

describe.skipIf(!canBeWide).each(compiled)("convolutions, %s", (build) => {
  /** The units `from` to `to` have the same bits narrow and wide. */
  function check(name: Name, convolution: Convolution, from = 0, to = unitsOf(name, convolution), numbers = numbersFor(convolution)): void {
    const { x, weight, y, bias } = numbers;
    const args = (place: Place) => argsOf(convolution, { x: place(x), weight: place(weight), y: place(y), bias: place(bias) });
    expectSameWide(build, KERNELS[name], args, from, to);
  }

  it.each(NAMES)("%s: the same bits narrow and wide, in any range, for any numbers", (name) => {
    fc.assert(
      fc.property(convolutions, fc.nat(), fc.nat(), fc.nat(), (convolution, a, b, seed) => {
        const units = unitsOf(name, convolution);
        const [from, to] = [a % (units + 1), b % (units + 1)].sort((x, y) => x - y);
        check(name, convolution, from, to);
        const numbers = Object.entries(numbersFor(convolution)).map(([key, { length }], i) => [key, anyFloats(length, seed + i)]);
        check(name, convolution, from, to, Object.fromEntries(numbers) as Operands<Float32Array>);
      }),
      { numRuns: 40, seed: 12 },
    );
  });

  it.each(LARGE)("%s: the same bits narrow and wide", (_, convolution) => {
    expect(NAMES.length).toBe(3);
    for (const name of NAMES) check(name, convolution);
  });
});
