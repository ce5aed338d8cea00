import { ASGD_CELL } from "../../../src/kernels/generated/constants.js";
import { asgd } from "../../../src/kernels/generated.js";
import { describeUpdate } from "../../support/updates.js";

describeUpdate(asgd, ASGD_CELL, {
  "both decays, climbing": { states: [true], own: { lambd: 0.1, rate: 0.05, share: 0.3 }, common: { weightDecay: 0.1, maximize: 1 } },
  "no average yet": { states: [true], own: { lambd: 1e-4, rate: 0.05, share: 1 } },
});
