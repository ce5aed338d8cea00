import fc from "fast-check";
import { expect, test } from "vitest";
import type { Block, Call, Reference } from "../../src/capture/calls.js";
import { planMemory } from "../../src/capture/plan.js";
import * as generated from "../../src/kernels/generated.js";
import type { Kernel } from "../../src/kernels/kernel.js";

function block(bytes: number): Block {
  return { at: 0, bytes, kind: "intermediate" };
}

function kernelNamed(name: string): Kernel {
  return generated[`${name}Kernel` as keyof typeof generated] as unknown as Kernel;
}

/** A call of a kernel that uses blocks by the names of its record's addresses. */
function call(kernel: string, uses: Record<string, Block>): Call {
  const called = kernelNamed(kernel);
  const references = Object.entries(uses).map(
    ([name, used]): Reference => ({ field: called.record.pointers[name], name, block: used, offset: 0 }),
  );
  return { kernel: called, from: 0, to: uses.out.bytes / 4, cost: 0, record: new Uint32Array(4), references, turn: null, check: null };
}

test("a chain of elementwise functions takes the room of one result", () => {
  const [a, b, c] = [block(400), block(400), block(400)];
  const plan = planMemory([call("relu", { x: a, out: b }), call("tanh", { x: b, out: c })], new Set([c]));
  expect(plan.bytes).toBe(448);
  expect([a, b, c].map((one) => plan.offsets.get(one))).toEqual([0, 0, 0]);
});

test("a result of another element type does not share the place of an operand that is repeated, though it has as many bytes", () => {
  const [a, b, c] = [block(96), block(24), block(24)];
  const comparison = { ...call("eq", { a, b, out: c }), to: 24 };
  const plan = planMemory([comparison], new Set([c]));
  expect(plan.offsets.get(c)).not.toBe(plan.offsets.get(b));
});

test("what is read again keeps its place", () => {
  const [a, b, c] = [block(64), block(64), block(64)];
  const plan = planMemory([call("relu", { x: a, out: b }), call("add", { a, b, out: c })], new Set([c]));
  expect(plan.offsets.get(a)).not.toBe(plan.offsets.get(b));
  expect(plan.bytes).toBe(128);
});

test("a result of another size, or of a kernel that does not allow it, does not share its operand's place", () => {
  const [a, b, c] = [block(64), block(128), block(64)];
  const plan = planMemory([call("relu", { x: a, out: b }), call("softmaxRows", { x: b, out: c })], new Set([c]));
  expect(plan.bytes).toBe(192);
});

test("a result that is kept is never overwritten, an operand that is kept not either", () => {
  const [a, b, c] = [block(64), block(64), block(64)];
  const plan = planMemory([call("relu", { x: a, out: b }), call("relu", { x: b, out: c })], new Set([a, b, c]));
  expect(new Set([a, b, c].map((one) => plan.offsets.get(one))).size).toBe(3);
});

test("blocks that live at one time never overlap, and the arena is no larger than all of them", () => {
  const kernels = ["relu", "add", "reluGrad", "softmaxRows", "copy", "where"];
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(5), fc.nat(1000), fc.nat(1000), fc.integer({ min: 1, max: 3000 })), { minLength: 1, maxLength: 40 }),
      (steps) => {
        const blocks: Block[] = [block(256)];
        const kept = new Set<Block>();
        const calls = steps.map(([kernel, i, j, bytes]) => {
          const [x, y] = [blocks[i % blocks.length], blocks[j % blocks.length]];
          const out = block(j % 3 === 0 ? x.bytes : bytes);
          blocks.push(out);
          if (i % 11 === 0) kept.add(out);
          const name = kernels[kernel];
          const names = Object.keys(kernelNamed(name).record.pointers);
          const operands = names.filter((one) => one !== "out");
          return call(name, { ...Object.fromEntries(operands.map((one, at) => [one, at === 0 ? x : y])), out });
        });
        const plan = planMemory(calls, kept);
        // Carries the calls out over the plan's places: every operand must still hold what was written there last.
        const memory = new Map<number, Block>();
        const write = (one: Block): void => {
          const at = plan.offsets.get(one) as number;
          for (let byte = at; byte < at + one.bytes; byte += 16) memory.set(byte - (byte % 16), one);
        };
        const holds = (one: Block): boolean => {
          const at = plan.offsets.get(one) as number;
          for (let byte = at; byte < at + one.bytes; byte += 16) if (memory.get(byte - (byte % 16)) !== one) return false;
          return true;
        };
        if (plan.offsets.has(blocks[0])) write(blocks[0]);
        for (const { references } of calls) {
          for (const reference of references) if (reference !== null && reference.name !== "out") expect(holds(reference.block)).toBe(true);
          for (const reference of references) if (reference?.name === "out") write(reference.block);
        }
        for (const one of kept) expect(holds(one)).toBe(true);
        expect(plan.bytes).toBeLessThanOrEqual(blocks.reduce((sum, { bytes }) => sum + 64 * Math.ceil(bytes / 64), 0));
      },
    ),
  );
});
