import { describe, it } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { broadcastFloats, broadcastOperands, canBeWide, compiled, expectAlwaysSameWide, type Made } from "../../support/wide.js";

const floats = ["eq", "ne", "lt", "le", "gt", "ge"] as const;
const ints = ["eqInts", "neInts", "ltInts", "leInts"] as const;

describe.skipIf(!canBeWide).each(compiled)("%s", (build) => {
  it.each(floats)("%s has the same bytes narrow and wide, with each way of broadcasting", (name) => {
    expectAlwaysSameWide(build, kernels[`${name}Kernel`], (made) => ({ ...broadcastFloats(made), out: made.place(bytes(made), "uint8") }));
  });

  it.each(ints)("%s has the same bytes narrow and wide, with each way of broadcasting", (name) => {
    expectAlwaysSameWide(build, kernels[`${name}Kernel`], (made) => ({
      ...broadcastOperands(made, (n) => made.place(made.ints(n, -2, 3), "int32")),
      out: made.place(bytes(made), "uint8"),
    }));
  });

  it.each(["both", "either"] as const)("%s has the same bytes narrow and wide, with each way of broadcasting", (name) => {
    expectAlwaysSameWide(build, kernels[`${name}Kernel`], (made) => ({
      ...broadcastOperands(made, (n) => made.place(made.ints(n, 0, 2), "uint8")),
      out: made.place(bytes(made), "uint8"),
    }));
  });

  it("where has the same bits narrow and wide, with each way of broadcasting", () => {
    expectAlwaysSameWide(
      build,
      kernels.whereKernel,
      (made) => {
        const { next, place } = made;
        const each = next() < 0.5;
        const shape = broadcastFloats(made);
        const condition = place(made.ints(made.n, 0, 3), "bool");
        return { ...shape, condition, c0: 0, c1: 0, c2: each ? shape.n3 : 1, c3: Number(each) };
      },
      { runs: 80 },
    );
  });
});

function bytes({ n }: Made): Uint8Array {
  return new Uint8Array(n).fill(3);
}
