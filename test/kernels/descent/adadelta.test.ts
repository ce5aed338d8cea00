import { ADADELTA_CELL } from "../../../src/kernels/generated/constants.js";
import { adadelta } from "../../../src/kernels/generated.js";
import { describeUpdate } from "../../support/updates.js";

describeUpdate(adadelta, ADADELTA_CELL, {
  "coupled decay, climbing": { states: [true, true], own: { rho: 0.9, epsilon: 1e-6 }, common: { weightDecay: 0.1, maximize: 1 } },
});
