import { RPROP_CELL } from "../../../src/kernels/generated/constants.js";
import { rprop } from "../../../src/kernels/generated.js";
import { describeUpdate } from "../../support/updates.js";

const own = { etaMinus: 0.5, etaPlus: 1.2, minStep: 1e-3, maxStep: 0.11 };

describeUpdate(rprop, RPROP_CELL, {
  climbing: { states: [true, true], own, common: { maximize: 1 } },
  "a first step beyond the greatest": { states: [true, true], own: { ...own, maxStep: 0.05 } },
});
