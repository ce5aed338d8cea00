import { expect, it } from "vitest";
import { RMSPROP_CELL } from "../../../src/kernels/generated/constants.js";
import { rmsprop } from "../../../src/kernels/generated.js";
import { builds, withBuild } from "../../support/kernels.js";
import { describeUpdate, Operands } from "../../support/updates.js";

const own = { rho: 0.9, epsilon: 1e-8, momentum: 0.9 };

describeUpdate(rmsprop, RMSPROP_CELL, {
  plain: { states: [true], own, common: { weightDecay: 0.1, maximize: 1 } },
  centered: { states: [true, true], own },
  momentum: { states: [true, false, true], own },
  "centered, with momentum": { states: [true, true, true], own },
});

it.each(builds)("a variance that rounding makes negative counts as 0, and NaN stays, %s", (build) => {
  const operands = new Operands(4, RMSPROP_CELL, { states: [true, true], own: { rho: 0.9, epsilon: 1 } });
  const [square, mean] = operands.states;
  operands.g.view().set([1, 0, Number.NaN, -1]);
  square.view().set([0.5, 0, 0, 0.5]);
  mean.view().set([1, 1, 0, -1]);
  withBuild(build, () => operands.run(rmsprop));
  const [first, second, third, fourth] = operands.p.read();
  expect([first, second, fourth]).toEqual([Math.fround(-0.1), 0, Math.fround(0.1)]);
  expect(third).toBeNaN();
  operands.free();
});
