import { STRIP_WIDTH } from "../src/kernels/generated/constants.js";
import * as kernels from "../src/kernels/generated.js";
import { floats } from "./data.js";
import type { Row } from "./harness.js";

/** A cell of `hidden` units over a sequence, forward and backward, without the products of its input and of its weights' gradient. */
function cell(name: "rnn" | "lstm" | "gru", steps: number, batch: number, hidden: number): Row[] {
  const blocks = { rnn: 1, lstm: 4, gru: 3 }[name];
  const [all, state] = [steps * batch * hidden, batch * hidden];
  const packed = (columns: number, k: number): number => floats(Math.ceil(columns / STRIP_WIDTH) * STRIP_WIDTH * k);
  const setup = () => ({
    ...{ gates: floats(blocks * all), inner: floats(all), h: floats(all + state), c: floats(all + state) },
    ...{ weight: packed(blocks * hidden, blocks * hidden), second: packed(hidden, hidden), lengths: 0 },
    ...{ steps, batch, hidden, size: hidden, reverse: 0, begins: 1, act: 0 },
  });
  const group = "recurrent";
  const flops = 2 * blocks * hidden * hidden * steps * batch;
  const shape = `${steps}×${batch}×${hidden}`;
  return [
    {
      group,
      name: `${name} ${shape}`,
      flops,
      setup: () => {
        const results = { wide: 0, bias: floats(blocks * hidden), out: floats(all), hLast: floats(state), cLast: floats(state) };
        const args = { ...setup(), ...results };
        return () => kernels[`${name}Forward`](args, 0, batch);
      },
    },
    {
      group,
      name: `${name} ${shape} gradient`,
      flops,
      setup: () => {
        const results = { g: floats(all), dGates: floats(blocks * all), dInner: floats(all), dh: floats(state), dc: floats(state) };
        const args = { ...setup(), ...results, dProjected: 0, dWide: 0 };
        return () => kernels[`${name}Backward`](args, 0, batch);
      },
    },
  ];
}

export const rows: Row[] = [
  ...cell("lstm", 28, 64, 128),
  ...cell("gru", 28, 64, 128),
  ...cell("rnn", 28, 64, 128),
  ...cell("lstm", 64, 32, 128),
];
