import fc from "fast-check";
import { describe, it } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { normals } from "../../support/kernels.js";
import { anyFloats, canBeWide, compiled, expectSameWide } from "../../support/wide.js";

const shapes = fc.record({
  steps: fc.integer({ min: 1, max: 4 }),
  batch: fc.integer({ min: 1, max: 14 }),
  hidden: fc.integer({ min: 1, max: 40 }),
  reverse: fc.nat(1),
  begins: fc.nat(1),
  act: fc.nat(1),
  projected: fc.boolean(),
  lengths: fc.boolean(),
  any: fc.boolean(),
  seed: fc.nat(),
});

describe.skipIf(!canBeWide).each(compiled)("%s: recurrent cells have the same bits narrow and wide", (build) => {
  it.each(["rnn", "lstm", "gru"] as const)("%s", (cell) => {
    fc.assert(
      fc.property(shapes, ({ steps, batch, hidden, reverse, begins, act, projected, lengths, any, seed }) => {
        const [all, slots, state] = [steps * batch * hidden, (steps + 1) * batch * hidden, batch * hidden];
        const numbers = (n: number, which: number): ArrayLike<number> => (any ? anyFloats : normals)(n, seed + which);
        const packed = (blocks: number): number => Math.ceil((blocks * hidden) / 16) * 16 * blocks * hidden;
        const counts = Array.from({ length: batch }, (_, i) => 1 + ((i + seed) % steps));
        const common = (place: (values: ArrayLike<number>, dtype?: "int32") => number) => ({
          ...{ gates: place(numbers(4 * all, 1)), inner: place(numbers(all, 2)), h: place(numbers(slots, 3)), c: place(numbers(slots, 4)) },
          ...{ weight: place(numbers(packed(4), 5)), second: place(numbers(packed(1), 6)), lengths: lengths ? place(counts, "int32") : 0 },
          ...{ steps, batch, hidden, size: hidden, reverse, begins, act },
        });
        expectSameWide(
          build,
          kernels[`${cell}ForwardKernel`],
          (place) => ({
            ...common(place),
            ...{ wide: projected ? place(numbers(all, 7)) : 0, bias: place(numbers(4 * hidden, 8)), out: place(numbers(all, 9)) },
            ...{ hLast: place(numbers(state, 10)), cLast: place(numbers(state, 11)) },
          }),
          0,
          batch,
        );
        expectSameWide(
          build,
          kernels[`${cell}BackwardKernel`],
          (place) => ({
            ...common(place),
            ...{ g: place(numbers(all, 7)), dGates: place(numbers(4 * all, 8)), dInner: place(numbers(all, 9)) },
            ...{ dProjected: projected ? place(numbers(all, 10)) : 0, dWide: place(numbers(state, 11)) },
            ...{ dh: place(numbers(state, 12)), dc: place(numbers(state, 13)) },
          }),
          0,
          batch,
        );
      }),
      { numRuns: 40, seed: 1 },
    );
  });
});
