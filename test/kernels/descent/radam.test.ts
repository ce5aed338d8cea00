import { RADAM_CELL } from "../../../src/kernels/generated/constants.js";
import { radam } from "../../../src/kernels/generated.js";
import { describeUpdate } from "../../support/updates.js";

const own = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

describeUpdate(radam, RADAM_CELL, {
  "the first steps, coupled decay, climbing": { states: [true, true], own, common: { weightDecay: 0.1, maximize: 1 } },
  // So long a mean is rectified from the first step on.
  "rectified, decoupled decay": { states: [true, true], own: { ...own, beta2: 0.9999, decoupledDecay: 0.1 } },
});
