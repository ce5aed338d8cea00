import { expect, it } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import { loadPiece, widen } from "../../src/kernels/load.js";
import { Block, builds, withBuild } from "../support/kernels.js";

const FACTOR = 0.5;
const ADDEND = 0.25;

it.each(builds)("%s: multiplyAdds takes four steps a round, whatever the split", (build) => {
  const start = Float32Array.from({ length: 128 }, (_, i) => (i === 96 ? FACTOR : i === 97 ? ADDEND : i));
  const after = (...cuts: number[]) => {
    const x = Block.of(start);
    withBuild(build, () => {
      if (loadPiece(kernels.multiplyAddsKernel.piece) !== null) widen(kernels.multiplyAddsKernel);
      for (const [i, cut] of cuts.entries()) kernels.multiplyAdds({ x: x.at }, i === 0 ? 0 : cuts[i - 1], cut);
    });
    const result = x.read();
    x.free();
    return result;
  };
  // x = x/2 + 1/4 has the fixed point 1/2: powers of two, exact in float32.
  const expected = start.map((x, i) => (i < 96 ? (x - 0.5) / 2 ** 8 + 0.5 : x));
  expect(after(2)).toEqual(expected);
  expect(after(0, 1, 2)).toEqual(expected);
  expect(after(0)).toEqual(start);
});
