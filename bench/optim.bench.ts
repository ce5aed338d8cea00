import * as kernels from "../src/kernels/generated.js";
import { cell, floats } from "./data.js";
import type { Row } from "./harness.js";

/** Parameters of 784-512-10. */
const PARAMETERS = 407_050;
/** Learning rate, gradient factor, the two bias corrections at step 1000, not the first step, no limit. */
const CELL = [1e-3, 1, 1 - 0.9 ** 1000, 1 - 0.999 ** 1000, 0, Infinity];

export const rows: Row[] = [
  {
    group: "optim",
    name: "sgd with momentum",
    bytes: 20 * PARAMETERS,
    setup: () => {
      const buffers = { p: floats(PARAMETERS), g: floats(PARAMETERS), v: floats(PARAMETERS), cell: cell(...CELL) };
      const args = { ...buffers, momentum: 0.9, dampening: 0, weightDecay: 0, nesterov: 0, maximize: 0 };
      return () => kernels.sgd(args, 0, PARAMETERS);
    },
  },
  {
    group: "optim",
    name: "adam",
    bytes: 28 * PARAMETERS,
    setup: () => {
      const buffers = {
        p: floats(PARAMETERS),
        g: floats(PARAMETERS),
        m: floats(PARAMETERS),
        v: floats(PARAMETERS, 0),
        vMax: 0,
        cell: cell(...CELL),
      };
      const args = { ...buffers, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, coupledDecay: 0, decoupledDecay: 0, maximize: 0 };
      return () => kernels.adam(args, 0, PARAMETERS);
    },
  },
  {
    group: "optim",
    name: "rmsprop",
    bytes: 20 * PARAMETERS,
    setup: () => {
      const buffers = { p: floats(PARAMETERS), g: floats(PARAMETERS), v: floats(PARAMETERS, 0), mean: 0, velocity: 0, cell: cell(...CELL) };
      const args = { ...buffers, rho: 0.9, epsilon: 1e-8, momentum: 0, weightDecay: 0, maximize: 0 };
      return () => kernels.rmsprop(args, 0, PARAMETERS);
    },
  },
];
