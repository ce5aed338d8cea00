import { describe, it } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { broadcastFloats, canBeWide, compiled, expectAlwaysSameWide, type Made } from "../../support/wide.js";

const binary = ["add", "sub", "mul", "div", "maximum", "minimum", "pow"] as const;

describe.skipIf(!canBeWide).each(compiled)("%s", (build) => {
  it.each(binary)("%s has the same bits narrow and wide, with each way of broadcasting", (name) => {
    expectAlwaysSameWide(build, kernels[`${name}Kernel`], broadcastFloats, { runs: 80 });
  });

  it("changes in place have the same bits narrow and wide", () => {
    const changed = ({ n, place, floats }: Made) => ({ x: place(floats(n)), out: place(floats(n)) });
    expectAlwaysSameWide(build, kernels.accumulateKernel, changed);
    expectAlwaysSameWide(build, kernels.addScaledKernel, (made) => ({ ...changed(made), scale: -0.3 }));
    expectAlwaysSameWide(build, kernels.fillKernel, ({ n, place, floats }) => ({ out: place(floats(n)), value: 0.7 }));
    for (const factor of [0.3, 1]) {
      expectAlwaysSameWide(build, kernels.scaleByKernel, ({ n, place, floats }) => ({
        x: place(floats(n)),
        factor: place([factor], "float64"),
      }));
    }
  });

  it("clamp and its gradient have the same bits narrow and wide", () => {
    const bounds = { min: -1, max: 2 };
    expectAlwaysSameWide(build, kernels.clampKernel, ({ n, place, floats }) => ({ ...bounds, x: place(floats(n)), out: place(floats(n)) }));
    expectAlwaysSameWide(build, kernels.clampGradKernel, ({ n, place, floats }) => ({
      ...bounds,
      g: place(floats(n)),
      saved: place(floats(n)),
      out: place(floats(n)),
    }));
  });
});
