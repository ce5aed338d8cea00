import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randn, type Tensor, tensor, type UnfoldOptions, unfold2d, zeros } from "../../src/index.js";
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

describe("fold2d", () => {
  const counted = (shape: number[]): Tensor =>
    tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (i + 1) % 7),
      { shape },
    );

  // biome-ignore-start format: matrices
  test("PyTorch's numbers", () => {
    expect(counted([1, 4, 6]).fold2d([3, 4], 2).toArray()).toEqual([
      [
        [
          [1, 2, 4, 2],
          [10, 13, 17, 5],
          [2, 4, 6, 3],
        ],
      ],
    ]);
    expect(
      counted([1, 6, 9])
        .fold2d([4, 5], [2, 3], { stride: [2, 1], padding: [1, 0] })
        .toArray(),
    ).toEqual([
      [
        [
          [0, 3, 9, 9, 6],
          [4, 11, 7, 3, 3],
          [3, 9, 11, 1, 2],
          [0, 3, 9, 9, 6],
        ],
      ],
    ]);
    expect(
      counted([1, 6, 6])
        .fold2d([4, 5], [2, 3], { stride: 2, padding: 1, dilation: [2, 1] })
        .toArray(),
    ).toEqual([
      [
        [
          [0, 0, 0, 0, 0],
          [7, 16, 9, 13, 11],
          [0, 0, 0, 0, 0],
          [0, 8, 1, 3, 2],
        ],
      ],
    ]);
  });
  // biome-ignore-end format: until here

  test("is the adjoint of unfold2d: Σ unfold(x) · y = Σ x · fold(y)", () => {
    const options = { stride: [2, 1], padding: [1, 2], dilation: [1, 2] };
    const [x, kernel] = [randn([2, 3, 6, 5], { dtype: "float64" }), [3, 2]];
    const windows = x.unfold2d(kernel, options);
    const y = randn(windows.shape, { dtype: "float64" });
    const folded = y.fold2d([6, 5], kernel, options);
    expect(folded.shape).toEqual(x.shape);
    expect(windows.mul(y).sum().item()).toBeCloseTo(x.mul(folded).sum().item(), 10);
  });

  test("gradients of both orders, and a batch of none", () => {
    checkOp({ op: (x) => x.fold2d([3, 4], 2, { padding: [0, 1] }), shapes: [[1, 8, 10]], result: [1, 2, 3, 4] });
    expect(zeros([0, 4, 6]).fold2d([3, 4], 2).shape).toEqual([0, 1, 3, 4]);
  });

  test("errors", () => {
    const x = zeros([1, 4, 6]);
    expect(failure(() => x.fold2d([3, 3], 2))).toBe("SHAPE fold2d: x has shape [1, 4, 6]; expected [n, c · 4, 4], as the windows fit.");
    expect(failure(() => zeros([1, 5, 6]).fold2d([3, 4], 2))).toContain("expected [n, c · 4, 6]");
    expect(failure(() => zeros([4, 6]).fold2d([3, 4], 2))).toContain("x has shape [4, 6]; expected");
    expect(failure(() => x.fold2d(2, 3))).toContain("fold2d: a window of 3 × 3 does not fit into 2 × 2");
    expect(failure(() => x.fold2d([3] as never, 2))).toBe("ARGUMENT fold2d: outputSize is [3]; expected a whole number ≥ 1, or two.");
    expect(failure(() => x.fold2d(3, 2, { strides: 1 } as never))).toContain('unknown option "strides"');
  });
});
