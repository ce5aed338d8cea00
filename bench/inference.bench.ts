import { capture, Linear, Module, manualSeed, noGrad, randn, type Tensor } from "../src/index.js";
import type { Row } from "./harness.js";

/** A perceptron 784-512-10 with ReLU and softmax. */
class Mlp extends Module {
  readonly hidden = new Linear(784, 512);
  readonly output = new Linear(512, 10);

  forward(x: Tensor): Tensor {
    return this.output.forward(this.hidden.forward(x).relu()).softmax();
  }
}

const WEIGHTS = 784 * 512 + 512 * 10;

/** Computes and reads the probabilities of a batch. The limit of one sample is reading the weights; that of a batch is arithmetic. */
function row(name: string, batch: number, captured: boolean, threads?: number): Row {
  const setup = () => {
    manualSeed(1);
    const model = new Mlp();
    const x = randn([batch, 784]);
    const forward = (given: Tensor): Tensor => noGrad(() => model.forward(given));
    const infer = captured ? capture(forward) : forward;
    return () => infer(x).data;
  };
  const alone: Row = { group: "inference", name, setup, ...(batch === 1 ? { bytes: 4 * WEIGHTS } : { flops: 2 * batch * WEIGHTS }) };
  return threads === undefined ? alone : { ...alone, name: `${name}, ${threads} threads`, threads, alone };
}

export const rows: Row[] = [
  row("one sample", 1, false),
  row("one sample, captured", 1, true),
  row("one sample, captured", 1, true, 2),
  row("32 samples, captured", 32, true),
  row("128 samples, captured", 128, true),
];
