import { ADAM_CELL } from "../../../src/kernels/generated/constants.js";
import { adam } from "../../../src/kernels/generated.js";
import { describeUpdate } from "../../support/updates.js";

const rates = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

describeUpdate(adam, ADAM_CELL, {
  "coupled decay, climbing": { states: [true, true], own: rates, common: { weightDecay: 0.1, maximize: 1 } },
  "decoupled decay, AMSGrad": { states: [true, true, true], own: { ...rates, decoupledDecay: 0.1 } },
});
