import fc from "fast-check";
import { describe, it } from "vitest";
import {
  ADADELTA_CELL,
  ADAGRAD_CELL,
  ADAM_CELL,
  ADAMAX_CELL,
  ASGD_CELL,
  CELL,
  CELL_BYTES,
  LION_CELL,
  NADAM_CELL,
  RADAM_CELL,
  RMSPROP_CELL,
  RPROP_CELL,
  SGD_CELL,
} from "../../../src/kernels/generated/constants.js";
import {
  adadeltaKernel,
  adagradKernel,
  adamaxKernel,
  adamKernel,
  asgdKernel,
  lionKernel,
  nadamKernel,
  radamKernel,
  rmspropKernel,
  rpropKernel,
  sgdKernel,
} from "../../../src/kernels/generated.js";
import { anyFloats, canBeWide, compiled, expectSameWide, type Place } from "../../support/wide.js";

const rates = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const decay = { rho: 0.9, epsilon: 1e-8, momentum: 0.9 };
const adam = { kernel: adamKernel, layout: ADAM_CELL };
const rmsprop = { kernel: rmspropKernel, layout: RMSPROP_CELL };
const nadam = { ...rates, momentum: 0.5, nextMomentum: 0.6, decoupledDecay: 0.1 };
const sgd = { kernel: sgdKernel, layout: SGD_CELL };

/** Each variant of each kernel: which of the states 1, 2, 3 there are, and the optimizer's own part of the cell. */
const VARIANTS = {
  sgd: { ...sgd, states: [], own: {} },
  "sgd with momentum": { ...sgd, states: [1], own: { momentum: 0.9, dampening: 0.3 } },
  "sgd, Nesterov": { ...sgd, states: [1], own: { momentum: 0.9, nesterov: 1 } },
  rmsprop: { ...rmsprop, states: [1], own: decay },
  "rmsprop, centered": { ...rmsprop, states: [1, 2], own: decay },
  "rmsprop with momentum": { ...rmsprop, states: [1, 3], own: decay },
  "rmsprop, centered, with momentum": { ...rmsprop, states: [1, 2, 3], own: decay },
  adam: { ...adam, states: [1, 2], own: { ...rates, decoupledDecay: 0.1 } },
  "adam, AMSGrad": { ...adam, states: [1, 2, 3], own: rates },
  adagrad: { kernel: adagradKernel, layout: ADAGRAD_CELL, states: [1], own: { decay: 0.1, initialAccumulator: 0.5, epsilon: 1e-10 } },
  adadelta: { kernel: adadeltaKernel, layout: ADADELTA_CELL, states: [1, 2], own: { rho: 0.9, epsilon: 1e-6 } },
  adamax: { kernel: adamaxKernel, layout: ADAMAX_CELL, states: [1, 2], own: rates },
  lion: { kernel: lionKernel, layout: LION_CELL, states: [1], own: { beta1: 0.9, beta2: 0.99, decoupledDecay: 0.1 } },
  nadam: { kernel: nadamKernel, layout: NADAM_CELL, states: [1, 2], own: nadam },
  "radam, rectified": { kernel: radamKernel, layout: RADAM_CELL, states: [1, 2], own: { ...rates, decoupledDecay: 0.1 } },
  "radam, not yet": { kernel: radamKernel, layout: RADAM_CELL, states: [1, 2], own: { ...rates, beta2: 0.5 } },
  rprop: { kernel: rpropKernel, layout: RPROP_CELL, states: [1, 2], own: { etaMinus: 0.5, etaPlus: 1.2, minStep: 1e-6, maxStep: 50 } },
  asgd: { kernel: asgdKernel, layout: ASGD_CELL, states: [1], own: { lambd: 0.1, rate: 0.05, share: 0.3 } },
};

const COMMON = { learningRate: 0.1, gradientFactor: 0.5, weightDecay: 0.01, biasCorrection1: 0.3, biasCorrection2: 0.2 };

describe.skipIf(!canBeWide).each(compiled)("%s", (build) => {
  it.each(Object.entries(VARIANTS))("%s has the same bits narrow and wide, wherever a range begins and ends", (_, variant) => {
    const { kernel, layout, states, own } = variant;
    fc.assert(
      fc.property(fc.nat(200), fc.nat(20), fc.nat(), fc.integer({ min: 1, max: 2 }), (n, from, seed, step) => {
        const row = (place: Place, which: number) => place(anyFloats(from + n, seed + which));
        const state = (place: Place, which: number) => ((states as number[]).includes(which) ? row(place, which + 1) : 0);
        const cell = new Float64Array(CELL_BYTES / 8 + Object.keys(layout).length);
        for (const [field, value] of Object.entries({ ...COMMON, step, clipValue: seed % 2 ? 2 : Infinity }))
          cell[CELL[field as "step"]] = value;
        for (const [field, value] of Object.entries(own)) cell[CELL_BYTES / 8 + (layout as Record<string, number>)[field]] = value;
        const args = (place: Place) => ({
          ...{ p: row(place, 0), g: row(place, 1), state1: state(place, 1), state2: state(place, 2), state3: state(place, 3) },
          cell: place(cell, "float64"),
        });
        expectSameWide(build, kernel, args, from, from + n);
      }),
      { numRuns: 30, seed: 1 },
    );
  });
});
