import { describe, it } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { canBeWide, compiled, expectAlwaysSameWide, type Made } from "../../support/wide.js";

const inside = ({ ints }: Made, n: number) => Float32Array.from(ints(n, 0, 256 * 8), (i) => i / 8);

describe.skipIf(!canBeWide).each(compiled)("%s", (build) => {
  it("conversions have the same bytes narrow and wide", () => {
    const types = { 0: "float32", 2: "int32", 3: "uint8", 4: "bool" } as const;
    for (const source of [0, 2, 3, 4] as const) {
      for (const target of [0, 2, 3, 4] as const) {
        expectAlwaysSameWide(
          build,
          kernels.castKernel,
          (made) => {
            const { n, place, next, floats, ints } = made;
            const numbers = next() < 0.3 ? floats(n) : inside(made, n);
            const x = source === 0 ? numbers : ints(n, 0, source === 4 ? 2 : next() < 0.3 ? 1000 : 256);
            return { x: place(x, types[source]), out: place(new Uint8Array(n), types[target]), source, target };
          },
          { runs: 20 },
        );
      }
    }
  });

  it("whole numbers have the same bits narrow and wide", () => {
    expectAlwaysSameWide(build, kernels.wholeNumbersKernel, ({ n, place, ints, next }) => {
      const x = Float32Array.from(ints(n, -1000, 1000));
      if (n > 0 && next() < 0.3) x[Math.floor(next() * n)] = 0.5;
      return { x: place(x), out: place(new Int32Array(n), "int32") };
    });
  });
});
