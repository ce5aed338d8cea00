import fc from "fast-check";
import { expect, it } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import { plans, positions, run, values } from "../support/broadcasting.js";
import { builds } from "../support/kernels.js";

const cases = [...builds.map((build) => [build, "float32"] as const), ["js", "float64"] as const, ["js", "int32"] as const];

it.each(cases)("%s chooses between broadcast %s operands", (build, dtype) => {
  fc.assert(
    fc.property(plans(3), (plan) => {
      // any byte but 0 chooses a
      const condition = values(plan, 0).map((value) => (value < 0 ? 0 : Math.ceil(value * 100)));
      const [a, b] = [1, 2].map((which) => values(plan, which).map((value) => 2 * value));
      const operands = [
        { name: "condition", prefix: "c", dtype: "bool" as const, values: condition },
        { name: "a", prefix: "a", dtype, values: a },
        { name: "b", prefix: "b", dtype, values: b },
      ];
      const got = run(build, kernels.where, plan, operands, dtype, dtype);
      expect([...got]).toEqual(positions(plan).map(([c, i, j]) => (condition[c] ? a[i] : b[j])));
    }),
    { numRuns: 80, seed: 1 },
  );
});
