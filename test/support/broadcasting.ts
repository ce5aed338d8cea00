import fc from "fast-check";
import type { KernelBuild } from "../../src/kernels/load.js";
import type { DType, NumberArray } from "../../src/memory/views.js";
import { Block, random, withBuild } from "./kernels.js";

/** A broadcast output [n0, n1, n2, n3], and for each operand which of these dimensions it is not broadcast along. */
export interface Plan {
  shape: readonly number[];
  full: readonly (readonly boolean[])[];
  /** The fraction of the range at which it is cut in two. */
  cut: number;
  seed: number;
}

/** Generates plans for a number of operands. */
export function plans(operands: number): fc.Arbitrary<Plan> {
  return fc.record({
    shape: fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 37 }),
    ),
    full: fc.array(fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()), { minLength: operands, maxLength: operands }),
    cut: fc.double({ min: 0, max: 1, noNaN: true }),
    seed: fc.nat(),
  });
}

/** The number of elements and the strides of an operand of a plan. */
export function operand({ shape, full }: Plan, which: number): { size: number; strides: number[] } {
  const strides = [0, 0, 0, 0];
  let size = 1;
  for (let d = 3; d >= 0; d--) {
    if (!full[which][d]) continue;
    strides[d] = size;
    size *= shape[d];
  }
  return { size, strides };
}

/** For every output element the positions of the operands' elements, computed by four plain loops. */
export function positions(plan: Plan): number[][] {
  const strides = plan.full.map((_, which) => operand(plan, which).strides);
  const [n0, n1, n2, n3] = plan.shape;
  const all: number[][] = [];
  for (let i = 0; i < n0; i++)
    for (let j = 0; j < n1; j++)
      for (let k = 0; k < n2; k++) for (let l = 0; l < n3; l++) all.push(strides.map((s) => i * s[0] + j * s[1] + k * s[2] + l * s[3]));
  return all;
}

/** Values of an operand: small multiples of ½, many of them equal; never 0 in the second operand. */
export function values(plan: Plan, which: number): number[] {
  const next = random(plan.seed + which);
  return Array.from({ length: operand(plan, which).size }, () => Math.floor(next() * 8) / 2 + (which === 1 ? 0.5 : -2));
}

/**
 * Runs a kernel over a plan in two ranges. Operands are named as in the record, where "a" has the strides a0 … a3.
 * @param operands name, element type and values of each operand
 */
export function run<Args>(
  build: KernelBuild,
  kernel: (args: Args, from: number, to: number, dtype?: DType) => void,
  plan: Plan,
  operands: readonly { name: string; prefix: string; dtype: DType; values: number[] }[],
  outType: DType,
  dtype: DType,
): NumberArray {
  return withBuild(build, () => {
    const [, n1, n2, n3] = plan.shape;
    const n = plan.shape.reduce((product, size) => product * size);
    const out = new Block(n, outType);
    const blocks = operands.map((each) => Block.of(each.values, each.dtype));
    const args: Record<string, number> = { out: out.at, n1, n2, n3 };
    operands.forEach(({ name, prefix }, which) => {
      args[name] = blocks[which].at;
      operand(plan, which).strides.forEach((stride, d) => {
        args[`${prefix}${d}`] = stride;
      });
    });
    const cut = Math.floor(plan.cut * n);
    kernel(args as Args, 0, cut, dtype);
    kernel(args as Args, cut, n, dtype);
    const result = out.read();
    for (const block of [...blocks, out]) block.free();
    return result;
  });
}
