import { LION_CELL } from "../../../src/kernels/generated/constants.js";
import { lion } from "../../../src/kernels/generated.js";
import { describeUpdate } from "../../support/updates.js";

describeUpdate(lion, LION_CELL, {
  "decoupled decay, climbing": { states: [true], own: { beta1: 0.9, beta2: 0.99, decoupledDecay: 0.1 }, common: { maximize: 1 } },
});
