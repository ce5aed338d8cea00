import type { KernelBuild } from "../../src/kernels/load.js";
import type { DType, NumberArray } from "../../src/memory/views.js";
import { Block, withBuild } from "./kernels.js";

/** A view [outer, reduced, inner]. */
export interface View {
  outer: number;
  reduced: number;
  inner: number;
}

/** Every lane of `x` along the middle axis. */
export function lanes(x: ArrayLike<number>, { outer, reduced, inner }: View): number[][] {
  return Array.from({ length: outer * inner }, (_, i) =>
    Array.from({ length: reduced }, (_, k) => x[(Math.floor(i / inner) * reduced + k) * inner + (i % inner)]),
  );
}

/** Runs a reduction over ranges that end at `cuts` and at its last output. @returns the outputs that it wrote */
export function reduceView(
  build: KernelBuild,
  kernel: (args: { x: number; out: number; reduced: number; inner: number }, from: number, to: number, dtype?: DType) => void,
  x: ArrayLike<number>,
  view: View,
  { dtype = "float32", outType = dtype, cuts = [] }: { dtype?: DType; outType?: DType; cuts?: number[] } = {},
): NumberArray {
  const outputs = view.outer * view.inner;
  const source = Block.of(x, dtype);
  const out = new Block(outputs, outType);
  const args = { x: source.at, out: out.at, reduced: view.reduced, inner: view.inner };
  withBuild(build, () => {
    let from = 0;
    for (const to of [...cuts.filter((cut) => cut < outputs).sort((a, b) => a - b), outputs]) {
      kernel(args, from, to, dtype);
      from = to;
    }
  });
  const result = out.read();
  source.free();
  out.free();
  return result;
}
