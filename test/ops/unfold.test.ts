import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type UnfoldOptions, unfold2d, zeros } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { counting, expectSame, flat, naive } from "../support/elements.js";
import { failure } from "../support/errors.js";

const pair = (min: number, max: number): fc.Arbitrary<[number, number]> => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

describe("unfold2d", () => {
  test("windows, any kernel, stride, padding and dilation", () => {
    fc.assert(
      fc.property(
        fc.tuple(
          fc.integer({ min: 0, max: 2 }),
          fc.integer({ min: 1, max: 2 }),
          fc.integer({ min: 5, max: 7 }),
          fc.integer({ min: 5, max: 7 }),
        ),
        fc.record({ kernel: pair(1, 3), stride: pair(1, 3), padding: pair(0, 2), dilation: pair(1, 2) }),
        ([n, c, h, w], { kernel, stride, padding, dilation }) => {
          const [rows, columns] = [h, w].map(
            (extent, axis) => Math.floor((extent + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis]) + 1,
          );
          const x = counting([n, c, h, w]);
          const [kh, kw] = kernel;
          const element = ([image, tap, window]: number[]): number => {
            const channel = Math.floor(tap / (kh * kw));
            const i = Math.floor(window / columns) * stride[0] + Math.floor((tap % (kh * kw)) / kw) * dilation[0] - padding[0];
            const j = (window % columns) * stride[1] + (tap % kw) * dilation[1] - padding[1];
            return i >= 0 && i < h && j >= 0 && j < w ? x.data[flat(x.shape, [image, channel, i, j])] : 0;
          };
          expectSame(() => x.unfold2d(kernel, { stride, padding, dilation }), naive([n, c * kh * kw, rows * columns], element));
        },
      ),
      { numRuns: 60, seed: 19 },
    );
  });
  test("gradient", () => {
    checkOp({ op: (x) => x.unfold2d(2), shapes: [[1, 2, 3, 4]], result: [1, 8, 6] });
    checkOp({ op: (x) => x.unfold2d([1, 3], { stride: 2, padding: [0, 1] }), shapes: [[2, 1, 3, 4]], result: [2, 3, 4] });
  });
  test("errors", () => {
    const x = zeros([1, 1, 4, 4]);
    const options = (value: object): UnfoldOptions => value as UnfoldOptions;
    expect(failure(() => zeros([4, 4]).unfold2d(2))).toBe("SHAPE unfold2d: x has shape [4, 4]; expected [n, c, h, w].");
    expect(failure(() => x.unfold2d(3, { dilation: 2 }))).toBe(
      "SHAPE unfold2d: a window of 5 × 5 does not fit into 4 × 4 (padding included). Take a smaller window, or more padding.",
    );
    expect(failure(() => x.unfold2d(0))).toBe("ARGUMENT unfold2d: kernelSize is 0; expected a whole number ≥ 1, or two.");
    expect(failure(() => x.unfold2d(2, { stride: [1, 1.5] }))).toBe(
      "ARGUMENT unfold2d: stride is [1, 1.5]; expected a whole number ≥ 1, or two.",
    );
    expect(failure(() => x.unfold2d(2, { padding: -1 }))).toBe("ARGUMENT unfold2d: padding is -1; expected a whole number ≥ 0, or two.");
    expect(failure(() => x.unfold2d(2, options({ strides: 1 })))).toBe(
      'ARGUMENT unfold2d: unknown option "strides". Known: stride, padding, dilation. Did you mean "stride"?',
    );
    expect(failure(() => unfold2d(1 as never, 2))).toBe("ARGUMENT unfold2d: x is 1; expected a tensor. Wrap it with tensor(…).");
  });
});
