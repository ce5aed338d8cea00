import fc from "fast-check";
import { expect, it } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import { plans, positions, run, values } from "../support/broadcasting.js";
import { builds } from "../support/kernels.js";

const rules = {
  both: (a: number, b: number) => a & b,
  either: (a: number, b: number) => a | b,
} as const;
const cases = (Object.keys(rules) as (keyof typeof rules)[]).flatMap((name) => builds.map((build) => [name, build] as const));

it.each(cases)("%s of bools that broadcast, %s", (name, build) => {
  fc.assert(
    fc.property(plans(2), (plan) => {
      const [a, b] = [0, 1].map((which) => values(plan, which).map((value) => Number(Number.isInteger(value) === (which === 0))));
      const operands = [
        { name: "a", prefix: "a", dtype: "bool" as const, values: a },
        { name: "b", prefix: "b", dtype: "bool" as const, values: b },
      ];
      const got = run(build, kernels[name], plan, operands, "bool", "float32");
      expect([...got]).toEqual(positions(plan).map(([i, j]) => rules[name](a[i], b[j])));
    }),
    { numRuns: 60, seed: 2 },
  );
});
