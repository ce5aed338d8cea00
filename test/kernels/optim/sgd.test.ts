import { expect, it } from "vitest";
import { SGD_CELL } from "../../../src/kernels/generated/constants.js";
import { sgd } from "../../../src/kernels/generated.js";
import { builds, withBuild } from "../../support/kernels.js";
import { describeUpdate, Operands } from "../../support/updates.js";

describeUpdate(sgd, SGD_CELL, {
  plain: { states: [], own: {}, common: { weightDecay: 0.1 } },
  momentum: { states: [true], own: { momentum: 0.9, dampening: 0.3 }, common: { weightDecay: 0.1 } },
  Nesterov: { states: [true], own: { momentum: 0.9, nesterov: 1 }, common: { maximize: 1 } },
});

it.each(builds)("the first velocity is the gradient, whatever stood there, %s", (build) => {
  const operands = new Operands(5, SGD_CELL, { states: [true], own: { momentum: 0.9, dampening: 0.5 }, common: { learningRate: 0.5 } });
  operands.g.view().fill(2);
  operands.states[0].view().fill(Number.NaN);
  operands.step(1);
  withBuild(build, () => operands.run(sgd));
  expect([...operands.p.read()]).toEqual(new Array(5).fill(-1));
  expect([...operands.states[0].read()]).toEqual(new Array(5).fill(2));
  operands.free();
});
