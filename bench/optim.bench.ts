import { CELL, CELL_BYTES } from "../src/kernels/generated/constants.js";
import type * as kernels from "../src/kernels/generated.js";
import type { UpdateKernel } from "../src/optim/formula.js";
import { Adam, RMSprop, SGD } from "../src/optim/optimizers.js";
import { cell, floats } from "./data.js";
import type { Row } from "./harness.js";

/** The number of parameters of a perceptron 784-512-10. */
const PARAMETERS = 407_050;

/** @param own fields of the optimizer's part of the cell @param states whether the optimizer has states 1, 2, 3 */
function row(name: string, bytes: number, { run, cell: layout }: UpdateKernel, own: Record<string, number>, states: boolean[]): Row {
  return {
    group: "optim",
    name,
    bytes: bytes * PARAMETERS,
    setup: () => {
      const fields = new Array<number>(CELL_BYTES / 8 + Object.keys(layout).length).fill(0);
      const common = { learningRate: 1e-3, gradientFactor: 1, clipValue: Infinity, step: 1000 };
      const corrections = { biasCorrection1: 1 - 0.9 ** 1000, biasCorrection2: 1 - 0.999 ** 1000 };
      for (const [field, value] of Object.entries({ ...common, ...corrections })) fields[CELL[field as keyof typeof CELL]] = value;
      for (const [field, value] of Object.entries(own)) fields[CELL_BYTES / 8 + layout[field]] = value;
      const [state1, state2, state3] = [0, 1, 2].map((i) => (states[i] ? floats(PARAMETERS, 0) : 0));
      const record: kernels.UpdateArgs = { p: floats(PARAMETERS), g: floats(PARAMETERS), state1, state2, state3, cell: cell(...fields) };
      return () => run(record, 0, PARAMETERS, "float32");
    },
  };
}

export const rows: Row[] = [
  row("sgd with momentum", 20, SGD.kernel, { momentum: 0.9 }, [true]),
  row("adam", 28, Adam.kernel, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, [true, true]),
  row("rmsprop", 20, RMSprop.kernel, { rho: 0.9, epsilon: 1e-8 }, [true]),
];
