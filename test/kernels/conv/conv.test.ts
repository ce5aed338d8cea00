import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ConvArgs } from "../../../src/kernels/generated.js";
import * as kernels from "../../../src/kernels/generated.js";
import { Block, builds, normals, useBuildFor, withBuild } from "../../support/kernels.js";

/** An axis: extents of input, kernel and output, and how the windows lie. */
interface Axis {
  readonly input: number;
  readonly kernel: number;
  readonly output: number;
  readonly stride: number;
  readonly pad: number;
  readonly dilation: number;
}

const axis = (most: number): fc.Arbitrary<Axis> =>
  fc
    .record({
      kernel: fc.integer({ min: 1, max: 5 }),
      stride: fc.integer({ min: 1, max: 3 }),
      pad: fc.integer({ min: 0, max: 3 }),
      dilation: fc.integer({ min: 1, max: 2 }),
      more: fc.integer({ min: 0, max: most }),
    })
    .map(({ kernel, stride, pad, dilation, more }) => {
      const input = Math.max(1, dilation * (kernel - 1) + 1 - 2 * pad) + more;
      return { input, kernel, stride, pad, dilation, output: Math.floor((input + 2 * pad - dilation * (kernel - 1) - 1) / stride) + 1 };
    });

const ALONE: Axis = { input: 1, kernel: 1, output: 1, stride: 1, pad: 0, dilation: 1 };

/** Convolutions of one, two and three axes. */
const shapes = fc.record({
  n: fc.integer({ min: 1, max: 3 }),
  groups: fc.integer({ min: 1, max: 3 }),
  channels: fc.integer({ min: 1, max: 9 }),
  filters: fc.integer({ min: 1, max: 14 }),
  axes: fc.oneof(
    axis(40).map((w) => [ALONE, ALONE, w]),
    fc.tuple(axis(9), axis(20)).map(([h, w]) => [ALONE, h, w]),
    fc.tuple(axis(3), axis(4), axis(6)),
  ),
  relu: fc.boolean(),
  bias: fc.boolean(),
  beta: fc.constantFrom(0, 1, 0.5),
});

type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never;
type Name = "convOutput" | "convInput" | "convWeight";

/** What a kernel writes for operands of a shape. @param cut whether the range is cut in two */
function run(name: Name, { n, groups, channels, filters, axes, relu, bias, beta }: Shape, dtype: "float32" | "float64", cut = false) {
  const [d, h, w] = axes;
  const volume = (of: "input" | "kernel" | "output"): number => d[of] * h[of] * w[of];
  const block = (size: number, seed: number): Block => Block.of(normals(size, seed), dtype);
  const x = block(n * groups * channels * volume("input"), 1);
  const weight = block(groups * filters * channels * volume("kernel"), 2);
  const y = block(n * groups * filters * volume("output"), 3);
  const biases = block(groups * Math.max(channels, filters), 4);
  const args: ConvArgs = {
    ...{ x: x.at, weight: weight.at, y: y.at, bias: bias ? biases.at : 0, n, groups, channels, filters },
    ...{ d: d.input, h: h.input, w: w.input, od: d.output, oh: h.output, ow: w.output, kd: d.kernel, kh: h.kernel, kw: w.kernel },
    ...{ strideD: d.stride, strideH: h.stride, strideW: w.stride, padD: d.pad, padH: h.pad, padW: w.pad },
    ...{ dilationD: d.dilation, dilationH: h.dilation, dilationW: w.dilation, beta, act: relu ? 1 : 0 },
  };
  const units = { convOutput: n * groups * filters, convInput: n * groups * channels, convWeight: groups * filters }[name];
  const middle = cut ? Math.ceil(units / 3) : 0;
  kernels[name](args, middle, units, dtype);
  kernels[name](args, 0, middle, dtype);
  const result = { convOutput: y, convInput: x, convWeight: weight }[name].read();
  for (const one of [x, weight, y, biases]) one.free();
  return result;
}

describe.each(builds)("convolutions, %s", (build) => {
  useBuildFor(build);

  test.each(["convOutput", "convInput", "convWeight"] as const)(
    "%s: float64's numbers to rounding, the same bits for any split",
    (name) => {
      fc.assert(
        fc.property(shapes, (shape) => {
          const exact = withBuild("js", () => run(name, shape, "float64"));
          const found = run(name, shape, "float32");
          const worst = [...exact].reduce((most, value, i) => Math.max(most, Math.abs(found[i] - value) / Math.max(1, Math.abs(value))), 0);
          expect(worst).toBeLessThanOrEqual(3e-5);
          expect(run(name, shape, "float32", true)).toEqual(found);
        }),
        { numRuns: 40, seed: 11 },
      );
    },
  );
});
