import { describe, test } from "vitest";
import { AdaptiveMaxPool2d, AvgPool2d, LPPool2d, MaxPool2d, type Tensor } from "../../../src/index.js";
import { checkGolden, goldenCases } from "../../support/golden.js";

describe("pooling", () => {
  type Words = Record<string, number | number[] | boolean>;
  const pools: Record<string, (words: Words) => { forward: (x: Tensor) => Tensor }> = {
    MaxPool2d: ({ kernel_size, stride, ceil_mode }) =>
      new MaxPool2d(kernel_size as number, { stride: stride as number, ceilMode: ceil_mode as boolean }),
    AvgPool2d: ({ kernel_size, stride, ceil_mode, divisor_override }) =>
      new AvgPool2d(kernel_size as number, {
        stride: stride as number,
        ceilMode: ceil_mode as boolean,
        divisorOverride: divisor_override as number,
      }),
    LPPool2d: ({ norm_type, kernel_size }) => new LPPool2d(norm_type as number, kernel_size as number),
    AdaptiveMaxPool2d: ({ output_size }) => new AdaptiveMaxPool2d(output_size as number[]),
  };
  const cases = goldenCases("layers_pool").filter(({ module_type = "" }) => pools[module_type] !== undefined);
  test.each(cases.map((golden) => [golden.name, golden] as const))("%s", (_, golden) => {
    checkGolden(golden, ({ input }, { module_type = "", config = {} }) => pools[module_type](config as Words).forward(input));
  });
});
