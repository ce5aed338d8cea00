import { ADAGRAD_CELL } from "../../../src/kernels/generated/constants.js";
import { adagrad } from "../../../src/kernels/generated.js";
import { describeUpdate } from "../../support/updates.js";

describeUpdate(adagrad, ADAGRAD_CELL, {
  "initial sum, decay, climbing": {
    states: [true],
    own: { decay: 0.1, initialAccumulator: 0.5, epsilon: 1e-10 },
    common: { weightDecay: 0.1, maximize: 1 },
  },
  "epsilon alone": { states: [true], own: { epsilon: 1e-3 } },
});
