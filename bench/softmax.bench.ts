import * as kernels from "../src/kernels/generated.js";
import { floats, indices, N, SIDE } from "./data.js";
import type { Row } from "./harness.js";

type Kernel<Args> = (args: Args, from: number, to: number) => void;

function forward(name: string, kernel: Kernel<kernels.SoftmaxArgs>, targetMs?: number): Row {
  return {
    group: "softmax",
    name,
    bytes: 8 * N,
    targetMs,
    setup: () => {
      const args = { x: floats(N), out: floats(N), columns: SIDE };
      return () => kernel(args, 0, SIDE);
    },
  };
}

function gradient(name: string, kernel: Kernel<kernels.SoftmaxGradArgs>): Row {
  return {
    group: "softmax",
    name,
    bytes: 12 * N,
    setup: () => {
      const args = { y: floats(N), g: floats(N), out: floats(N), columns: SIDE };
      return () => kernel(args, 0, SIDE);
    },
  };
}

/** Forward and gradient of cross-entropy with int32 labels. */
function crossEntropy(rows: number, classes: number): Row[] {
  const n = rows * classes;
  const setup = () => {
    const logits = floats(n);
    const common = {
      logits,
      target: indices(rows, classes),
      classWeight: 0,
      saved: floats(3 * rows),
      classes,
      labelBytes: 4,
      ignoreIndex: -100,
      smoothing: 0,
    };
    const loss = { ...common, loss: floats(rows), weight: floats(rows) };
    kernels.crossEntropyRows(loss, 0, rows);
    return { loss, grad: { ...common, g: floats(1), totalWeight: 0, out: floats(n), gradPerRow: 0 } };
  };
  const name = `crossEntropy ${rows}×${classes}`;
  return [
    {
      group: "softmax",
      name,
      bytes: 4 * n,
      setup: () => {
        const { loss } = setup();
        return () => kernels.crossEntropyRows(loss, 0, rows);
      },
    },
    {
      group: "softmax",
      name: `${name} grad`,
      bytes: 8 * n,
      setup: () => {
        const { grad } = setup();
        return () => kernels.crossEntropyRowsGrad(grad, 0, rows);
      },
    },
  ];
}

export const rows: Row[] = [
  forward("softmax", kernels.softmaxRows, 0.85),
  forward("logSoftmax", kernels.logSoftmaxRows),
  gradient("softmax grad", kernels.softmaxRowsGrad),
  gradient("logSoftmax grad", kernels.logSoftmaxRowsGrad),
  ...crossEntropy(SIDE, SIDE),
  ...crossEntropy(128, 10),
];
