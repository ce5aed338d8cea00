import { ADAMAX_CELL } from "../../../src/kernels/generated/constants.js";
import { adamax } from "../../../src/kernels/generated.js";
import { describeUpdate } from "../../support/updates.js";

describeUpdate(adamax, ADAMAX_CELL, {
  "coupled decay, climbing": {
    states: [true, true],
    own: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    common: { weightDecay: 0.1, maximize: 1 },
  },
});
