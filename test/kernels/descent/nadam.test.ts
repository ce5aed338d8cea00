import { NADAM_CELL } from "../../../src/kernels/generated/constants.js";
import { nadam } from "../../../src/kernels/generated.js";
import { describeUpdate } from "../../support/updates.js";

const own = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum: 0.5, nextMomentum: 0.6 };

describeUpdate(nadam, NADAM_CELL, {
  "coupled decay, climbing": { states: [true, true], own, common: { weightDecay: 0.1, maximize: 1 } },
  "decoupled decay": { states: [true, true], own: { ...own, decoupledDecay: 0.1 } },
});
