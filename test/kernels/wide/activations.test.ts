import { describe, it } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { canBeWide, compiled, expectAlwaysSameWide } from "../../support/wide.js";

const names = ["relu", "leakyRelu", "elu", "sigmoid", "tanh", "gelu", "geluTanh", "silu", "softplus"] as const;
const parameters = { slope: 0.125, alpha: 1.5 };

describe.skipIf(!canBeWide).each(compiled)("%s", (build) => {
  it.each(names)("%s and its gradient have the same bits narrow and wide", (name) => {
    const forward = kernels[`${name}Kernel` as "leakyReluKernel"];
    expectAlwaysSameWide(build, forward, ({ n, place, floats }) => ({
      ...parameters,
      x: place(floats(n)),
      out: place(new Float32Array(n)),
    }));
    const backward = kernels[`${name}GradKernel` as "leakyReluGradKernel"];
    expectAlwaysSameWide(build, backward, ({ n, place, floats }) => ({
      ...parameters,
      g: place(floats(n)),
      saved: place(floats(n)),
      out: place(new Float32Array(n)),
    }));
  });
});
