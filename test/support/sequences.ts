import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { STRIP_WIDTH } from "../../src/kernels/generated/constants.js";
import type { SequenceArgs, SequenceGradArgs } from "../../src/kernels/generated.js";
import * as kernels from "../../src/kernels/generated.js";
import { Block, builds, normals, useBuildFor, withBuild } from "./kernels.js";

/** Runs of the kernels of recurrent cells. */

export type CellName = "rnn" | "lstm" | "gru";

const GATES = { rnn: 1, lstm: 4, gru: 3 };

const shapes = fc.record({
  steps: fc.integer({ min: 1, max: 5 }),
  batch: fc.integer({ min: 1, max: 14 }),
  hidden: fc.constantFrom(1, 3, 4, 5, 8, 16, 17, 33),
  size: fc.constantFrom(1, 3, 17),
  projected: fc.boolean(),
  reverse: fc.nat(1),
  begins: fc.nat(1),
  act: fc.nat(1),
  bias: fc.boolean(),
  lengths: fc.boolean(),
  seed: fc.nat(1000),
});

type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never;

/** What forward and backward of a cell leave. @param cut whether the samples are computed in two parts */
function run(cell: CellName, shape: Shape, dtype: "float32" | "float64", cut = false): Record<string, number[]> {
  const { steps, batch, hidden, reverse, begins, act, bias, lengths, seed } = shape;
  const projected = cell === "lstm" && shape.projected;
  const size = projected ? shape.size : hidden;
  const gates = GATES[cell] * hidden;
  const rows = steps * batch;
  let next = seed;
  const blocks: Block[] = [];
  const keep = (block: Block): Block => {
    blocks.push(block);
    return block;
  };
  const block = (n: number): Block =>
    keep(
      Block.of(
        normals(n, next++).map((x) => 0.5 * x),
        dtype,
      ),
    );
  /** Zeros, since what stands beside the lengths is not written. */
  const empty = (n: number): Block => keep(Block.of(new Float32Array(n), dtype));
  const pack = (weight: Block, first: number, stored: [number, number], transposed: number): number => {
    const [k, n] = transposed ? [stored[1], stored[0]] : stored;
    const strips = Math.ceil(n / STRIP_WIDTH);
    const out = empty(strips * STRIP_WIDTH * k);
    const bytes = dtype === "float32" ? 4 : 8;
    kernels.packWeights({ weight: weight.at + first * bytes, out: out.at, k, n, ld: stored[1], transposed }, 0, strips, dtype);
    return out.at;
  };
  const weight = block(gates * size);
  const projection = block(size * hidden);
  const weights = (transposed: number): { weight: number; second: number } => {
    if (cell === "gru") {
      const second = pack(weight, 2 * hidden * size, [hidden, size], transposed);
      return { weight: pack(weight, 0, [2 * hidden, size], transposed), second };
    }
    return { weight: pack(weight, 0, [gates, size], transposed), second: pack(projection, 0, [size, hidden], transposed) };
  };
  const at = {
    gates: block(rows * gates),
    inner: empty(rows * hidden),
    h: empty((rows + batch) * size),
    c: empty((rows + batch) * hidden),
    wide: empty(rows * hidden),
    out: empty(rows * size),
    hLast: empty(batch * size),
    cLast: empty(batch * hidden),
    dGates: empty(rows * gates),
    dInner: empty(rows * hidden),
    dProjected: empty(rows * size),
    dh: block(batch * size),
    dc: block(batch * hidden),
  };
  const first = reverse ? rows : 0;
  if (begins) at.h.view().set(normals(batch * size, next++), first * size);
  at.c.view().set(normals(batch * hidden, next++), first * hidden);
  const addresses = Object.fromEntries(Object.entries(at).map(([name, { at: address }]) => [name, address])) as Record<
    keyof typeof at,
    number
  >;
  const counts = keep(
    Block.of(
      Array.from({ length: batch }, (_, i) => 1 + ((i * 7 + seed) % steps)),
      "int32",
    ),
  );
  const common = { ...addresses, lengths: lengths ? counts.at : 0, steps, batch, hidden, size, reverse, begins, act };
  const forward: SequenceArgs = { ...common, ...weights(1), wide: projected ? at.wide.at : 0, bias: bias ? block(gates).at : 0 };
  const backward: SequenceGradArgs = {
    ...common,
    ...weights(0),
    g: block(rows * size).at,
    dProjected: projected ? at.dProjected.at : 0,
    dWide: empty(batch * hidden).at,
  };
  const parts = cut ? [[batch >> 1, batch], [0, batch >> 1]] : [[0, batch]]; // biome-ignore format: ranges
  for (const [from, to] of parts) kernels[`${cell}Forward`](forward, from, to, dtype);
  for (const [from, to] of parts) kernels[`${cell}Backward`](backward, from, to, dtype);
  const left = ["h", "c", "wide", "out", "hLast", "cLast", "dGates", "dInner", "dProjected", "dc"] as const;
  const found = Object.fromEntries(left.map((name) => [name, [...at[name].read()]]));
  // The gradient of the first h is computed where it is wanted.
  if (begins) found.dh = [...at.dh.read()];
  for (const one of blocks) one.read();
  for (const one of blocks) one.free();
  return found;
}

/** Holds the kernels of a cell against float64. */
export function describeCell(cell: CellName): void {
  describe.each(builds)("%s", (build) => {
    useBuildFor(build);

    test("float64's numbers to rounding, the same bits for any split", () => {
      fc.assert(
        fc.property(shapes, (shape) => {
          const exact = withBuild("js", () => run(cell, shape, "float64"));
          const found = run(cell, shape, "float32");
          for (const [name, values] of Object.entries(exact)) {
            const worst = values.reduce(
              (most, value, i) => Math.max(most, Math.abs(found[name][i] - value) / Math.max(1, Math.abs(value))),
              0,
            );
            expect(worst, name).toBeLessThanOrEqual(2e-5);
          }
          expect(run(cell, shape, "float32", true)).toEqual(found);
        }),
        { numRuns: 60, seed: 11 },
      );
    });
  });
}
