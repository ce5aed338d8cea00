import { CELL, CELL_BYTES } from "../src/kernels/generated/constants.js";
import type * as kernels from "../src/kernels/generated.js";
import type { UpdateKernel } from "../src/optim/formula.js";
import { Adadelta, Adagrad, Adam, Adamax, ASGD, Lion, Nadam, RAdam, RMSprop, Rprop, SGD } from "../src/optim/optimizers.js";
import { cell, floats, N } from "./data.js";
import type { Row } from "./harness.js";
import { copy } from "./limits.js";

/** The number of parameters of a perceptron 784-512-10. */
const PARAMETERS = 407_050;

/** The yardstick of fused steps, in bytes moved against a copy of as many floats: gradients, parameters and states stay in the last cache. */
const MANY = N;

/** @param own fields of the optimizer's part of the cell @param states whether the optimizer has states 1, 2, 3 */
function row(
  name: string,
  bytes: number,
  { run, cell: layout }: UpdateKernel,
  own: Record<string, number>,
  states: boolean[],
  parameters = PARAMETERS,
): Row {
  return {
    group: "optim",
    name: parameters === PARAMETERS ? name : `${name}, 1 M`,
    bytes: bytes * parameters,
    setup: () => {
      const fields = new Array<number>(CELL_BYTES / 8 + Object.keys(layout).length).fill(0);
      const common = { learningRate: 1e-3, gradientFactor: 1, clipValue: Infinity, step: 1000 };
      const corrections = { biasCorrection1: 1 - 0.9 ** 1000, biasCorrection2: 1 - 0.999 ** 1000 };
      for (const [field, value] of Object.entries({ ...common, ...corrections })) fields[CELL[field as keyof typeof CELL]] = value;
      for (const [field, value] of Object.entries(own)) fields[CELL_BYTES / 8 + layout[field]] = value;
      const [state1, state2, state3] = [0, 1, 2].map((i) => (states[i] ? floats(parameters, 0) : 0));
      const record: kernels.UpdateArgs = { p: floats(parameters), g: floats(parameters), state1, state2, state3, cell: cell(...fields) };
      return () => run(record, 0, parameters, "float32");
    },
  };
}

export const rows: Row[] = [
  row("sgd with momentum", 20, SGD.kernel, { momentum: 0.9 }, [true]),
  row("adam", 28, Adam.kernel, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, [true, true]),
  row("rmsprop", 20, RMSprop.kernel, { rho: 0.9, epsilon: 1e-8 }, [true]),
  { ...copy, group: "optim", name: "copy, 1 M" },
  row("sgd", 12, SGD.kernel, {}, [], MANY),
  row("momentum", 20, SGD.kernel, { momentum: 0.9 }, [true], MANY),
  row("nesterov", 20, SGD.kernel, { momentum: 0.9, nesterov: 1 }, [true], MANY),
  row("adam", 28, Adam.kernel, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, [true, true], MANY),
  row("amsgrad", 36, Adam.kernel, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, [true, true, true], MANY),
  row("adamw", 28, Adam.kernel, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decoupledDecay: 0.01 }, [true, true], MANY),
  row("rmsprop", 20, RMSprop.kernel, { rho: 0.9, epsilon: 1e-8 }, [true], MANY),
  row("rmsprop, centered, momentum", 36, RMSprop.kernel, { rho: 0.9, epsilon: 1e-8, momentum: 0.9 }, [true, true, true], MANY),
  row("adagrad", 20, Adagrad.kernel, { epsilon: 1e-10 }, [true], MANY),
  row("adadelta", 28, Adadelta.kernel, { rho: 0.9, epsilon: 1e-6 }, [true, true], MANY),
  row("adamax", 28, Adamax.kernel, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, [true, true], MANY),
  row("lion", 20, Lion.kernel, { beta1: 0.9, beta2: 0.99, decoupledDecay: 0.1 }, [true], MANY),
  row("nadam", 28, Nadam.kernel, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum: 0.8, nextMomentum: 0.81 }, [true, true], MANY),
  row("radam", 28, RAdam.kernel, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, [true, true], MANY),
  row("rprop", 28, Rprop.kernel, { etaMinus: 0.5, etaPlus: 1.2, minStep: 1e-6, maxStep: 50 }, [true, true], MANY),
  row("asgd", 20, ASGD.kernel, { lambd: 1e-4, rate: 1e-3, share: 0.1 }, [true], MANY),
];
